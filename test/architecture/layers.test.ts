import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, posix, sep } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

/** Layer -> the layers it may import. Lower knows nothing of upper, siblings do not import each other. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  file: ['core'],
  http: ['file', 'core'],
  credentials: ['file', 'core'],
  auth: ['http', 'credentials', 'file', 'core'],
  registry: ['auth', 'http', 'core'],
  check: ['registry', 'auth', 'http', 'credentials', 'file', 'core'],
  input: ['file', 'core'],
  report: ['core'],
  kubernetes: ['input', 'http', 'credentials', 'file', 'core'],
  demo: ['core'],
  monitor: ['demo', 'input', 'report', 'check', 'registry', 'auth', 'http', 'credentials', 'file', 'core'],
  config: [
    'monitor',
    'kubernetes',
    'input',
    'report',
    'check',
    'registry',
    'auth',
    'http',
    'credentials',
    'file',
    'core',
  ],
  library: ['config', 'input', 'report', 'check', 'auth', 'credentials', 'file', 'core'],
  cli: [
    'config',
    'monitor',
    'kubernetes',
    'demo',
    'input',
    'report',
    'check',
    'registry',
    'auth',
    'http',
    'credentials',
    'file',
    'core',
  ],
};

/** Floor of monitor -> the floors it may import. Files beside the floors may import all of them. */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  resource: [],
  history: [],
  schedule: ['history', 'resource'],
  store: ['history', 'resource'],
  probe: ['history', 'resource'],
  notify: ['history', 'resource', 'store', 'view'],
  view: ['history', 'resource', 'schedule', 'store'],
  engine: ['history', 'resource', 'schedule', 'store', 'probe', 'notify', 'view'],
  lease: ['history', 'resource', 'schedule', 'store', 'view', 'engine'],
  metrics: ['history', 'resource', 'view'],
  web: ['history', 'resource', 'view'],
};

/** Package -> the layers that may import it. A package that is not here may be imported by none. */
const FENCES: Readonly<Record<string, readonly string[]>> = {
  undici: ['http'],
  commander: ['cli'],
  chalk: ['report', 'cli'],
  zod: ['config'],
  yaml: ['file', 'credentials', 'input'],
  ignore: ['input'],
  'smol-toml': ['config'],
  tldts: ['auth'],
  libsql: ['monitor'],
  pg: ['monitor'],
  hono: ['monitor'],
  '@hono/node-server': ['monitor'],
  'prom-client': ['monitor'],
  bcryptjs: ['monitor'],
};

const CORE_MAY_IMPORT = ['node:crypto'];
const MAX_LINES = 300;

interface Source {
  /** Path under src, with slashes: `cli/main.ts`. */
  readonly file: string;
  /** The folder, or the file itself for the barrel. */
  readonly layer: string;
  readonly text: string;
  /** Paths under src. */
  readonly files: readonly string[];
  /** Package names and Node's own modules, as written. */
  readonly packages: readonly string[];
}

const src = join(rootOf(fileURLToPath(import.meta.url)), 'src');
const sources: readonly Source[] = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readSource(file.split(sep).join('/')));

/** The folder of package.json: the compiled test lies deeper than its source. */
function rootOf(path: string): string {
  const folder = dirname(path);
  return existsSync(join(folder, 'package.json')) ? folder : rootOf(folder);
}

function readSource(file: string): Source {
  const text = readFileSync(join(src, file), 'utf8');
  const specifiers = importsOf(text);
  return {
    file,
    layer: file.split('/')[0] ?? file,
    text,
    files: specifiers.filter(isRelative).map((specifier) => posix.join(posix.dirname(file), specifier)),
    packages: specifiers.filter((specifier) => !isRelative(specifier)),
  };
}

function isRelative(specifier: string): boolean {
  return specifier.startsWith('.');
}

/** Static and dynamic imports, types too, and re-exports. */
function importsOf(text: string): string[] {
  const statement = /^(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]/gm;
  const dynamic = /\bimport\(\s*['"]([^'"]+)['"]/g;
  return [...text.matchAll(statement), ...text.matchAll(dynamic)].map(([, from, bare]) => from ?? bare ?? '');
}

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const isBuiltin = (specifier: string): boolean => specifier.startsWith('node:') || builtinModules.includes(specifier);

describe('layers', () => {
  for (const [layer, allowed] of Object.entries(LAYERS)) {
    it(`${layer} imports ${allowed.length === 0 ? 'no other layer' : `only ${allowed.join(', ')}`}`, () => {
      const forbidden = sources
        .filter((source) => source.layer === layer)
        .flatMap(({ file, files }) => files.map((imported) => ({ file, imported, to: imported.split('/')[0] ?? '' })))
        .filter(({ to }) => to !== layer && !allowed.includes(to))
        .map(({ file, imported }) => `${file} imports ${imported}`);
      assert.deepEqual(forbidden, []);
    });
  }

  it('are all the directories of src', () => {
    const folders = readdirSync(src, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const unknown = folders.map(({ name }) => name).filter((name) => !Object.hasOwn(LAYERS, name));
    assert.deepEqual(unknown, []);
  });

  it('are those of docs/architecture.md', () => {
    const page = readFileSync(join(src, '..', 'docs', 'architecture.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `(\w+)` \| ([^|]+) \|$/gm)].map(([, layer = '', allowed = '']) => [
      layer,
      allowed === 'nothing' ? [] : allowed.split(', '),
    ]);
    const { cli: _, ...lower } = LAYERS;
    assert.deepEqual(Object.fromEntries(rows), { ...lower, cli: ['everything'] });
  });

  it('are two levels deep, monitor three', () => {
    const isTooDeep = (file: string): boolean => file.split('/').length > (file.startsWith('monitor/') ? 3 : 2);
    assert.deepEqual(sources.map(({ file }) => file).filter(isTooDeep), []);
  });

  for (const [floor, allowed] of Object.entries(FLOORS)) {
    const others = allowed.length === 0 ? 'no other floor' : `only the floors ${allowed.join(', ')}`;
    it(`monitor/${floor} imports ${others}`, () => {
      const forbidden = sources
        .filter(({ file }) => file.startsWith(`monitor/${floor}/`))
        .flatMap(({ file, files }) => files.map((imported) => ({ file, imported, path: imported.split('/') })))
        .filter(({ path: [layer, to = ''] }) => layer === 'monitor' && to !== floor && !allowed.includes(to))
        .map(({ file, imported }) => `${file} imports ${imported}`);
      assert.deepEqual(forbidden, []);
    });
  }

  it('of monitor are all its directories', () => {
    const floors = readdirSync(join(src, 'monitor'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const unknown = floors.map(({ name }) => name).filter((name) => !Object.hasOwn(FLOORS, name));
    assert.deepEqual(unknown, []);
  });
});

describe('fences', () => {
  for (const [name, allowed] of Object.entries(FENCES)) {
    it(`${name} is imported only in ${allowed.join(', ')}`, () => {
      const forbidden = sources
        .filter(({ layer, packages }) => !allowed.includes(layer) && packages.map(packageOf).includes(name))
        .map(({ file }) => file);
      assert.deepEqual(forbidden, []);
    });
  }

  it('no other package is imported', () => {
    const others = sources.flatMap(({ file, packages }) =>
      packages
        .filter((specifier) => !isBuiltin(specifier) && !Object.hasOwn(FENCES, packageOf(specifier)))
        .map((specifier) => `${file} imports ${specifier}`),
    );
    assert.deepEqual(others, []);
  });

  it(`core imports nothing of Node but ${CORE_MAY_IMPORT.join(', ')}`, () => {
    const others = sources
      .filter(({ layer }) => layer === 'core')
      .flatMap(({ file, packages }) => packages.map((specifier) => ({ file, specifier })))
      .filter(({ specifier }) => !CORE_MAY_IMPORT.includes(specifier))
      .map(({ file, specifier }) => `${file} imports ${specifier}`);
    assert.deepEqual(others, []);
  });
});

describe('files', () => {
  it('import each other without a cycle', () => {
    assert.deepEqual(findCycle(), []);
  });

  it('import files that exist', () => {
    const known = new Set(sources.map(({ file }) => file));
    const missing = sources.flatMap(({ file, files }) =>
      files.filter((imported) => !known.has(imported)).map((imported) => `${file} imports ${imported}`),
    );
    assert.deepEqual(missing, []);
  });

  it(`have at most ${MAX_LINES} lines`, () => {
    const long = sources
      .map(({ file, text }) => ({ file, lines: text.trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > MAX_LINES)
      .map(({ file, lines }) => `${file}: ${lines}`);
    assert.deepEqual(long, []);
  });

  it('begin with a comment that says their job', () => {
    const silent = sources.filter(({ text }) => !/^(?:\/\/|\/\*\*) ?\S/.test(text)).map(({ file }) => file);
    assert.deepEqual(silent, []);
  });

  it('export nothing as default', () => {
    const defaults = sources.filter(({ text }) => /^export\s+default\b|\bas default\b/m.test(text));
    assert.deepEqual(
      defaults.map(({ file }) => file),
      [],
    );
  });

  it('export no type name twice', () => {
    const names = sources.flatMap(({ file, text }) =>
      [...text.matchAll(/^export (?:type|interface|class) (\w+)/gm)].map(([, name = '']) => ({ name, file })),
    );
    const twice = names.filter(({ name, file }) => names.some((other) => other.name === name && other.file !== file));
    assert.deepEqual(twice, []);
  });

  it('have no catch-all names', () => {
    const catchAll = /(?:^|\/)(?:utils?|helpers?|common|types?|misc|shared)[/.]/;
    assert.deepEqual(
      sources.map(({ file }) => file).filter((file) => catchAll.test(file)),
      [],
    );
  });
});

/** The files of the first cycle met, in order, or none. */
function findCycle(): string[] {
  const imports = new Map(sources.map(({ file, files }) => [file, files]));
  const done = new Set<string>();
  const follow = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const imported of imports.get(file) ?? []) {
      const cycle = follow(imported, [...path, file]);
      if (cycle.length > 0) return cycle;
    }
    done.add(file);
    return [];
  };
  return sources.map(({ file }) => follow(file, [])).find((cycle) => cycle.length > 0) ?? [];
}
