import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { mapInOrder } from '../../src/check/map-in-order.ts';

const never = new AbortController().signal;
const settle = () => new Promise((resolve) => setImmediate(resolve));

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Tasks that the test ends, by number. */
function createWork() {
  const begun: number[] = [];
  const ends = new Map<number, (error?: Error) => void>();
  const start = (input: number): Promise<string> =>
    new Promise((resolve, reject) => {
      begun.push(input);
      ends.set(input, (error) => (error === undefined ? resolve(`${input} done`) : reject(error)));
    });
  return { begun, start, end: (input: number, error?: Error) => ends.get(input)?.(error) };
}

function* count(from = 1): Generator<number> {
  for (let number = from; ; number += 1) yield number;
}

describe('mapInOrder', () => {
  it('yields results in the order of the inputs, as soon as all earlier ones are ready', async () => {
    const work = createWork();
    const results = mapInOrder([1, 2, 3], work.start, 8, never);
    const first = results.next();
    await settle();
    assert.deepEqual(work.begun, [1, 2, 3]);
    work.end(2);
    work.end(1);
    assert.equal((await first).value, '1 done');
    assert.equal((await results.next()).value, '2 done');
    work.end(3);
    assert.equal((await results.next()).value, '3 done');
    assert.deepEqual(await results.next(), { done: true, value: undefined });
  });

  it('reads no more of an endless source than its window', async () => {
    const work = createWork();
    let taken = 0;
    const source = (function* () {
      for (const number of count()) {
        taken = number;
        yield number;
      }
    })();
    const results = mapInOrder(source, work.start, 6, never);
    const first = results.next();
    await settle();
    assert.equal(taken, 6);
    work.end(1);
    await first;
    const second = results.next();
    await settle();
    assert.equal(taken, 7);
    work.end(2);
    await second;
    await results.return(undefined);
  });

  it('starts a slow input immediately', async () => {
    const work = createWork();
    let give: (value: number) => void = () => {};
    const source = (async function* () {
      for (;;) yield await new Promise<number>((resolve) => (give = resolve));
    })();
    const results = mapInOrder(source, work.start, 4, never);
    const first = results.next();
    await settle();
    give(1);
    await settle();
    assert.deepEqual(work.begun, [1]);
    work.end(1);
    assert.equal((await first).value, '1 done');
  });

  it('is empty for nothing', async () => {
    assert.deepEqual(await mapInOrder([], async () => 1, 4, never).next(), { done: true, value: undefined });
  });

  it('yields the settled results when it is aborted, and throws the reason for the rest', async () => {
    const work = createWork();
    const abort = new AbortController();
    const results = mapInOrder(count(), work.start, 4, abort.signal);
    const first = results.next();
    await settle();
    work.end(2);
    work.end(4);
    await settle();
    abort.abort(new Error('enough'));
    assert.equal((await first).value, '2 done');
    assert.equal((await results.next()).value, '4 done');
    await assert.rejects(results.next(), /enough/);
    assert.deepEqual(work.begun, [1, 2, 3, 4]);
  });

  it('ends as usual if it is aborted when nothing is missing', async () => {
    const work = createWork();
    const abort = new AbortController();
    const results = mapInOrder([1, 2], work.start, 4, abort.signal);
    const first = results.next();
    await settle();
    work.end(1);
    work.end(2);
    await settle();
    abort.abort();
    assert.equal((await first).value, '1 done');
    assert.equal((await results.next()).value, '2 done');
    assert.equal((await results.next()).done, true);
  });

  it('reads nothing if it was aborted before', async () => {
    let taken = 0;
    const source = (function* () {
      for (const number of count()) {
        taken = number;
        yield number;
      }
    })();
    const results = mapInOrder(source, async () => 1, 4, AbortSignal.abort(new Error('enough')));
    await assert.rejects(results.next(), /enough/);
    assert.equal(taken, 0);
  });

  it('ends a waiting source when the consumer stops', async () => {
    let ended = false;
    const source: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => {}),
        return: async () => {
          ended = true;
          return { done: true, value: undefined };
        },
      }),
    };
    const abort = new AbortController();
    const results = mapInOrder(source, async () => 1, 4, abort.signal);
    const next = results.next();
    await settle();
    abort.abort(new Error('enough'));
    await assert.rejects(next, /enough/);
    assert.equal(ended, true);
  });

  it('throws the error of its source, after the earlier results', async () => {
    const source = (function* () {
      yield 1;
      throw new Error('broken source');
    })();
    const results = mapInOrder(source, async (input) => input, 4, never);
    assert.equal((await results.next()).value, 1);
    await assert.rejects(results.next(), /broken source/);
  });

  it('throws the error of a task, in order', async () => {
    const work = createWork();
    const results = mapInOrder([1, 2], work.start, 4, never);
    const first = results.next();
    await settle();
    work.end(2, new Error('broken work'));
    await settle();
    work.end(1);
    assert.equal((await first).value, '1 done');
    await assert.rejects(results.next(), /broken work/);
  });

  it('retains no finished inputs', async () => {
    const collected: WeakRef<object>[] = [];
    const source = (function* () {
      for (const number of count()) {
        const input = { number };
        collected.push(new WeakRef(input));
        yield input;
        if (number === 2000) return;
      }
    })();
    for await (const _ of mapInOrder(source, async () => 1, 4, never));
    await settle();
    collectGarbage();
    assert.ok(collected.filter((ref) => ref.deref() !== undefined).length < 10);
  });

  it('leaves no listener on the signal', async () => {
    const abort = new AbortController();
    let listeners = 0;
    const { signal } = abort;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    for await (const _ of mapInOrder([1, 2, 3], async () => 1, 2, signal));
    assert.equal(listeners, 0);
  });
});
