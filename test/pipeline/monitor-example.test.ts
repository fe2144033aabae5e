// examples/monitor: the config file runs, the unit and the Compose file start what there is, with rights as small as that.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { createImage } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { composeExtractor } from '../../src/input/compose.ts';
import { foundLines } from '../input/found-lines.ts';
import { spawnMonitor } from '../support/monitor-process.ts';
import { spawnCommand } from '../support/process.ts';
import { requirePosix, requirePrograms } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { understand, wordsOf } from './command-line.ts';
import { ROOT, readText } from './project-file.ts';

const read = (name: string): string => readText(`examples/monitor/${name}`);
const config = read('kairos-pull.yaml');
const compose = parse(read('compose.yaml'));
const unit = read('kairos-pull-monitor.service');

const weekdayIn = (days: number): string =>
  new Date(Date.now() + days * 86_400_000).toLocaleDateString('en-US', { weekday: 'long' }).toLowerCase();

describe('examples/monitor/kairos-pull.yaml', () => {
  it('is valid, with all of its resources', async () => {
    using folder = createTemporaryFolder();
    for (const name of ['kairos-pull.yaml', 'compose.yaml']) folder.write(name, read(name));
    folder.write('webhook-url', 'https://hook.example/');
    folder.write('token', 'secret\n');
    const args = ['monitor', '--config', join(folder.path, 'kairos-pull.yaml'), '--check-config'];
    const { child, ended } = spawnCommand(args);
    child.stdin.end();
    const { exitCode, stdout, stderr } = await ended;
    assert.deepEqual([exitCode, stderr], [0, '']);
    assert.match(stdout, /^web +1m .*group shop$/m);
    assert.match(
      stdout,
      /^image-registry\.example\.com-tools-kairos-pull-0\.1\.0 +1h .*compose\.yaml:\d+; group tools$/m,
    );
    assert.match(stdout, /^6 resources$/m);
  });

  it('runs: each of its expectations is met', { skip: requirePosix() }, async () => {
    await using registry = await startRegistry();
    const images = ['linux/amd64', 'linux/arm64'].map((platform) => createImage({ platform, text: platform }));
    registry.put('shop/web', '1.4', createIndex(images));
    registry.put('shop/api', '2.0.1', createImage({ text: 'api' }));
    registry.put('tools/kairos-pull', '0.1.0', createImage({ text: 'tool' }));
    const shop = createServer((_, response) => response.end('all ok'));
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
    const { port } = shop.address() as AddressInfo;
    try {
      using folder = createTemporaryFolder();
      const local = (text: string): string =>
        text
          .replaceAll('registry.example.com', registry.name)
          .replace('https://shop.example.com/', `http://127.0.0.1:${port}/`)
          .replace('db.example.com:5432', `127.0.0.1:${port}`)
          // Not on the day of this test.
          .replace('weekly: sunday', `weekly: ${weekdayIn(3)}`);
      folder.write('kairos-pull.yaml', local(config));
      folder.write('compose.yaml', local(read('compose.yaml')));
      folder.write('token', 'secret\n');
      const store = join(folder.path, 'history.db');
      const args = ['--config', join(folder.path, 'kairos-pull.yaml'), '--store', store, '--listen', '127.0.0.1:0'];
      await using monitor = spawnMonitor(args);
      const url = await monitor.url();
      assert.equal((await fetch(`${url}api/v1/resources`)).status, 401);
      const headers = { authorization: 'Bearer secret' };
      const states = async (): Promise<string[]> => {
        const response = await fetch(`${url}api/v1/resources`, { headers });
        return ((await response.json()) as { state: string }[]).map(({ state }) => state);
      };
      const stream = (await fetch(`${url}api/v1/stream`, { headers })).body?.getReader();
      let seen = await states();
      // Each chunk is a check, or the heartbeat.
      for (; seen.includes('pending'); seen = await states()) await stream?.read();
      await stream?.cancel();
      assert.deepEqual(seen, Array(6).fill('available'));
    } finally {
      shop.close();
    }
  });
});

describe('examples/monitor/compose.yaml', () => {
  const service = compose.services['kairos-pull'];
  const mounts: string[] = service.volumes.map((volume: string) => volume.split(':')[1]);
  const isMounted = (path: string): boolean => mounts.some((mount) => path.startsWith(`${mount}/`));

  it('starts a monitor whose files are mounted', () => {
    const { invocation } = understand(service.command, service.environment);
    assert.ok(invocation.command === 'monitor' && invocation.action === 'run');
    assert.ok(isMounted(String(invocation.flags.config)), 'the config file');
    assert.ok(isMounted(service.environment.KAIROS_PULL_STORE), 'the store');
    assert.match(
      service.ports[0],
      new RegExp(`^127\\.0\\.0\\.1:\\d+:${service.environment.KAIROS_PULL_LISTEN.split(':')[1]}$`),
    );
  });

  it('has a volume that the user of the image can write', () => {
    const dockerfile = readText('Dockerfile');
    const [, user] = /^USER (\d+)$/m.exec(dockerfile) ?? [];
    const [, owner, directory] = /^RUN install -d .*-o (\d+) .* (\/\S+)$/m.exec(dockerfile) ?? [];
    assert.equal(owner, user);
    assert.ok(mounts.includes(directory ?? ''), directory);
  });

  it('asks the monitor whether it works', () => {
    const [type, program, ...args] = service.healthcheck.test;
    assert.deepEqual([type, program], ['CMD', 'kairos-pull']);
    const { invocation } = understand(args);
    assert.ok(invocation.command === 'monitor' && invocation.action === 'health');
  });

  it('has few rights', () => {
    assert.equal(service.read_only, true);
    assert.deepEqual(service.cap_drop, ['ALL']);
    assert.ok(service.tmpfs.includes('/tmp'), 'an export needs it');
  });

  it('has an image that the monitor itself checks', async () => {
    const line = read('compose.yaml').split('\n').indexOf(`    image: ${service.image}`) + 1;
    assert.deepEqual(await foundLines(composeExtractor, read('compose.yaml')), [
      `${line} ${service.image} | services.kairos-pull.image`,
    ]);
  });

  it('is accepted by Docker Compose', { skip: requirePrograms('docker-compose') }, () => {
    const file = join(ROOT, 'examples/monitor/compose.yaml');
    const { status, stderr } = spawnSync('docker-compose', ['-f', file, 'config', '--quiet'], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });
});

describe('examples/monitor/kairos-pull-monitor.service', () => {
  it('starts a monitor, and reloads it', () => {
    const [, command = ''] = /^ExecStart=\S+\/kairos-pull (.+)$/m.exec(unit) ?? [];
    const { invocation } = understand(wordsOf(command));
    assert.ok(invocation.command === 'monitor' && invocation.action === 'run');
    assert.match(String(invocation.flags.store), /^\$\{STATE_DIRECTORY\}\//);
    assert.match(unit, /^ExecReload=\/bin\/kill -HUP \$MAINPID$/m);
  });

  it('is not started again after a mistake in the config file', () =>
    assert.match(unit, /^RestartPreventExitStatus=2$/m));

  it('is accepted by systemd', { skip: requirePrograms('systemd-analyze') }, () => {
    using folder = createTemporaryFolder();
    // The program must exist.
    const file = folder.write('kairos-pull-monitor.service', unit.replace('/usr/local/bin/kairos-pull', '/bin/true'));
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
    assert.deepEqual([status, stdout, stderr], [0, '', '']);
  });
});
