import assert from 'node:assert/strict';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createChecker } from '../../src/check/checker.ts';
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

  it('runs sixteen checks per registry, whatever the concurrency', async (t) => {
    const checker = createChecker({ ...options, concurrency: 100 });
    t.after(() => checker.close());
    holds = true;
    waiting = [];
    const inputs = Array.from({ length: 20 }, (_, at) => `${registry}/app${at}:1`);
    const results = (async () => {
      let count = 0;
      for await (const { verdict } of checker.checkAll(inputs)) if (verdict === 'pullable') count += 1;
      return count;
    })();
    await requests(16);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(waiting.length, 16);
    holds = false;
    for (const response of waiting) answer(response);
    assert.equal(await results, 20);
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
