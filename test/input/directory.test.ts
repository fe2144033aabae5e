import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { walkDirectory } from '../../src/input/directory.ts';
import { asUnprivilegedUser, requireLinux, requirePosix } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { allOf } from './all-of.ts';

describe('walkDirectory', () => {
  let root = '';
  const put = async (path: string) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), '');
  };
  const walk = async (path = '') =>
    (await allOf(walkDirectory(join(root, path)))).map(({ path, problem }) =>
      [relative(root, path).split(sep).join('/'), ...(problem === undefined ? [] : [problem.message])].join(': '),
    );
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kairos-pull-'));
    const files = 'b/y.yaml a.yaml b/x.yaml B.yaml .gitlab-ci.yml b/c/z .git/config .cache/x .github/workflows/ci.yml';
    for (const path of [...files.split(' '), 'node_modules/p/k8s.yaml', 'b/node_modules/k8s.yaml', 'closed/x'])
      await put(path);
    await symlink('..', join(root, 'b', 'up'));
    await symlink('nowhere', join(root, 'dangling'));
    await symlink('a.yaml', join(root, 'link.yaml'));
    await symlink('loop', join(root, 'loop'));
  });
  after(() => rm(root, { recursive: true }));

  it('visits each directory once, in order, except node_modules and hidden ones that are not of a project', async () =>
    assert.deepEqual(await walk(), [
      '.github/workflows/ci.yml',
      '.gitlab-ci.yml',
      'B.yaml',
      'a.yaml',
      'b/c/z',
      'b/x.yaml',
      'b/y.yaml',
      'closed/x',
      'link.yaml',
    ]));

  it('follows links only to files below the directory', async () => {
    using folder = createTemporaryFolder({
      'repo/a.yaml': '',
      'repo/lib/b.yaml': '',
      'repo/lib/.hidden/c.yaml': '',
      'outside/secret.yaml': '',
      'repository/near.yaml': '',
    });
    const repo = join(folder.path, 'repo');
    const links: Readonly<Record<string, string>> = {
      up: '..',
      root: '/',
      out: '../outside',
      'out.yaml': '../outside/secret.yaml',
      near: '../repository',
      absolute: join(folder.path, 'outside'),
      'lib/up': '..',
      'lib/self': '.',
      'lib/out': '../out',
      circle: 'circle',
      'to-c.yaml': 'lib/.hidden/c.yaml',
      'to-link.yaml': 'lib/up/a.yaml',
      proc: '/proc/self',
      'null.yaml': '/dev/null',
    };
    for (const [name, target] of Object.entries(links)) await symlink(target, join(repo, name));
    const walked = async (root: string) =>
      (await allOf(walkDirectory(root))).map(({ path, problem }) => [relative(root, path), problem]);
    const expected = ['a.yaml', 'lib/b.yaml', 'to-c.yaml', 'to-link.yaml'].map((path) => [path, undefined]);
    assert.deepEqual(await walked(repo), expected);
    await symlink('repo', join(folder.path, 'named'));
    assert.deepEqual(await walked(join(folder.path, 'named')), expected);
  });

  it('skips virtual file systems', { skip: requireLinux() }, async () =>
    assert.deepEqual(await allOf(walkDirectory('/proc/self')), []),
  );

  it('skips pipes, sockets and devices', {
    skip: requirePosix(),
  }, async () => {
    using folder = createTemporaryFolder({ 'a.yaml': '' });
    execFileSync('mkfifo', [join(folder.path, 'pipe.yaml')]);
    await symlink('pipe.yaml', join(folder.path, 'link.yaml'));
    const server = createServer().listen(join(folder.path, 'socket.yaml'));
    await once(server, 'listening');
    const paths = (await allOf(walkDirectory(folder.path))).map(({ path }) => relative(folder.path, path));
    server.close();
    assert.deepEqual(paths, ['a.yaml']);
  });

  it('descends as deep as the system allows, in constant time per level', async () => {
    using folder = createTemporaryFolder({ [`${'d/'.repeat(300)}a.yaml`]: '' });
    assert.equal((await allOf(walkDirectory(folder.path))).length, 1);
  });

  it('visits a hidden directory that is given', async () =>
    assert.deepEqual(await walk('.github'), ['.github/workflows/ci.yml']));

  it('reports a directory that it may not read, and continues', { skip: requirePosix() }, async () => {
    await chmod(root, 0o755);
    await chmod(join(root, 'closed'), 0);
    const all = await asUnprivilegedUser(() => walk());
    await chmod(join(root, 'closed'), 0o700);
    assert.deepEqual(all.slice(-2), ['closed: Cannot be read: permission denied.', 'link.yaml']);
  });
});
