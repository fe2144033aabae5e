// Runs targets in a thread of its own, which the main thread ends when an input takes too long or too much memory.

import { parentPort, workerData } from 'node:worker_threads';
import { runTarget, type Summary } from './run-target.ts';
import { targetNamed } from './targets.ts';

export interface WorkerData {
  readonly seed: number;
  /** One number, for the main thread to look at: the current input. */
  readonly current: SharedArrayBuffer;
}

export interface Task {
  readonly target: string;
  readonly first: number;
  readonly count: number;
  readonly path?: readonly number[];
  readonly limitMs: number;
}

export type Done = Summary;

const { seed, current } = workerData as WorkerData;
const place = new Int32Array(current);

parentPort?.on('message', async ({ target, limitMs, ...run }: Task) => {
  const endMs = performance.now() + limitMs;
  const onInput = (index: number): boolean => {
    Atomics.store(place, 0, index);
    return performance.now() < endMs;
  };
  const done: Done = await runTarget(targetNamed(target), { ...run, seed, onInput });
  parentPort?.postMessage(done);
});
