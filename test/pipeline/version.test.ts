// The version of this release, wherever a lock file, a page or an example names it.

import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT, readText } from './project-file.ts';

const { version } = JSON.parse(readText('package.json'));

/** An image, the Action, the hook, a tag, or the example of a report. */
const NAMED =
  /(?:\bkairos-pull(?::|@v)|\brev: v|\bnewTag: |\bbuild: v|\bgit tag v|"name": "kairos-pull", "version": "|Internal error in kairos-pull |\{"version":")(\d+\.\d+\.\d+)/g;

const files = [
  ...['README.md', 'SECURITY.md', 'CONTRIBUTING.md'],
  ...['docs', 'examples', 'templates'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  ),
].filter((name) => /\.(?:md|ya?ml)$/.test(name) && statSync(join(ROOT, name)).isFile());
const named = files.flatMap((file) =>
  [...readText(file).matchAll(NAMED)].map(([text, found]) => ({ where: `${file}: ${text}`, found })),
);

describe('the version', () => {
  it('is in the lock file', () => {
    const { version: locked, packages } = JSON.parse(readText('package-lock.json'));
    assert.deepEqual([locked, packages[''].version], [version, version]);
  });

  it('is the one that pages and examples name', () => {
    assert.ok(named.length > 20, `${named.length}`);
    assert.deepEqual(
      named.filter(({ found }) => found !== version).map(({ where }) => where),
      [],
    );
  });

  it('is the newest in the changelog', () => {
    const [, newest] = /^## (\S+) \((?:unreleased|\d{4}-\d{2}-\d{2})\)$/m.exec(readText('CHANGELOG.md')) ?? [];
    assert.equal(newest, version);
  });
});
