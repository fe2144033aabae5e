// --timeout is the deadline of everything that a check does, not only of requests that are on their way.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Result } from '../../src/core/result.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { checkJson } from '../support/embedded-check.ts';
import { createLoginHome } from '../support/login-home.ts';
import { startProxy } from '../support/proxy.ts';
import { startRawServer } from '../support/raw-server.ts';
import { spawnCheck, spawnCommand } from '../support/spawned-command.ts';

const TIMEOUT = ['--timeout', '1s'];

function assertTimeout({ reason, cause, message, durationMs }: Result, words: string): void {
  assert.deepEqual([reason, cause], ['unreachable', 'timeout']);
  assert.ok(message.includes(words), message);
  // The limit of the connection alone would end it after ten seconds.
  assert.ok(durationMs < 6_000, `it took ${durationMs} ms`);
}

describe('the deadline ends a connection that is still being made, to', { concurrency: 3 }, () => {
  it('a peer that never answers the TLS handshake', async () => {
    await using server = await startRawServer();
    const { result } = await checkJson([`${server.name}/team/app:v1`, ...TIMEOUT]);
    assertTimeout(result, 'the TLS handshake did not end in time');
  });

  it('a proxy that never answers', async () => {
    await using server = await startRawServer();
    const env = { HTTPS_PROXY: `http://${server.name}` };
    const { result } = await checkJson(['registry.example.com/team/app:v1', ...TIMEOUT], { env });
    assertTimeout(result, 'the proxy did not answer in time');
  });

  it('a registry behind a proxy that never answers the TLS handshake', async () => {
    await using server = await startRawServer();
    await using proxy = await startProxy({ routes: { 'registry.example.com:443': server.name } });
    const env = { HTTPS_PROXY: proxy.origin };
    const { result } = await checkJson(['registry.example.com/team/app:v1', ...TIMEOUT], { env });
    assertTimeout(result, 'the TLS handshake did not end in time');
  });
});

describe('a credential helper that hangs is ended, and the process with it, by', { concurrency: 2 }, () => {
  it('the deadline', async () => {
    using home = createLoginHome({ '.docker/config.json': { credsStore: 'stuck' } });
    home.addHelper('stuck', '#!/bin/sh\nexec tail -f /dev/null\n');
    await using registry = await startRegistry({ auth: 'basic', users: { ada: 'right' } });
    const startedMs = performance.now();
    const { result } = await spawnCheck([`${registry.name}/team/app:v1`, '--plain-http', ...TIMEOUT], home.env);
    assertTimeout(result, 'did not end within 1 s');
    // The helper alone would be given ten seconds.
    assert.ok(performance.now() - startedMs < 6_000, 'the process stayed for its helper');
  });

  it('an interruption', async () => {
    using home = createLoginHome({ '.docker/config.json': { credsStore: 'stuck' } });
    home.addHelper('stuck', '#!/bin/sh\nkill -INT $PPID\nexec tail -f /dev/null\n');
    await using registry = await startRegistry({ auth: 'basic', users: { ada: 'right' } });
    const startedMs = performance.now();
    const { ended } = spawnCommand(['check', `${registry.name}/team/app:v1`, '--plain-http'], home.env);
    const { exitCode, stderr } = await ended;
    assert.deepEqual([exitCode, stderr], [130, 'Interrupted; 0 images had been checked.\n']);
    assert.ok(performance.now() - startedMs < 6_000, 'the process stayed for its helper');
  });
});
