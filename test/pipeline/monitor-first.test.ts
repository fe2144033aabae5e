// The first monitor of docs/monitor.md: its config file gives the output that the page shows, and its requests work.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { spawnMonitor } from '../support/monitor-process.ts';
import { spawnCommand } from '../support/process.ts';
import { requirePosix } from '../support/require-programs.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { wordsOf } from './command-line.ts';
import { readText } from './project-file.ts';

const page = readText('docs/monitor.md');
const section = page.slice(page.indexOf('## A first monitor'), page.indexOf('## Configuration'));
const [, config = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(section) ?? [];
const examples = [...section.matchAll(/^```console\n\$ kairos-pull (.+)\n([\s\S]*?)^```$/gm)];
const requests = [...page.matchAll(/^\$ curl -s (.*)http:\/\/127\.0\.0\.1:8790\/(\S+)\n(.+)$/gm)];

describe('the first monitor of docs/monitor.md', { skip: requirePosix() }, () => {
  const shop = createServer((_, response) => response.end());
  const closed = createServer();
  let registry: EmbeddedRegistry;
  let folder: TemporaryFolder;
  /** The addresses of the page, and those of this test. */
  let addresses: readonly (readonly [string, string])[];

  const replace = (text: string, isBack = false): string =>
    addresses.reduce(
      (all, [shown, real]) => (isBack ? all.replaceAll(real, shown) : all.replaceAll(shown, real)),
      text,
    );

  before(async () => {
    registry = await startRegistry({ host: 'localhost' });
    registry.put('shop/web', '1.4', createImage({ text: 'web' }));
    for (const server of [shop, closed]) await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    const portOf = (server: typeof shop): number => (server.address() as AddressInfo).port;
    addresses = [
      ['localhost:5000', registry.name],
      ['localhost:8080', `localhost:${portOf(shop)}`],
      ['localhost:6379', `localhost:${portOf(closed)}`],
      ...[5000, 8080, 6379].map(
        (port, at) =>
          [
            `localhost-${port}`,
            `localhost-${[registry.name.split(':')[1], portOf(shop), portOf(closed)][at]}`,
          ] as const,
      ),
    ];
    closed.close();
    folder = createTemporaryFolder();
    folder.write('kairos-pull.yaml', replace(config));
  });

  after(async () => {
    shop.close();
    await registry.close();
    folder[Symbol.dispose]();
  });

  it('is shown with two commands', () => assert.equal(examples.length, 2));

  for (const [, command = '', output = ''] of examples) {
    it(`has the output of: ${command}`, async () => {
      // A working directory is that of the whole process.
      const inFolder = ['sh', '-c', `cd ${folder.path} && exec "$@"`, 'sh'];
      const { child, ended } = spawnCommand(wordsOf(command), {}, inFolder);
      child.stdin.end();
      const { stdout, stderr } = await ended;
      assert.equal(stderr, '');
      assert.equal(withoutColumns(replace(stdout, true)), withoutColumns(output));
    });
  }

  it('responds to the requests of the page with these keys', async () => {
    assert.equal(requests.length, 3);
    const file = folder.write('served.yaml', replace(config));
    await using monitor = spawnMonitor(['--config', file, '--store', 'memory', '--listen', '127.0.0.1:0']);
    const url = await monitor.url();
    for (const [, options = '', path = '', shown = ''] of requests) {
      const init = options.includes('POST') ? { method: 'POST', headers: { 'X-Kairos-Pull': '1' } } : {};
      const response = await fetch(`${url}${path}`, init);
      assert.ok(response.ok, path);
      assert.deepEqual(keysOf(await response.json()), keysOf(JSON.parse(shown)), path);
    }
  });
});

const withoutColumns = (text: string): string => text.replace(/ {2,}(?=\S)/g, '  ');

const keysOf = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.slice(0, 1).map(keysOf)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, keysOf(inner)]))
      : null;
