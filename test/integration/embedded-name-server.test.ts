// A name server that does not respond: the verdict is in time, and the process ends with it.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { Result } from '../../src/core/result.ts';
import { type NameServer, requireNamespaces, withNameServer } from '../support/name-server.ts';
import { DEADLINE, spawnCommand } from '../support/process.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

/** By itself the C library would wait for minutes: a process that does so too is killed, and its test fails. */
const LONG = ['options timeout:30 attempts:5'];

describe('a silent name server', { skip: requireNamespaces(), concurrency: 2 }, () => {
  const folders = [createTemporaryFolder()];
  after(() => {
    for (const folder of folders) folder[Symbol.dispose]();
  });

  async function check(args: readonly string[], server: NameServer, env: Record<string, string> = {}) {
    const folder = createTemporaryFolder();
    folders.push(folder);
    const { child, ended } = spawnCommand(['check', '-o', 'json', ...args], env, withNameServer(folder, server));
    child.stdin.end();
    const { exitCode, stdout, stderr } = await ended;
    assert.notEqual(stdout, '', stderr);
    const results: Result[] = JSON.parse(stdout).results;
    return { exitCode, results: results.map(({ reason, cause }) => [reason, cause]) };
  }

  it('keeps the process no longer than the check', async () => {
    const { exitCode, results } = await check(['registry.example/a/b:1', '--timeout', '500ms'], { lines: LONG });
    assert.deepEqual([exitCode, results], [5, [['unreachable', 'timeout']]]);
  });

  it('nor do three of them, nor a name that is searched for', async () => {
    const lines = [...LONG, 'nameserver 127.0.0.2', 'nameserver 127.0.0.3', 'search a.example b.example'];
    const images = ['registry.example/a/b:1', 'registry:5000/a/b:1'];
    const { exitCode, results } = await check([...images, '--timeout', '500ms'], { lines });
    assert.deepEqual([exitCode, results], [5, images.map(() => ['unreachable', 'timeout'])]);
  });

  it('nor do as many registries as are checked concurrently', async () => {
    const images = Array.from({ length: 40 }, (_, at) => `registry-${at}.example/a/b:1`);
    const { exitCode, results } = await check([...images, '--concurrency', '40', '--timeout', '500ms'], {
      lines: LONG,
    });
    assert.deepEqual([exitCode, results], [5, images.map(() => ['unreachable', 'timeout'])]);
  });

  it('about some names does not keep others from being looked up', async () => {
    const silent = Array.from({ length: 40 }, (_, at) => `registry-${at}.example/a/b:1`);
    // When this one has been reached, and only then, the time of the others is up.
    const images = [...silent, 'alive.example:1/a/b:1'];
    const server = { lines: LONG, silences: { 'alive.example': 0 } };
    const { results } = await check([...images, '--concurrency', '64', '--retries', '0', ...DEADLINE], server);
    assert.deepEqual(results.slice(0, -1), [...silent.map(() => ['unreachable', 'timeout'])]);
    assert.notEqual(results.at(-1)?.[1], 'dns');
  });

  it('that finally responds is believed', async () => {
    const server = { lines: LONG, silences: { 'registry.example': 4 } };
    const { results } = await check(['registry.example:2/a/b:1', '--retries', '0'], server);
    assert.deepEqual(results, [['unreachable', 'tcp']]);
  });

  // Without execve, in Node 20, the process waits as the person said.
  if ('execve' in process) {
    it('keeps the process no longer than the check, whatever resolv.conf says', async () => {
      const env = { RES_OPTIONS: 'timeout:30 attempts:5' };
      const { exitCode, results } = await check(['registry.example/a/b:1', '--timeout', '500ms'], {}, env);
      assert.deepEqual([exitCode, results], [5, [['unreachable', 'timeout']]]);
    });
  }

  it('is waited for as resolv.conf says', async () => {
    const server = { lines: LONG, silences: { 'registry.example': 2 } };
    const env = { RES_OPTIONS: 'timeout:1 attempts:3' };
    const { results } = await check(['registry.example:2/a/b:1', '--retries', '0'], server, env);
    assert.deepEqual(results, [['unreachable', 'tcp']]);
  });
});
