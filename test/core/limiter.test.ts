import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLimiter, createLimiterByKey } from '../../src/core/limiter.ts';

/** Work that ends when it is told to. */
function createWork() {
  const ends: (() => void)[] = [];
  let running = 0;
  let most = 0;
  return {
    ends,
    get running() {
      return running;
    },
    get most() {
      return most;
    },
    work: async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => ends.push(resolve));
      running -= 1;
    },
  };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('createLimiter', () => {
  it('runs so many at once, and the next as soon as one ends', async () => {
    const limited = createLimiter(2);
    const it = createWork();
    const all = Promise.all([1, 2, 3, 4, 5].map(() => limited(it.work)));
    await settle();
    assert.equal(it.running, 2);
    for (let at = 0; at < 5; at += 1) {
      it.ends[at]?.();
      await settle();
    }
    await all;
    assert.equal(it.most, 2);
  });

  it('begins in the order asked', async () => {
    const limited = createLimiter(1);
    const begun: number[] = [];
    await Promise.all([1, 2, 3].map((number) => limited(async () => begun.push(number))));
    assert.deepEqual(begun, [1, 2, 3]);
  });

  it('hands back what the work came to, and its place even when it failed', async () => {
    const limited = createLimiter(1);
    await assert.rejects(
      limited(() => Promise.reject(new Error('broken'))),
      /broken/,
    );
    assert.equal(await limited(async () => 7), 7);
  });
});

describe('createLimiterByKey', () => {
  it('limits each key by itself', async () => {
    const limited = createLimiterByKey(1);
    const [a, b] = [createWork(), createWork()];
    const all = Promise.all([limited('a', a.work), limited('a', a.work), limited('b', b.work)]);
    await settle();
    assert.deepEqual([a.running, b.running], [1, 1]);
    a.ends[0]?.();
    b.ends[0]?.();
    await settle();
    a.ends[1]?.();
    await all;
    assert.equal(a.most, 1);
  });
});
