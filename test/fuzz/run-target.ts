// Runs one target over inputs that its name, the seed and a number make, and shrinks the first that fails.

import { createRandom } from './random.ts';
import type { FuzzCase, FuzzTarget } from './target.ts';

export interface FuzzRun {
  readonly seed: number;
  /** Number of the first input. */
  readonly first?: number;
  readonly count: number;
  /** See `inputAt`. */
  readonly path?: readonly number[];
  /** Called before each input; false: no more of them. */
  readonly onInput?: (index: number) => boolean;
}

export interface Summary {
  readonly inputs: number;
  readonly elapsedMs: number;
  readonly slowest: { readonly index: number; readonly durationMs: number };
  readonly failure?: Failure;
}

export interface Failure {
  readonly index: number;
  /** What was thrown for the shrunk input. */
  readonly error: string;
  /** The input, shrunk. */
  readonly input: string;
}

/** Smaller inputs that are tried. */
const MAX_SHRINKS = 2_000;

export async function runTarget(
  target: FuzzTarget,
  { seed, first = 0, count, path, onInput }: FuzzRun,
): Promise<Summary> {
  const startedMs = performance.now();
  let inputs = 0;
  let slowest = { index: first, durationMs: 0 };
  let lastMs = startedMs;
  for (let index = first; index < first + count; index += 1) {
    if (onInput?.(index) === false) break;
    const input = inputAt(target, seed, index, path);
    const thrown = await errorOf(input);
    const nowMs = performance.now();
    if (nowMs - lastMs > slowest.durationMs) slowest = { index, durationMs: nowMs - lastMs };
    lastMs = nowMs;
    inputs += 1;
    if (thrown === undefined) continue;
    return { inputs, elapsedMs: nowMs - startedMs, slowest, failure: { index, ...(await shrink(input, thrown)) } };
  }
  return { inputs, elapsedMs: lastMs - startedMs, slowest };
}

/** `path`: from there to a smaller one, and so on: the how many-th of those that it has. */
export function inputAt(target: FuzzTarget, seed: number, index: number, path: readonly number[] = []): FuzzCase {
  let input = target.generate(createRandom(seed, target.name, index));
  for (const step of path) input = [...take(input.smaller(), step + 1)][step] ?? input;
  return input;
}

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const item of items) {
    if (left-- <= 0) return;
    yield item;
  }
}

async function shrink(failing: FuzzCase, thrown: unknown): Promise<{ error: string; input: string }> {
  let input = failing;
  let error = thrown;
  let left = MAX_SHRINKS;
  for (let isSmaller = true; isSmaller && left > 0; ) {
    isSmaller = false;
    for (const candidate of input.smaller()) {
      left -= 1;
      const other = await errorOf(candidate);
      if (other !== undefined) {
        input = candidate;
        error = other;
        isSmaller = true;
      }
      if (isSmaller || left === 0) break;
    }
  }
  return { error: error instanceof Error ? (error.stack ?? error.message) : String(error), input: input.show() };
}

/** What the check threw, or undefined. */
async function errorOf(input: FuzzCase): Promise<unknown> {
  try {
    const pending = input.check();
    if (pending !== undefined) await pending;
  } catch (error) {
    return error ?? new Error('nothing was thrown');
  }
  return pollution() ?? warning();
}

/** What packages would have Node write to standard error. */
let warned: string | undefined;
process.emitWarning = (words: string | Error): void => {
  warned = String(words);
};

function warning(): Error | undefined {
  const words = warned;
  warned = undefined;
  return words === undefined ? undefined : new Error(`Node.js was asked to write a warning: ${words}`);
}

/** Whatever was put into every object; taken out again, so that the next input is judged alone. */
function pollution(): Error | undefined {
  for (const key in {}) {
    delete (Object.prototype as Record<string, unknown>)[key];
    return new Error(`every object has a property ${JSON.stringify(key)} now`);
  }
  return undefined;
}
