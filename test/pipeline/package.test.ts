// What npm packs: the pages that a reader of the README reaches are there, and it stays small.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { posix } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT, readText } from './project-file.ts';

interface Pack {
  readonly files: readonly { readonly path: string; readonly size: number }[];
  readonly size: number;
  readonly unpackedSize: number;
}

const MB = 1_000_000;

const [pack] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: process.platform === 'win32',
  }),
) as [Pack];
const paths = new Set(pack.files.map(({ path }) => path));
const isPacked = (path: string): boolean => paths.has(path) || [...paths].some((one) => one.startsWith(`${path}/`));

/** Relative ones, without their headings. */
const linksOf = (page: string): string[] =>
  [...readText(page).matchAll(/\]\(((?!\w+:|#)[^)\s]+)\)/g)].map(([, link = '']) =>
    posix.join(posix.dirname(page), link.replace(/#.*/, '')),
  );

describe('the package', () => {
  it('has the command, the manual page and the library', () => {
    for (const path of ['bin/kairos-pull.js', 'dist/command/main.cjs', 'dist/man/kairos-pull.1', 'dist/index.d.ts']) {
      assert.ok(paths.has(path), path);
    }
  });

  it('has every page and picture that the README links to', () => {
    const links = linksOf('README.md');
    assert.ok(links.length > 25 && links.includes('docs/options.md') && links.includes('docs/check.svg'));
    assert.deepEqual(
      links.filter((link) => !isPacked(link)),
      [],
    );
  });

  it('has whatever its other pages link to', () => {
    const pages = [...paths].filter((path) => path.endsWith('.md'));
    assert.ok(pages.length > 20);
    assert.deepEqual(
      pages.flatMap((page) =>
        linksOf(page)
          .filter((link) => !isPacked(link))
          .map((link) => `${page}: ${link}`),
      ),
      [],
    );
  });

  it('has no tests, sources or settings of this checkout', () =>
    assert.deepEqual(
      [...paths].filter((path) => /^(?:src|test|scripts|bench|build|\.)/.test(path)),
      [],
    ));

  it('stays small: an install has less than 6 MB, of which 0.6 MB are pages', () => {
    assert.ok(pack.size < 2 * MB, `${pack.size}`);
    assert.ok(pack.unpackedSize < 6 * MB, `${pack.unpackedSize}`);
    const docs = pack.files.filter(({ path }) => path.startsWith('docs/')).reduce((sum, { size }) => sum + size, 0);
    assert.ok(docs < 0.6 * MB, `${docs}`);
  });

  it('has only the declarations that an import reaches, and every chunk of the library', () => {
    const declarations = [...paths].filter((path) => path.endsWith('.d.ts'));
    assert.ok(declarations.includes('dist/library/create-checker.d.ts') && declarations.length < 60);
    for (const path of paths) {
      if (!/^dist\/(?:library\/)?[^/]+\.(?:js|d\.ts)$/.test(path)) continue;
      for (const [, link = ''] of readText(path).matchAll(/(?:\bfrom ?|\bimport\(|\bimport )["'](\.[^"']+)["']/g)) {
        const file = posix.join(posix.dirname(path), link);
        assert.ok(paths.has(path.endsWith('.d.ts') ? file.replace(/\.js$/, '.d.ts') : file), `${path}: ${link}`);
      }
    }
  });

  it('installs without other packages, and runs no script', () => {
    const { dependencies, optionalDependencies, scripts } = JSON.parse(readText('package.json'));
    assert.deepEqual([dependencies, optionalDependencies], [undefined, undefined]);
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare'])
      assert.equal(scripts[name], undefined, name);
  });
});
