// Loads the bundles of the command. Node compiles a function when it is first called, which takes a quarter of the
// processor time of a check. In a checkout and in the container image, what a check calls is compiled already
// (scripts/code-cache.js), for the Node and the platform that made the build. V8 refuses code for another bundle,
// version or flags.
// biome-ignore-all lint/suspicious/noVar: old syntax only
// biome-ignore-all lint/complexity/useArrowFunction: old syntax only
// biome-ignore-all lint/style/useTemplate: old syntax only

var fs = require('node:fs');
var path = require('node:path');

var folder = path.join(__dirname, '../dist/command');
var compiledFolder = path.join(folder, 'compiled', process.version + '-' + process.platform + '-' + process.arch);
var loaded = Object.create(null);
var isCacheEnabled = false;

/** `onScript`: called with every script that was compiled, and the name of its file for the code cache. */
function loadBundle(name, onScript) {
  if (loaded[name] !== undefined) return loaded[name].exports;
  var cachedData = readIfPossible(path.join(compiledFolder, name));
  if (cachedData === undefined && onScript === undefined) return requireBundle(name);
  var vm = require('node:vm');
  var filename = path.join(folder, name);
  var script = new vm.Script(readWrapped(filename), { filename: filename, cachedData: cachedData });
  if (onScript !== undefined) onScript(name, script);
  var module = { exports: {} };
  loaded[name] = module;
  var load = function (id) {
    return id.slice(0, 2) === './' ? loadBundle(id.slice(2), onScript) : require(id);
  };
  script.runInThisContext().call(module.exports, module.exports, load, module, filename, folder);
  return module.exports;
}

var BEFORE = '(function (exports, require, module, __filename, __dirname) { ';
var AFTER = '\n})';

/** The source as the function that Node makes of it. Joined as bytes: to join strings of this size, V8 copies them. */
function readWrapped(filename) {
  var file = fs.openSync(filename);
  var end = BEFORE.length + fs.fstatSync(file).size;
  var bytes = Buffer.allocUnsafeSlow(end + AFTER.length);
  var at = bytes.latin1Write(BEFORE, 0);
  var count = 1;
  while (at < end && count > 0) {
    count = fs.readSync(file, bytes, at, end - at);
    at += count;
  }
  fs.closeSync(file);
  bytes.latin1Write(AFTER, at);
  // The bundler escapes all other characters.
  return bytes.latin1Slice(0, at + AFTER.length);
}

function readIfPossible(file) {
  try {
    return fs.readFileSync(file);
  } catch (_) {
    return undefined;
  }
}

/** With the cache that Node has from 22.1 on. */
function requireBundle(name) {
  if (!isCacheEnabled && Number.parseInt(process.versions.node, 10) >= 22) {
    isCacheEnabled = true;
    enableCompileCache();
  }
  return require('../dist/command/' + name);
}

function enableCompileCache() {
  var nodeModule = require('node:module');
  if (nodeModule.enableCompileCache) nodeModule.enableCompileCache();
}

module.exports = { loadBundle: loadBundle, compiledFolder: compiledFolder };
