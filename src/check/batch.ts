// Many checks at once, their results in the order asked, each as soon as it and those before it are there.

import type { Result } from '../core/result.ts';

/** More are begun than may run, so that one slow image does not hold up the rest; results wait for their turn. */
const READ_AHEAD = 4;

/**
 * Memory holds `concurrency * READ_AHEAD` inputs and results at the most. When `signal` aborts, what has settled is
 * still yielded and the rest is left out.
 */
export async function* inOrder<T>(
  inputs: Iterable<T> | AsyncIterable<T>,
  start: (input: T) => Promise<Result>,
  concurrency: number,
  signal: AbortSignal,
): AsyncGenerator<Result> {
  const limited = createLimit(concurrency);
  const source = iterate(inputs);
  const slots: Slot[] = [];
  const aborted = new Promise<'aborted'>((resolve) => {
    if (signal.aborted) resolve('aborted');
    signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
  let pending: Promise<IteratorResult<T>> | undefined;
  let ended = false;
  try {
    while (!signal.aborted) {
      if (!ended && pending === undefined && slots.length < concurrency * READ_AHEAD) pending = source.next();
      const [head] = slots;
      if (head === undefined && pending === undefined) return;
      const event = await Promise.race([
        aborted,
        ...(head === undefined ? [] : [head.settled]),
        ...(pending === undefined ? [] : [pending.then((next) => ({ next }))]),
      ]);
      if (event === 'aborted') break;
      if (typeof event === 'object') {
        pending = undefined;
        if (event.next.done === true) ended = true;
        else slots.push(createSlot(limited(() => start((event.next as IteratorYieldResult<T>).value))));
      } else {
        slots.shift();
        yield take(head as Slot);
      }
    }
    for (const slot of slots) if (slot.result !== undefined) yield slot.result;
  } finally {
    pending?.catch(() => {});
    // Not awaited: a source that waits for its next line would keep us.
    if (!ended) Promise.resolve(source.return?.(undefined)).catch(() => {});
  }
}

interface Slot {
  readonly settled: Promise<'settled'>;
  result?: Result;
  error?: unknown;
}

function createSlot(work: Promise<Result>): Slot {
  const slot: { -readonly [K in keyof Slot]: Slot[K] } = { settled: Promise.resolve('settled') };
  slot.settled = work.then(
    (result) => {
      slot.result = result;
      return 'settled';
    },
    (error: unknown) => {
      slot.error = error;
      return 'settled';
    },
  );
  return slot;
}

function take(slot: Slot): Result {
  if (slot.result === undefined) throw slot.error;
  return slot.result;
}

function iterate<T>(inputs: Iterable<T> | AsyncIterable<T>): AsyncIterator<T> {
  if (Symbol.asyncIterator in inputs) return inputs[Symbol.asyncIterator]();
  const iterator = inputs[Symbol.iterator]();
  return {
    next: async () => iterator.next(),
    return: async () => iterator.return?.() ?? { done: true, value: undefined },
  };
}

export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

/** Runs at most `most` at once, first come first served. */
export function createLimit(most: number): Limit {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      // The place is handed on, so nobody can slip in between.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
