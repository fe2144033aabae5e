#!/usr/bin/env node
// Starts the command and tells the process its exit code. Written so that a Node too old for the rest can still read
// this file and say so.
// biome-ignore-all lint/suspicious/noVar: old syntax only
// biome-ignore-all lint/complexity/useArrowFunction: old syntax only
// biome-ignore-all lint/complexity/useOptionalChain: old syntax only
// biome-ignore-all lint/style/useTemplate: old syntax only

var NEEDED = [20, 18, 1];

function isTooOld(version) {
  var parts = version.split('.').map(Number);
  var i;
  for (i = 0; i < NEEDED.length; i += 1) {
    if (parts[i] !== NEEDED[i]) return parts[i] < NEEDED[i];
  }
  return false;
}

function start() {
  var load = require('./load-bundle.js').loadBundle;
  // Without a listener a signal that comes while the command is loaded would end the process before it can say anything.
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(function (signal) {
    process.on(signal, function () {});
  });
  var command = load('main.cjs');
  process.on('uncaughtException', function (error) {
    process.stderr.write(command.formatInternalError(error, Boolean(process.env.KAIROS_PULL_DEBUG)));
    process.exit(70);
  });
  command.main(process.argv.slice(2)).then(function (exitCode) {
    process.exitCode = exitCode;
    // An interrupted run waits for nothing more.
    if (exitCode === 130) command.endProcess([process.stdout, process.stderr]);
    else command.endCompleted([process.stdout, process.stderr]);
  });
}

/** The code that cleans text could not be loaded. */
function printable(error) {
  return String((error && error.stack) || error).replace(/[^\n\x20-\x7e]/g, ' ');
}

function isUnbuilt(error) {
  var isMissing = error && (error.code === 'MODULE_NOT_FOUND' || error.code === 'ENOENT');
  return isMissing && /dist.command.main\.cjs/.test(error.message);
}

if (isTooOld(process.versions.node)) {
  console.error('kairos-pull needs Node.js ' + NEEDED.join('.') + ' or newer; this is ' + process.versions.node + '.');
  process.exitCode = 2;
} else {
  try {
    start();
  } catch (error) {
    console.error(isUnbuilt(error) ? 'kairos-pull is not built yet: run npm run build' : printable(error));
    process.exitCode = 70;
  }
}
