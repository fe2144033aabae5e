import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { walkFolder } from '../../src/input/folder.ts';
import { requirePosix } from '../support/require-programs.ts';
import { asUnprivilegedUser } from '../support/unprivileged-user.ts';
import { allOf } from './all-of.ts';

describe('walkFolder', () => {
  let root = '';
  const put = async (path: string) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), '');
  };
  const walk = async (path = '') =>
    (await allOf(walkFolder(join(root, path)))).map(({ path, problem }) =>
      [relative(root, path).split(sep).join('/'), ...(problem === undefined ? [] : [problem.message])].join(': '),
    );
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kairos-pull-'));
    const files = 'b/y.yaml a.yaml b/x.yaml B.yaml .gitlab-ci.yml b/c/z .git/config .github/workflows/ci.yml';
    for (const path of [...files.split(' '), 'node_modules/p/k8s.yaml', 'b/node_modules/k8s.yaml', 'closed/x'])
      await put(path);
    await symlink('..', join(root, 'b', 'up'));
    await symlink('nowhere', join(root, 'dangling'));
    await symlink('a.yaml', join(root, 'link.yaml'));
    await symlink('loop', join(root, 'loop'));
  });
  after(() => rm(root, { recursive: true }));

  it('goes through every folder once, in order, without hidden folders and node_modules', async () =>
    assert.deepEqual(await walk(), [
      '.gitlab-ci.yml',
      'B.yaml',
      'a.yaml',
      'b/c/z',
      'b/x.yaml',
      'b/y.yaml',
      'closed/x',
      'link.yaml',
    ]));

  it('goes through a hidden folder that is named', async () =>
    assert.deepEqual(await walk('.github'), ['.github/workflows/ci.yml']));

  it('tells of a folder it may not read, and goes on', { skip: requirePosix() }, async () => {
    await chmod(root, 0o755);
    await chmod(join(root, 'closed'), 0);
    const all = await asUnprivilegedUser(() => walk());
    await chmod(join(root, 'closed'), 0o700);
    assert.deepEqual(all.slice(-2), ['closed: Cannot read it: permission denied.', 'link.yaml']);
  });
});
