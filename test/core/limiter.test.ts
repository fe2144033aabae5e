import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLimiter } from '../../src/core/limiter.ts';

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

  it('follows a limit that changes', async () => {
    let limit = 2;
    const limited = createLimiter(() => limit);
    const it = createWork();
    const all = Promise.all(Array.from({ length: 10 }, () => limited(it.work)));
    await settle();
    assert.equal(it.running, 2);
    limit = 4;
    it.ends[0]?.();
    await settle();
    assert.equal(it.running, 4);
    limit = 1;
    for (const end of it.ends.slice(1, 4)) end();
    await settle();
    assert.equal(it.running, 1);
    while (it.ends.length < 10) {
      it.ends.at(-1)?.();
      await settle();
    }
    it.ends.at(-1)?.();
    await all;
    assert.equal(it.most, 4);
  });
});
