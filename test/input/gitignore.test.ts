import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, it } from 'node:test';
import { walkDirectory } from '../../src/input/directory.ts';
import { movedTo } from '../../src/input/gitignore.ts';
import { requirePosix, requirePrograms } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { allOf } from './all-of.ts';

interface Options {
  readonly exclude?: readonly string[];
  readonly useGitignore?: boolean;
}

async function walk(root: string, { exclude = [], useGitignore = true }: Options = {}) {
  const entries = await allOf(walkDirectory(root, { exclude, useGitignore }));
  const shown = (path: string) => relative(root, path).split(sep).join('/');
  return {
    files: entries
      .filter(({ leftOutBy }) => leftOutBy === undefined)
      .map(({ path }) => shown(path))
      .filter((path) => !/(^|\/)\.git(ignore)?$/.test(path)),
    leftOut: entries.flatMap(({ path, leftOutBy }) => (leftOutBy === undefined ? [] : [`${shown(path)} ${leftOutBy}`])),
  };
}

const empty = (paths: string) => Object.fromEntries(paths.split(' ').map((path) => [path, '']));

describe('.gitignore in a directory', () => {
  it('leaves out files and whole directories, without git as well', async () => {
    using folder = createTemporaryFolder({
      ...empty('a.yaml b.yaml dist/c.yaml dist/d/e.yaml src/dist/f.yaml'),
      '.gitignore': '# built\nb.yaml\n/dist/\n',
    });
    assert.deepEqual(await walk(folder.path), {
      files: ['a.yaml', 'src/dist/f.yaml'],
      leftOut: ['b.yaml gitignore', 'dist gitignore'],
    });
    assert.deepEqual((await walk(folder.path, { useGitignore: false })).leftOut, []);
  });

  it('applies to the hidden files of a project', async () => {
    using folder = createTemporaryFolder({
      ...empty('.gitlab-ci.yml .woodpecker.yml .env x/.devcontainer.json x/.gitlab-ci.yml x/a.yml .venv/b.yml'),
      '.gitignore': '.gitlab-ci.yml\n.woodpecker.*\n.venv\n',
      'x/.gitignore': '.dev*\n',
    });
    assert.deepEqual(await walk(folder.path), {
      files: ['.env', 'x/a.yml'],
      leftOut: [
        '.gitlab-ci.yml gitignore',
        '.woodpecker.yml gitignore',
        'x/.devcontainer.json gitignore',
        'x/.gitlab-ci.yml gitignore',
      ],
    });
  });

  it('is read in nested directories, whose patterns have precedence', async () => {
    using folder = createTemporaryFolder({
      ...empty('a/one.yaml a/two.yaml b/one.yaml b/two.yaml a/b/two.yaml'),
      '.gitignore': 'one.yaml\n',
      'a/.gitignore': '!one.yaml\n/two.yaml\n',
    });
    assert.deepEqual((await walk(folder.path)).files, ['a/b/two.yaml', 'a/one.yaml', 'b/two.yaml']);
  });

  it('counts up to the root of the repository, not above it', async () => {
    using folder = createTemporaryFolder({
      ...empty('repo/deploy/base/a.yaml repo/deploy/base/b.yaml repo/deploy/base/c.yaml repo/deploy/base/d.yaml'),
      '.gitignore': 'a.yaml\n',
      'repo/.gitignore': '/deploy/base/b.yaml\n',
      'repo/deploy/.gitignore': 'base/c.yaml\n',
    });
    const base = join(folder.path, 'repo/deploy/base');
    assert.deepEqual((await walk(base)).files, ['a.yaml', 'b.yaml', 'c.yaml', 'd.yaml']);
    mkdirSync(join(folder.path, 'repo/.git'));
    assert.deepEqual((await walk(base)).files, ['a.yaml', 'd.yaml']);
    assert.deepEqual((await walk(join(folder.path, 'repo'))).files, ['deploy/base/a.yaml', 'deploy/base/d.yaml']);
  });

  it('does not leave out a directory that the user named', async () => {
    using folder = createTemporaryFolder({
      ...empty('build/a.yaml build/sub/b.yaml build/c.yaml'),
      '.gitignore': 'build/\n',
      'build/.gitignore': 'c.yaml\n',
      '.git/HEAD': '',
    });
    assert.deepEqual((await walk(folder.path)).files, []);
    assert.deepEqual((await walk(join(folder.path, 'build'))).files, ['a.yaml', 'sub/b.yaml']);
    assert.deepEqual((await walk(join(folder.path, 'build/sub'))).files, ['b.yaml']);
  });

  it('does not count within a repository inside another one', async () => {
    using folder = createTemporaryFolder({
      ...empty('a.yaml inner/a.yaml inner/b.yaml inner/.git .git/HEAD'),
      '.gitignore': 'a.yaml\n',
      'inner/.gitignore': 'b.yaml\n',
    });
    assert.deepEqual((await walk(folder.path)).files, ['inner/a.yaml']);
  });

  it('does not count if it is a link or above a directory that all users share', { skip: requirePosix() }, async () => {
    using folder = createTemporaryFolder({
      ...empty('shared/own/a.yaml linked/a.yaml shared/.git/HEAD'),
      'shared/.gitignore': 'a.yaml\n',
      patterns: '*\n',
    });
    symlinkSync('../patterns', join(folder.path, 'linked/.gitignore'));
    assert.deepEqual((await walk(join(folder.path, 'linked'))).files, ['a.yaml']);
    assert.deepEqual((await walk(join(folder.path, 'shared/own'))).files, []);
    chmodSync(join(folder.path, 'shared'), 0o1777);
    assert.deepEqual((await walk(join(folder.path, 'shared/own'))).files, ['a.yaml']);
  });

  it('needs no more than linear time for any pattern', async () => {
    const path = `${'a/'.repeat(100)}c.yaml`;
    using folder = createTemporaryFolder({ [path]: '', '.gitignore': `${'**/a/'.repeat(40)}b\n${'*a'.repeat(60)}b\n` });
    assert.deepEqual((await walk(folder.path)).files, [path]);
  });

  it('leaves out what git leaves out', { skip: requirePrograms('git') }, async () => {
    using folder = createTemporaryFolder({
      ...empty('a.yaml x/a.yaml x/y/a.yaml x/y/z/a.yaml b1.yaml b2.yaml b3.yaml keep.yaml x/keep.yaml gone/keep.yaml'),
      ...empty('part/in/a.yaml part/in/keep.yaml part/a.yaml sp/a[1].yaml sp/a1.yaml sp/b.yaml !bang.yaml #hash.yaml'),
      ...empty('we*ird/a.yaml we*ird/b.yaml weXird/a.yaml up/A.YAML only/dir/a.yaml only/a/dir doc/a.txt doc/in/b.txt'),
      ...empty('x/back/a.yaml x/back/b.yaml blank/a b.yaml trail/a.yaml'),
      '.gitignore': `${[
        ...[
          '/a.yaml',
          'b[12].yaml',
          'gone/',
          '!gone/keep.yaml',
          'part/*',
          '!part/in',
          'part/in/*',
          '!part/in/keep.yaml',
        ],
        ...['a\\[1\\].yaml', '\\!bang.yaml', '\\#hash.yaml', 'up/a.yaml', 'dir/', 'doc/**/*.txt', 'x/**/z/', 'back/'],
        ...['**/blank/a b.yaml', 'trail/a.yaml   ', '[', '', ' '],
      ].join('\r\n')}\n`,
      'x/.gitignore': '/y/a.yaml\n!back/\nback/b.yaml\n',
      'we*ird/.gitignore': 'a.yaml\n',
    });
    const git = (...argv: readonly string[]) =>
      execFileSync('git', ['-c', 'core.excludesFile=/dev/null', '-C', folder.path, ...argv], { encoding: 'utf8' });
    git('init', '-q');
    const listed = git('ls-files', '-z', '--others', '--exclude-standard').split('\0').filter(Boolean);
    const expected = listed.filter((path) => !path.endsWith('.gitignore')).toSorted();
    const { files } = await walk(folder.path);
    assert.deepEqual(files.toSorted(), expected);
    assert.ok(expected.length > 10);
  });
});

describe('--exclude', () => {
  it('has the syntax of .gitignore, relative to the directory that the user named', async () => {
    using folder = createTemporaryFolder(
      empty('top/a.yaml top/x/a.yaml top/x/b.yaml top/charts/c.yaml top/x/charts/d.yaml'),
    );
    const top = join(folder.path, 'top');
    const excluding = async (...exclude: readonly string[]) => (await walk(top, { exclude })).files;
    assert.deepEqual(await excluding('a.yaml'), ['charts/c.yaml', 'x/b.yaml', 'x/charts/d.yaml']);
    assert.deepEqual(await excluding('/a.yaml', '/charts/'), ['x/a.yaml', 'x/b.yaml', 'x/charts/d.yaml']);
    assert.deepEqual(await excluding('x/**', '!x/b.yaml'), ['a.yaml', 'charts/c.yaml', 'x/b.yaml']);
    assert.deepEqual(await excluding('top/'), await excluding());
    assert.deepEqual((await walk(top, { exclude: ['x'] })).leftOut, ['x exclude']);
  });

  it('matches hidden files with names, `*` and `.*`', async () => {
    using folder = createTemporaryFolder(
      empty(
        '.gitlab-ci.yml .woodpecker.yml .devcontainer.json a.yml x/.gitlab-ci.yml x/b.json .github/workflows/ci.yml',
      ),
    );
    const excluding = async (...exclude: readonly string[]) => (await walk(folder.path, { exclude })).files;
    const all = await excluding();
    const without = (...paths: readonly string[]) => all.filter((path) => !paths.includes(path));
    assert.equal(all.length, 7);
    assert.deepEqual(await excluding('.gitlab-ci.yml'), without('.gitlab-ci.yml', 'x/.gitlab-ci.yml'));
    assert.deepEqual(await excluding('/.gitlab-ci.yml'), without('.gitlab-ci.yml'));
    assert.deepEqual(await excluding('x/.gitlab-ci.yml'), without('x/.gitlab-ci.yml'));
    assert.deepEqual(await excluding('*.yml'), ['.devcontainer.json', 'x/b.json']);
    assert.deepEqual(await excluding('.woodpecker.yml', '.devcontainer.json'), [
      ...without('.woodpecker.yml', '.devcontainer.json'),
    ]);
    assert.deepEqual(await excluding('.*'), ['a.yml', 'x/b.json']);
    assert.deepEqual(await excluding('x/*', '.github/'), [
      '.devcontainer.json',
      '.gitlab-ci.yml',
      '.woodpecker.yml',
      'a.yml',
    ]);
    assert.deepEqual(await excluding('*'), []);
  });

  it('applies with and without .gitignore', async () => {
    using folder = createTemporaryFolder({ ...empty('a.yaml b.yaml c.yaml'), '.gitignore': 'a.yaml\n' });
    const exclude = ['b.yaml', '!a.yaml'];
    assert.deepEqual((await walk(folder.path, { exclude })).leftOut, ['a.yaml gitignore', 'b.yaml exclude']);
    assert.deepEqual((await walk(folder.path, { exclude, useGitignore: false })).leftOut, ['b.yaml exclude']);
  });
});

describe('movedTo', () => {
  for (const [pattern, moved] of [
    ['a', '/x y/**/a'.replace(' ', '\\ ')],
    ['!a', '!/x\\ y/**/a'],
    ['/a', '/x\\ y/a'],
    ['a/', '/x\\ y/**/a/'],
    ['a/b', '/x\\ y/a/b'],
    ['!a/*', '!/x\\ y/a/*'],
    ['# a', '# a'],
    ['', ''],
  ] as const) {
    it(`moves ${JSON.stringify(pattern)}`, () => assert.equal(movedTo('x y', pattern), moved));
  }
});
