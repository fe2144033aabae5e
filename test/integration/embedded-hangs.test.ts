// Whatever a server leaves undone, the command ends when its time is up, and says how far it came.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answering, drip, type Fault, hang, stall } from '../../src/demo/fault.ts';
import { createImage } from '../../src/demo/image.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { startTokenService } from '../../src/demo/token-service.ts';
import { flood, startRawServer } from '../support/raw-server.ts';
import { spawnCheck } from '../support/spawned-command.ts';

const TIMEOUT = ['--timeout', '1s'];
const PLAIN = ['--plain-http', ...TIMEOUT];

const NO_ANSWER = 'connected, but no answer in time';
const NO_END = 'the answer began but did not end in time';

async function assertTimeout(words: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { exitCode, result } = await spawnCheck(args, env);
  assert.deepEqual(
    [exitCode, result.verdict, result.reason, result.cause],
    [5, 'undetermined', 'unreachable', 'timeout'],
  );
  assert.ok(result.message.includes(words), result.message);
  return result;
}

describe('a check ends when its time is up, at', { concurrency: 7 }, () => {
  it('a peer that takes the connection and says nothing', async () => {
    await using server = await startRawServer();
    await assertTimeout(NO_ANSWER, [`${server.name}/team/app:v1`, ...PLAIN]);
  });

  const faults: readonly (readonly [string, Fault, words: string])[] = [
    ['no answer to the manifest', hang(), NO_ANSWER],
    ['headers without a body', stall(), NO_END],
    ['a body that stops in the middle', stall(20), NO_END],
    ['a body that comes byte by byte', drip(), NO_END],
    ['a refusal that does not end', { ...answering({ status: 403, body: 'denied' }), ...stall(3) }, NO_END],
  ];
  for (const [name, fault, words] of faults) {
    it(name, async () => {
      await using registry = await startRegistry();
      registry.put('team/app', 'v1', createImage());
      registry.inject(fault, { path: /\/manifests\// });
      await assertTimeout(words, [`${registry.name}/team/app:v1`, ...PLAIN]);
    });
  }

  const floods = [
    ['provisional answers without end', '', 'HTTP/1.1 103 Early Hints\r\n\r\n', NO_ANSWER],
    ['empty lines without end', '', '\r\n', NO_ANSWER],
    ['a status line without end', 'HTTP/1.1 200 ', 'x', NO_ANSWER],
    ['a chunk whose extension does not end', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=', 'x', NO_END],
  ] as const;
  for (const [name, head, piece, words] of floods) {
    it(name, async () => {
      await using server = await startRawServer(flood(head, piece));
      await assertTimeout(words, [`${server.name}/team/app:v1`, ...PLAIN]);
    });
  }

  it('one layer of many', async () => {
    await using registry = await startRegistry();
    const image = createImage({ layers: 8 });
    registry.put('team/app', 'v1', image);
    registry.inject(hang(), { path: `/v2/team/app/blobs/${image.layers[5]?.digest}` });
    await assertTimeout(NO_ANSWER, [`${registry.name}/team/app:v1`, '--layers', ...PLAIN]);
  });

  for (const [name, fault, words] of [
    ['does not answer', hang(), NO_ANSWER],
    ['does not end its answer', stall(5), NO_END],
  ] as const) {
    it(`a token service that ${name}`, async () => {
      await using tokens = await startTokenService();
      tokens.inject(fault);
      await using registry = await startRegistry({ auth: 'bearer', tokens });
      const { message } = await assertTimeout(words, [`${registry.name}/team/app:v1`, ...PLAIN]);
      assert.ok(message.includes(`token service ${tokens.name}`), message);
    });
  }

  it('a place that the registry redirects to', async () => {
    await using elsewhere = await startRawServer();
    await using registry = await startRegistry();
    registry.inject(answering({ status: 307, headers: { location: `http://${elsewhere.name}/manifest` } }));
    const { message } = await assertTimeout(NO_ANSWER, [`${registry.name}/team/app:v1`, ...PLAIN]);
    assert.ok(message.includes(elsewhere.name), message);
  });
});
