// A process without what every process has: a working directory, a home, a directory it may write to.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { type Ended, spawnCommand } from '../support/process.ts';
import { requireLinux, requirePrograms, requireThat } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const folder = createTemporaryFolder({ 'images.txt': '' });
let registry: EmbeddedRegistry;
let image: string;
before(async () => {
  registry = await startRegistry();
  registry.put('a/b', '1', createImage());
  image = `${registry.name}/a/b:1`;
  folder.write('images.txt', `${image}\n`);
  folder.write('deploy/compose.yaml', `services:\n  a:\n    image: "${image}"\n`);
  folder.write('settings.yaml', 'plainHttp: true\nfile: images.txt\n');
});
after(async () => {
  await registry.close();
  folder[Symbol.dispose]();
});

async function run(args: readonly string[], wrapper: readonly string[], stdin = ''): Promise<Ended> {
  const { child, ended } = spawnCommand(args, {}, wrapper);
  child.stdin.end(stdin);
  return ended;
}

describe('without a working directory', { skip: requireLinux() }, () => {
  const adrift = ['sh', '-c', 'cd "$(mktemp -d)" && rmdir "$PWD" && exec "$@"', 'sh'];
  const check = (args: readonly string[], stdin?: string) => run(['check', '--plain-http', ...args], adrift, stdin);

  it('an image is checked', async () => {
    const { exitCode, stderr } = await check([image]);
    assert.equal(stderr, '');
    assert.equal(exitCode, 0);
  });

  it('standard input, absolute paths and the config file still work', async () => {
    assert.equal((await check(['-f', '-'], `${image}\n`)).exitCode, 0);
    assert.equal((await check(['-f', `${folder.path}/images.txt`])).exitCode, 0);
    assert.equal((await check(['-f', `${folder.path}/deploy`])).exitCode, 0);
    assert.equal((await check(['--config', `${folder.path}/settings.yaml`])).exitCode, 0);
    assert.equal((await check([image, '-o', `sarif=${folder.path}/report.sarif`])).exitCode, 0);
  });

  it('a document of standard input finds no other file', async () => {
    const document = `include: [other.yaml]\nservices:\n  a:\n    image: "${image}"\n`;
    const { exitCode, stderr } = await check(['-f', '-'], document);
    assert.match(stderr, /other\.yaml cannot be read/);
    assert.equal(exitCode, 2);
  });

  for (const [args, what] of [
    [['-f', 'images.txt'], 'images.txt: Cannot be read'],
    [['--config', 'settings.yaml'], '--config: cannot read settings.yaml'],
    [['--ca-file', 'ca.pem'], '--ca-file: cannot read ca.pem'],
    [['--auth-file', 'auth.json'], '--auth-file: cannot read auth.json'],
  ] as const) {
    it(`reports that it is missing: ${args.join(' ')}`, async () => {
      const { exitCode, stderr } = await check([image, ...args]);
      assert.equal(stderr.split('\n')[0], `error: ${what}: the working directory no longer exists.`);
      assert.equal(exitCode, 2);
    });
  }

  it('a report cannot be written there', async () => {
    const { exitCode, stderr } = await check([image, '-o', 'json=report.json']);
    assert.match(stderr, /^error: cannot write report\.json: no such file or directory\.\n/);
    assert.equal(exitCode, 2);
  });

  it('images are listed, and help is given', async () => {
    assert.equal((await run(['images', image], adrift)).exitCode, 0);
    assert.equal((await run(['check', '--help'], adrift)).exitCode, 0);
  });
});

describe('without a home', () => {
  const homeless = ['unshare', '--map-user=54321', 'env', '-u', 'HOME'];
  const probe = () => spawnSync('unshare', ['--map-user=54321', 'true']).status === 0;
  const skip = requireLinux() || requirePrograms('unshare') || requireThat(probe(), 'this machine gives no namespaces');

  it('an image is checked', { skip }, async () => {
    for (const args of [[image], ['-f', `${folder.path}/images.txt`, '-o', 'json']]) {
      const { exitCode, stderr } = await run(['check', '--plain-http', ...args], homeless);
      assert.equal(stderr, '');
      assert.equal(exitCode, 0);
    }
  });
});

describe('where nothing may be written', { skip: requireLinux() }, () => {
  for (const variable of ['XDG_CACHE_HOME', 'TMPDIR', 'HOME']) {
    it(`an image is checked: ${variable}`, async () => {
      for (const place of ['/proc/nowhere', '/dev/null', '/nonexistent']) {
        const { exitCode, stderr } = await run(['check', '--plain-http', image], ['env', `${variable}=${place}`]);
        assert.equal(stderr, '');
        assert.equal(exitCode, 0);
      }
    });
  }
});
