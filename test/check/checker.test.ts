import assert from 'node:assert/strict';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createChecker } from '../../src/check/checker.ts';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import type { Result } from '../../src/core/result.ts';
import { imageOf } from '../support/images.ts';

const IMAGE = imageOf();

describe('createChecker', () => {
  let server: Server;
  let registry: string;
  /** Responses that are held back. */
  let waiting: ServerResponse[] = [];
  let holds = false;
  let onRequest = (): void => {};

  const answer = (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': IMAGE.mediaType }).end(IMAGE.bytes);
  };
  const requests = async (count: number): Promise<void> => {
    while (waiting.length < count) await new Promise<void>((resolve) => (onRequest = resolve));
  };

  before(async () => {
    server = createServer((_request, response) => {
      if (holds) waiting.push(response);
      else answer(response);
      onRequest();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const options = { env: {}, anonymous: true, plainHttp: true };

  async function all(results: AsyncIterable<Result>): Promise<Result[]> {
    const done: Result[] = [];
    for await (const result of results) done.push(result);
    return done;
  }

  it('checks one image', async (t) => {
    const checker = createChecker(options);
    t.after(() => checker.close());
    const result = await checker.check(`${registry}/app:1`);
    assert.equal(result.verdict, 'pullable');
    assert.equal(result.digest, IMAGE.digest);
  });

  it('checks many, in order, including the invalid', async (t) => {
    const checker = createChecker(options);
    t.after(() => checker.close());
    const inputs = [`${registry}/a:1`, 'no image', { text: `${registry}/b:1`, foundAt: [{ source: 'x', line: 1 }] }];
    const results = [];
    for await (const result of checker.checkAll(inputs)) results.push(result);
    assert.deepEqual(
      results.map(({ input, verdict }) => `${input} ${verdict}`),
      [`${registry}/a:1 pullable`, 'no image unpullable', `${registry}/b:1 pullable`],
    );
    assert.deepEqual(results[2]?.foundAt, [{ source: 'x', line: 1 }]);
  });

  /**
   * Holds every response until so many requests wait; returns how many were sent by then. `refused`: how many of them
   * are too many.
   */
  async function release(count: number, refused = 0): Promise<number> {
    await requests(count);
    // What is sent beyond that, would be sent now.
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const held = waiting;
    waiting = [];
    for (const [at, response] of held.entries()) {
      if (at >= refused) answer(response);
      else response.writeHead(429).end();
    }
    return held.length;
  }

  /** Time stands still, so every response is quick. */
  const still: Clock = { ...systemClock, now: () => 1_700_000_000_000 };

  it('runs sixteen checks per registry, twice as many after each round trip, and at most sixty-four', async (t) => {
    const checker = createChecker(options, { clock: still });
    t.after(() => checker.close());
    holds = true;
    waiting = [];
    const inputs = Array.from({ length: 16 + 32 + 64 + 64 }, (_, at) => `${registry}/app${at}:1`);
    const results = all(checker.checkAll(inputs));
    assert.deepEqual([await release(16), await release(32), await release(64), await release(64)], [16, 32, 64, 64]);
    holds = false;
    assert.equal((await results).length, inputs.length);
  });

  it('runs no more than the concurrency, however quick the registry is', async (t) => {
    const checker = createChecker({ ...options, concurrency: 20 }, { clock: still });
    t.after(() => checker.close());
    holds = true;
    waiting = [];
    const results = all(checker.checkAll(Array.from({ length: 56 }, (_, at) => `${registry}/app${at}:1`)));
    assert.deepEqual([await release(16), await release(20), await release(20)], [16, 20, 20]);
    holds = false;
    assert.equal((await results).length, 56);
  });

  it('runs no more than sixteen checks per registry once it has limited requests', async (t) => {
    let nowMs = 1_700_000_000_000;
    const sleep = async (durationMs: number): Promise<void> => {
      nowMs += durationMs;
    };
    const checker = createChecker(options, { clock: { ...still, now: () => nowMs, sleep } });
    t.after(() => checker.close());
    holds = true;
    waiting = [];
    let isDone = false;
    const results = all(checker.checkAll(Array.from({ length: 200 }, (_, at) => `${registry}/app${at}:1`)));
    void results.finally(() => {
      isDone = true;
    });
    assert.deepEqual([await release(16), await release(32), await release(64, 1)], [16, 32, 64]);
    let most = 0;
    void (async () => {
      while (!isDone) most = Math.max(most, await release(1));
    })();
    assert.deepEqual(new Set((await results).map(({ verdict }) => verdict)), new Set(['pullable']));
    assert.equal(most, 16);
    holds = false;
  });

  it('yields the results so far when it is aborted, and throws the reason', async (t) => {
    const checker = createChecker(options);
    t.after(() => checker.close());
    holds = true;
    waiting = [];
    const abort = new AbortController();
    const results: string[] = [];
    const all = (async () => {
      for await (const { input } of checker.checkAll(['no image', `${registry}/a:1`, 'none either'], {
        signal: abort.signal,
      }))
        results.push(input);
    })();
    await requests(1);
    abort.abort(new Error('enough'));
    await assert.rejects(all, /enough/);
    holds = false;
    assert.deepEqual(results, ['no image', 'none either']);
  });

  it('rejects a single check with the reason of its abort', async (t) => {
    const checker = createChecker(options);
    t.after(() => checker.close());
    const signal = AbortSignal.abort(new Error('enough'));
    await assert.rejects(checker.check(`${registry}/a:1`, { signal }), /enough/);
  });

  it('rejects with the reason if that is a TimeoutError too: it is not the deadline of the check', async (t) => {
    const checker = createChecker(options);
    t.after(() => checker.close());
    holds = true;
    waiting = [];
    const abort = new AbortController();
    const check = checker.check(`${registry}/a:1`, { signal: abort.signal });
    await requests(1);
    const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    abort.abort(reason);
    await assert.rejects(check, (error) => error === reason);
    holds = false;
  });

  it('rejects a check that still waits for its turn', async (t) => {
    const checker = createChecker({ ...options, concurrency: 1 });
    t.after(() => checker.close());
    holds = true;
    waiting = [];
    const first = checker.check(`${registry}/a:1`);
    await requests(1);
    const abort = new AbortController();
    const second = checker.check(`${registry}/b:1`, { signal: abort.signal });
    abort.abort(new Error('enough'));
    await assert.rejects(second, /enough/);
    holds = false;
    for (const response of waiting) answer(response);
    await first;
  });

  it('rejects with an error of its own once it is closed, also what was running', async () => {
    const checker = createChecker(options);
    holds = true;
    waiting = [];
    const running = assert.rejects(checker.check(`${registry}/a:1`), { code: 'ERR_CHECKER_CLOSED' });
    await requests(1);
    await checker.close();
    await running;
    holds = false;
    for (const image of [`${registry}/a:1`, 'no image']) {
      await assert.rejects(checker.check(image), { name: 'CheckerClosedError', message: 'The checker is closed.' });
    }
    await checker.close();
  });

  it('throws for an invalid platform', () => {
    assert.throws(() => createChecker({ ...options, platforms: ['linux/'] }), TypeError);
  });

  it('checks every platform for all', async (t) => {
    const checker = createChecker({ ...options, platforms: ['all'] });
    t.after(() => checker.close());
    const result = await checker.check(`${registry}/app:1`);
    assert.equal(result.message, `${registry}/app:1 can be pulled for every platform.`);
  });
});
