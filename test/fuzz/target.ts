// What is fuzzed: a source of inputs, and what must hold for each of them.

import type { Random } from './random.ts';
import { createTextSource } from './text-source.ts';

/** One input. */
export interface FuzzCase {
  /** Throws, or rejects, when something does not hold. */
  readonly check: () => void | Promise<void>;
  /** Inputs with less in them, the smallest first. */
  readonly smaller: () => Iterable<FuzzCase>;
  readonly show: () => string;
}

export interface FuzzTarget {
  readonly name: string;
  /** How many times as much work as a short line for a simple parser: so many fewer inputs it gets. */
  readonly cost: number;
  readonly generate: (random: Random) => FuzzCase;
}

type Check<T> = (input: T) => void | Promise<void>;

interface TextOptions {
  /** Examples of what is read. */
  readonly seeds: readonly string[];
  /** What the grammar is made of. */
  readonly words?: readonly string[];
  readonly cost?: number;
}

export function textTarget(name: string, { seeds, words, cost = 1 }: TextOptions, check: Check<string>): FuzzTarget {
  return valueTarget(name, { generate: createTextSource(seeds, words), cost }, check);
}

interface ValueOptions<T> {
  readonly generate: (random: Random) => T;
  readonly cost?: number;
}

/** `T` is plain data: smaller inputs have fewer elements and shorter texts. */
export function valueTarget<T>(name: string, { generate, cost = 1 }: ValueOptions<T>, check: Check<T>): FuzzTarget {
  const toCase = (input: T): FuzzCase => ({
    check: () => check(input),
    smaller: function* () {
      for (const value of shrink(input)) yield toCase(value as T);
    },
    show: () => JSON.stringify(input),
  });
  return { name, cost, generate: (random) => toCase(generate(random)) };
}

function* shrink(value: unknown): Generator<unknown> {
  if (typeof value === 'string') yield* shrinkText(value);
  else if (typeof value === 'number' && value !== 0) yield* [0, 1, Math.trunc(value / 2)].filter((it) => it < value);
  else if (Array.isArray(value)) yield* shrinkList(value);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value)) for (const less of shrink(part)) yield { ...value, [key]: less };
  }
}

/** Without halves, quarters, … down to single characters. */
function* shrinkText(text: string): Generator<string> {
  for (let size = Math.ceil(text.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < text.length; at += size) yield text.slice(0, at) + text.slice(at + size);
  }
}

function* shrinkList(list: readonly unknown[]): Generator<unknown[]> {
  for (const [index] of list.entries()) yield list.toSpliced(index, 1);
  for (const [index, element] of list.entries()) {
    for (const less of shrink(element)) yield list.toSpliced(index, 1, less);
  }
}
