// --timeout is the deadline of everything that a check does, not only of requests that are on their way.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Result } from '../../src/core/result.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { BARE_ENV } from '../support/command.ts';
import { checkUntil, createDeferred, createStuckHelper } from '../support/deadline.ts';
import { DEADLINE, spawnCommand } from '../support/process.ts';
import { startProxy } from '../support/proxy.ts';
import { requirePosix } from '../support/require-programs.ts';
import { type LoopbackServer, startRawServer } from '../support/servers.ts';

/** A peer that reads and stays silent, and a promise that resolves when something came. */
async function startSilent(): Promise<{ server: LoopbackServer; reached: Promise<void> }> {
  const reached = createDeferred();
  const server = await startRawServer((socket) => socket.once('data', reached.resolve));
  return { server, reached: reached.promise };
}

function assertTimeout({ reason, cause, message }: Result, words: string): void {
  assert.deepEqual([reason, cause], ['unreachable', 'timeout']);
  assert.ok(message.includes(words), message);
}

describe('the deadline ends a connection that is still being made, to', { concurrency: 3 }, () => {
  it('a server that never completes the TLS handshake', async () => {
    const { server, reached } = await startSilent();
    await using _ = server;
    const result = await checkUntil(reached, `${server.name}/team/app:v1`);
    assertTimeout(result, 'did not finish within 30 s');
  });

  it('a proxy that never responds', async () => {
    const { server, reached } = await startSilent();
    await using _ = server;
    const env = { ...BARE_ENV, HTTPS_PROXY: `http://${server.name}` };
    const result = await checkUntil(reached, 'registry.example.com/team/app:v1', { env });
    assertTimeout(result, 'did not connect to registry.example.com within 30 s');
  });

  it('a registry behind a proxy that never completes the TLS handshake', async () => {
    const { server, reached } = await startSilent();
    await using _ = server;
    await using proxy = await startProxy({ routes: { 'registry.example.com:443': server.name } });
    const env = { ...BARE_ENV, HTTPS_PROXY: proxy.origin };
    const result = await checkUntil(reached, 'registry.example.com/team/app:v1', { env });
    assertTimeout(result, 'did not finish within 30 s');
  });
});

describe('a credential helper that hangs is ended, and the process with it, by', {
  skip: requirePosix(),
  concurrency: 2,
}, () => {
  it('the deadline', async () => {
    using helper = createStuckHelper();
    await using registry = await startRegistry({ auth: 'basic', users: { ada: 'right' } });
    const args = ['check', `${registry.name}/team/app:v1`, '--plain-http', '-o', 'json', ...DEADLINE];
    const { child, ended, passDeadline } = spawnCommand(args, helper.env);
    child.stdin.end();
    await helper.started;
    passDeadline();
    const { exitCode, stdout } = await ended;
    assert.equal(exitCode, 5);
    assertTimeout(JSON.parse(stdout).results[0], 'did not finish within 3540 s');
    await helper.gone;
  });

  it('an interruption', async () => {
    using helper = createStuckHelper('kill -INT $PPID');
    await using registry = await startRegistry({ auth: 'basic', users: { ada: 'right' } });
    const { ended } = spawnCommand(['check', `${registry.name}/team/app:v1`, '--plain-http'], helper.env);
    const { exitCode, stderr } = await ended;
    assert.deepEqual([exitCode, stderr], [130, 'Interrupted: 0 of 1 image checked.\n']);
    await helper.gone;
  });
});
