// Maps inputs concurrently, and yields the results in the order of the inputs, each as soon as it and all earlier are ready.

interface Slot<R> {
  settled?: { readonly value: R } | { readonly error: unknown };
}

/**
 * Reads at most `window` inputs more than it has yielded results, so that memory does not grow with the inputs. If
 * `signal` aborts, results that are ready are still yielded, and then its reason is thrown, unless nothing is missing.
 */
export async function* mapInOrder<T, R>(
  inputs: Iterable<T> | AsyncIterable<T>,
  start: (input: T) => Promise<R>,
  window: number,
  signal: AbortSignal,
): AsyncGenerator<R> {
  const source = iterate(inputs);
  const slots: Slot<R>[] = [];
  let reading = false;
  let ended: { readonly error?: unknown } | undefined;
  // One promise at a time, and nothing that outlives it: a race against the signal would retain every iteration.
  let wake = (): void => {};
  const change = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  const onAbort = (): void => wake();

  const begin = (input: T): void => {
    const slot: Slot<R> = {};
    slots.push(slot);
    const settle = (settled: NonNullable<Slot<R>['settled']>): void => {
      slot.settled = settled;
      wake();
    };
    start(input).then(
      (value) => settle({ value }),
      (error: unknown) => settle({ error }),
    );
  };
  const read = (): void => {
    reading = true;
    source.next().then(
      (next) => {
        reading = false;
        if (next.done) ended = {};
        else if (!signal.aborted) begin(next.value);
        wake();
      },
      (error: unknown) => {
        ended = { error };
        wake();
      },
    );
  };

  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      if (!reading && ended === undefined && slots.length < window) read();
      const settled = slots[0]?.settled;
      if (settled !== undefined) {
        slots.shift();
        if ('error' in settled) throw settled.error;
        yield settled.value;
        continue;
      }
      if (ended !== undefined && slots.length === 0) {
        if ('error' in ended) throw ended.error;
        return;
      }
      await change();
    }
    const ready = slots.flatMap(({ settled }) => (settled !== undefined && 'value' in settled ? [settled.value] : []));
    const isComplete = ended !== undefined && !('error' in ended) && ready.length === slots.length;
    yield* ready;
    if (!isComplete) throw signal.reason;
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Not awaited: a source may be waiting for its next line.
    if (ended === undefined) Promise.resolve(source.return?.(undefined)).catch(() => {});
  }
}

function iterate<T>(inputs: Iterable<T> | AsyncIterable<T>): AsyncIterator<T> {
  if (Symbol.asyncIterator in inputs) return inputs[Symbol.asyncIterator]();
  const iterator = inputs[Symbol.iterator]();
  return {
    next: async () => iterator.next(),
    return: async () => iterator.return?.() ?? { done: true, value: undefined },
  };
}
