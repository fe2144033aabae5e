// Whatever a server fails to do, a check ends at its deadline, and reports how far it got.

import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import type { Result } from '../../src/core/result.ts';
import { createImage } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { checkUntil, createDeferred, headOf } from '../support/deadline.ts';
import { drip, type Fault, hang, replyWith, stall } from '../support/faults.ts';
import { DEADLINE, spawnCommand } from '../support/process.ts';
import { flood, startRawServer } from '../support/servers.ts';
import { startTokenService } from '../support/token-service.ts';

const NO_ANSWER = 'accepted the request, but did not respond';
const NO_END = 'stalled: the rest did not arrive';

const FAULTS: readonly (readonly [string, Fault, words: string])[] = [
  ['no answer to the manifest', hang(), NO_ANSWER],
  ['headers without a body', stall(), NO_END],
  ['a body that stops in the middle', stall(20), NO_END],
  ['a body that comes byte by byte', drip(), NO_END],
  ['a refusal that does not end', { ...replyWith({ status: 403, body: 'denied' }), ...stall(3) }, NO_END],
];

const FLOODS = [
  ['too many 1xx responses', '', 'HTTP/1.1 103 Early Hints\r\n\r\n', NO_ANSWER],
  ['empty lines without end', '', '\r\n', NO_ANSWER],
  ['a status line without end', 'HTTP/1.1 200 ', 'x', NO_ANSWER],
  ['a chunk whose extension does not end', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=', 'x', NO_END],
] as const;

const TOKEN_FAULTS = [
  ['does not answer', hang(), NO_ANSWER],
  ['does not end its answer', stall(5), NO_END],
] as const;

const PLAIN = { plainHttp: true };

/** A registry where the manifest meets that fault, and a promise that resolves when it was asked for. */
async function startWith(fault: Fault): Promise<{ registry: EmbeddedRegistry; asked: Promise<void> }> {
  const asked = createDeferred();
  const registry = await startRegistry();
  registry.put('team/app', 'v1', createImage());
  const meet = (): Fault => {
    asked.resolve();
    return fault;
  };
  registry.inject(meet, { path: /\/manifests\// });
  return { registry, asked: asked.promise };
}

function assertTimeout({ verdict, reason, cause, message }: Result, ...words: string[]): void {
  assert.deepEqual([verdict, reason, cause], ['undetermined', 'unreachable', 'timeout']);
  for (const word of words) assert.ok(message.includes(word), message);
}

describe('a check ends with its deadline, at', { concurrency: 7 }, () => {
  it('a server that accepts the connection and stays silent', async () => {
    const asked = createDeferred();
    await using server = await startRawServer((socket) => socket.once('data', asked.resolve));
    assertTimeout(await checkUntil(asked.promise, `${server.name}/team/app:v1`, PLAIN), NO_ANSWER);
  });

  for (const [name, fault, words] of FAULTS) {
    it(name, async () => {
      const { registry, asked } = await startWith(fault);
      await using _ = registry;
      const isReached = words === NO_END ? headOf(registry.name) : asked;
      assertTimeout(await checkUntil(isReached, `${registry.name}/team/app:v1`, PLAIN), words);
      // The check lets go of the connection, so that the process can end.
      await registry.idle();
    });
  }

  for (const [name, head, piece, words] of FLOODS) {
    it(name, async () => {
      const drained = createDeferred();
      const closed = createDeferred();
      await using server = await startRawServer((socket: Socket) => {
        // The second time, some of it was read.
        socket.once('drain', () => socket.once('drain', drained.resolve)).once('close', closed.resolve);
        flood(head, piece)(socket);
      });
      const isReached = words === NO_END ? headOf(server.name) : drained.promise;
      assertTimeout(await checkUntil(isReached, `${server.name}/team/app:v1`, PLAIN), words);
      await closed.promise;
    });
  }

  it('one layer of many', async () => {
    await using registry = await startRegistry();
    const image = createImage({ layers: 8 });
    registry.put('team/app', 'v1', image);
    const digest = image.layers[5]?.digest ?? '';
    const asked = createDeferred();
    const meet = (): Fault => {
      asked.resolve();
      return hang();
    };
    registry.inject(meet, { path: `/v2/team/app/blobs/${digest}` });
    const result = await checkUntil(asked.promise, `${registry.name}/team/app:v1`, { ...PLAIN, proof: 'layers' });
    // Others may have been on their way.
    assertTimeout(result, digest);
    const request = result.requests.find(({ url }) => url.endsWith(digest));
    assert.deepEqual([request?.status, request?.error], [null, 'connected, but no response']);
  });

  for (const [name, fault, words] of TOKEN_FAULTS) {
    it(`a token service that ${name}`, async () => {
      const asked = createDeferred();
      await using tokens = await startTokenService();
      const meet = (): Fault => {
        asked.resolve();
        return fault;
      };
      tokens.inject(meet);
      await using registry = await startRegistry({ auth: 'bearer', tokens });
      const isReached = words === NO_END ? headOf(tokens.name) : asked.promise;
      const result = await checkUntil(isReached, `${registry.name}/team/app:v1`, PLAIN);
      assertTimeout(result, words, `token service ${tokens.name}`);
    });
  }

  it('a place that the registry redirects to', async () => {
    const asked = createDeferred();
    await using elsewhere = await startRawServer((socket) => socket.once('data', asked.resolve));
    await using registry = await startRegistry();
    registry.inject(replyWith({ status: 307, headers: { location: `http://${elsewhere.name}/manifest` } }));
    const result = await checkUntil(asked.promise, `${registry.name}/team/app:v1`, PLAIN);
    assertTimeout(result, NO_ANSWER, elsewhere.name);
  });
});

describe('the process ends with the deadline of its checks', () => {
  it('whatever the servers leave undone', async () => {
    await using stack = createStack();
    const asked: Promise<unknown>[] = [];
    const images: string[] = [];
    for (const [, fault] of FAULTS) {
      const { registry, asked: one } = await startWith(fault);
      stack.add(registry);
      asked.push(one);
      images.push(`${registry.name}/team/app:v1`);
    }
    for (const [, head, piece] of [...FLOODS, ['a silent peer', '', '']] as const) {
      const one = createDeferred();
      const server = await startRawServer((socket) => {
        socket.once('data', one.resolve);
        if (piece !== '') flood(head, piece)(socket);
      });
      stack.add(server);
      asked.push(one.promise);
      images.push(`${server.name}/team/app:v1`);
    }
    const { child, ended, passDeadline } = spawnCommand([
      'check',
      ...images,
      '--plain-http',
      '-o',
      'json',
      ...DEADLINE,
    ]);
    child.stdin.end();
    await Promise.all(asked);
    passDeadline();
    const { exitCode, stdout } = await ended;
    assert.equal(exitCode, 5);
    const { results } = JSON.parse(stdout) as { results: Result[] };
    assert.equal(results.length, images.length);
    for (const result of results) assertTimeout(result);
  });
});

/** Closes what was added (AsyncDisposableStack, which Node 20 does not have). */
function createStack(): AsyncDisposable & { add(one: AsyncDisposable): void } {
  const all: AsyncDisposable[] = [];
  return {
    add: (one) => void all.push(one),
    [Symbol.asyncDispose]: async () => void (await Promise.all(all.map((one) => one[Symbol.asyncDispose]()))),
  };
}
