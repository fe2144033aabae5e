// Whatever a server sends, the command ends with a verdict, and keeps little of it in memory.

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { endless, type Fault, gzipBomb, redirect, replyWith } from '../support/faults.ts';
import { type Ended, spawnCheck } from '../support/process.ts';
import { requireLinux } from '../support/require-programs.ts';
import { flood, startRawServer } from '../support/servers.ts';
import { startTokenService } from '../support/token-service.ts';

const MEBIBYTE = 1024 * 1024;
/** Above the usual: what V8 leaves lying about on a busy machine is below, the smallest flood of 100 MB above. */
const MOST_MORE = 90 * MEBIBYTE;
/** The largest manifest, and what the buffers of a connection hold. */
const MOST_READ = 16 * MEBIBYTE;

let usualPeak = 0;

/** Exit code, reason and cause; the memory was small. */
async function judge(image: string): Promise<string> {
  const { exitCode, result, peakBytes } = await spawnCheck([image, '--plain-http']);
  assertSmall(peakBytes);
  return `${exitCode} ${result.reason ?? result.verdict}${result.cause === null ? '' : `/${result.cause}`}`;
}

function assertSmall(peakBytes: Ended['peakBytes']): void {
  if (peakBytes === undefined) return void requireLinux();
  const words = `${Math.round(peakBytes / MEBIBYTE)} MiB at its peak, usually ${Math.round(usualPeak / MEBIBYTE)} MiB`;
  assert.ok(peakBytes < usualPeak + MOST_MORE, words);
}

describe('little is held of', { concurrency: 3 }, () => {
  before(async () => {
    await using registry = await startRegistry();
    registry.put('team/app', 'v1', createImage());
    const { exitCode, peakBytes } = await spawnCheck([`${registry.name}/team/app:v1`, '--plain-http']);
    assert.equal(exitCode, 0);
    usualPeak = peakBytes ?? 0;
  });

  const faults: readonly (readonly [string, Fault, expected: string])[] = [
    ['a manifest without end', endless(), '6 corrupt'],
    ['a manifest that is a gzip bomb', gzipBomb(), '6 corrupt'],
    ['a manifest of 100 MB, announced', { changeBody: () => Buffer.alloc(100 * MEBIBYTE, ' ') }, '6 corrupt'],
    [
      'a manifest of 100 MB, in chunks',
      { changeBody: () => Buffer.alloc(100 * MEBIBYTE, ' '), headers: { 'content-length': undefined } },
      '6 corrupt',
    ],
    ['a refusal without end', { ...replyWith({ status: 401 }), ...endless() }, '3 unauthorized/credentials-required'],
    ['an outage without end', { ...replyWith({ status: 500 }), ...endless() }, '5 registry-error/registry'],
    ['a redirect without end', { ...redirect('/elsewhere'), ...endless() }, '4 not-found'],
    [
      'a refusal that is a gzip bomb',
      { ...gzipBomb(), ...replyWith({ status: 403 }) },
      '3 denied/missing-or-no-access',
    ],
  ];
  for (const [name, fault, expected] of faults) {
    it(name, async () => {
      await using registry = await startRegistry();
      registry.put('team/app', 'v1', createImage());
      registry.inject(fault, { path: /\/manifests\// });
      assert.equal(await judge(`${registry.name}/team/app:v1`), expected);
      if (fault.deliver === undefined) return;
      await registry.idle();
      for (const { bytesSent } of registry.log) assert.ok(bytesSent < MOST_READ, `${bytesSent} bytes were taken`);
    });
  }

  const answers: readonly (readonly [string, head: string, piece: string, expected: string])[] = [
    ['garbage instead of HTTP', 'SSH-2.0-OpenSSH_9.9\r\n', 'garbage', '5 not-a-registry/not-oci'],
    ['headers without end', 'HTTP/1.1 200 OK\r\n', 'X-Header: value\r\n', '5 not-a-registry/not-oci'],
    [
      'a header of 2 MB',
      `HTTP/1.1 200 OK\r\nX-Header: ${'x'.repeat(2 * MEBIBYTE)}\r\n\r\n`,
      'x',
      '5 not-a-registry/not-oci',
    ],
  ];
  for (const [name, head, piece, expected] of answers) {
    it(name, async () => {
      await using server = await startRawServer(flood(head, piece));
      assert.equal(await judge(`${server.name}/team/app:v1`), expected);
    });
  }

  const tokenFaults: readonly (readonly [string, Fault, expected: string])[] = [
    ['a token without end', endless(), '5 registry-error/token-service'],
    ['a token that is a gzip bomb', gzipBomb(), '5 registry-error/token-service'],
    [
      'a token of 10 MB',
      { changeBody: () => Buffer.from(JSON.stringify({ token: 'x'.repeat(10 * MEBIBYTE) })) },
      '5 registry-error/token-service',
    ],
    [
      'a web page instead of a token',
      replyWith({
        status: 200,
        headers: { 'content-type': 'text/html' },
        body: '<!doctype html><title>Sign in</title>',
      }),
      '5 not-a-registry/intercepted',
    ],
  ];
  for (const [name, fault, expected] of tokenFaults) {
    it(name, async () => {
      await using tokens = await startTokenService();
      tokens.inject(fault);
      await using registry = await startRegistry({ auth: 'bearer', tokens });
      assert.equal(await judge(`${registry.name}/team/app:v1`), expected);
    });
  }
});
