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

  it('stays small: 3 MB packed, 10 MB unpacked, of which 0.6 MB are pages', () => {
    assert.ok(pack.size < 3 * MB, `${pack.size}`);
    assert.ok(pack.unpackedSize < 10 * MB, `${pack.unpackedSize}`);
    const docs = pack.files.filter(({ path }) => path.startsWith('docs/')).reduce((sum, { size }) => sum + size, 0);
    assert.ok(docs < 0.6 * MB, `${docs}`);
  });
});
