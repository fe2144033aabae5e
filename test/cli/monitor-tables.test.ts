// The tables of the monitor fit the terminal, and have a line per resource in a pipe.

import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { displayWidth } from '../../src/report/display-width.ts';
import { runCommand } from '../support/command.ts';
import { requirePosix } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const LONG = `registry.example.com/${'platform/'.repeat(8)}payment-gateway:2025.11.28`;
/** `port`: something listens there, so that the network of this machine is not in question. */
const configOf = (port: number): string => `monitor:
  store: memory
  interval: 30s
  resources:
    - tcp: 127.0.0.1:1
      name: A port at which nothing listens, with a name of many words
      group: Services of this machine
    - tcp: 127.0.0.1:${port}
      name: port
    - image: nginx:1.27
      paused: true
    - image: ${LONG}
      paused: true
  notify:
    - webhook: https://hooks.example.com/a
      name: chat
`;

const server = createServer((socket) => socket.destroy());

const run = async (args: readonly string[], stdoutColumns?: number) => {
  const { port } = server.address() as AddressInfo;
  using folder = createTemporaryFolder({ 'kairos-pull.yaml': configOf(port) });
  return await runCommand(['monitor', ...args], {
    cwd: folder.path,
    ...(stdoutColumns !== undefined && { stdoutColumns }),
    env: { NO_COLOR: '1' },
  });
};

/** A line that cannot be broken: one word, or the name of a resource. */
const isOneText = (line: string): boolean => !/\S \S/.test(line.replace(/^[✔✖?] /, ''));

describe('the tables of the monitor', { skip: requirePosix() }, () => {
  before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  after(() => new Promise((resolve) => server.close(resolve)));

  it('have a line per resource in a pipe', async () => {
    const listed = (await run(['--check-config'])).stdout.split('\n');
    assert.ok(listed.some((line) => line.includes('127.0.0.1:1') && line.includes('group Services of this machine')));
    const once = (await run(['--once'])).stdout.split('\n');
    assert.ok(
      once.some((line) => /^available {4}port$/.test(line)),
      once.join('\n'),
    );
  });

  for (const width of [60, 80, 100, 160]) {
    it(`fit into ${width} columns: --check-config`, async () => {
      const { stdout, stderr, exitCode } = await run(['--check-config'], width);
      assert.equal(exitCode, 0, stderr);
      for (const line of stdout.split('\n')) assert.ok(displayWidth(line) <= width || isOneText(line), line);
      for (const text of ['127.0.0.1:1', 'nginx:1.27', 'paused', '30s', LONG, '4 resources', 'chat']) {
        assert.ok(stdout.replace(/\s+/g, '').includes(text.replace(' ', '')), text);
      }
    });

    it(`fit into ${width} columns: --once`, async () => {
      const { stdout, stderr, exitCode } = await run(['--once'], width);
      assert.equal(exitCode, 6, stderr);
      for (const line of stdout.split('\n')) {
        assert.ok(displayWidth(line) <= width || isOneText(line) || line.startsWith('✖ A port'), line);
      }
      assert.match(stdout, /^✖ A port.*\n(?: {4}unavailable\n)? {4}Connection to 127\.0\.0\.1:1 refused/m);
      assert.match(stdout, /^✔ port +available\n\n2 resources: 1 available, 1 unavailable\n$/m);
    });
  }
});
