// A thread that runs tasks one after the other, and is ended when one input takes too long or too much memory.

import { Worker } from 'node:worker_threads';
import type { Failure } from './run-target.ts';
import type { Done, Task, WorkerData } from './worker.ts';

/** Of an input that did not end no more is known. */
export type Outcome = Done | { readonly stuck: Pick<Failure, 'index' | 'error'> };

export interface Thread {
  run(task: Task): Promise<Outcome>;
  close(): Promise<unknown>;
}

const MAX_HEAP_MEGABYTES = 1_024;
const LOOK_MS = 250;

export function createThread(seed: number, maxInputMs: number): Thread {
  const current = new SharedArrayBuffer(4);
  const place = new Int32Array(current);
  let worker: Worker | undefined;
  let settle: (outcome: Outcome) => void = () => {};

  const stuck = (error: string): void => {
    worker?.terminate();
    worker = undefined;
    settle({ stuck: { index: Atomics.load(place, 0), error } });
  };

  const start = (): Worker =>
    new Worker(new URL(import.meta.resolve('./worker.js')), {
      workerData: { seed, current } satisfies WorkerData,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MEGABYTES },
    })
      .on('message', (done: Done) => settle(done))
      .on('error', (error) => stuck(error.stack ?? error.message));

  return {
    run: (task) =>
      new Promise((resolve) => {
        let seen = -1;
        let sinceMs = 0;
        const looking = setInterval(() => {
          const index = Atomics.load(place, 0);
          if (index !== seen) [seen, sinceMs] = [index, performance.now()];
          else if (performance.now() - sinceMs > maxInputMs) stuck(`it did not end within ${maxInputMs / 1000} s`);
        }, LOOK_MS);
        settle = (outcome) => {
          clearInterval(looking);
          resolve(outcome);
        };
        worker ??= start();
        worker.postMessage(task);
      }),
    close: async () => worker?.terminate(),
  };
}
