// `npm run fuzz`: every target over as many inputs as asked for, in a thread for each processor. See scripts/fuzz.js.

import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { runWorstTexts } from '../support/run-worst-texts.ts';
import { type Failure, inputAt } from './run-target.ts';
import type { FuzzTarget } from './target.ts';
import { TARGETS } from './targets.ts';
import { createThread } from './thread.ts';
import type { Done } from './worker.ts';

/** Far more than any input takes, on a machine with other work too. */
const MAX_INPUT_MS = 20_000;
/** For a smaller input of one that did not end. */
const MAX_SMALLER_INPUT_MS = 5_000;
const MAX_SMALLER_INPUTS = 40;
const MOST_SHOWN = 4_000;
/** Time for less is no time. */
const LEAST_MS = 1_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '900' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    only: { type: 'string' },
  },
});
const [runs, seconds, seed] = [values.runs, values.seconds, values.seed].map(Number) as [number, number, number];
const isWanted = (name: string): boolean =>
  positionals.some((word) => (values.only === undefined ? name.includes(word) : name === word));
const targets = TARGETS.filter(({ name }) => positionals.length === 0 || isWanted(name));
if (![runs, seconds, seed, Number(values.only ?? 0)].every((it) => it >= 0) || targets.length === 0) {
  console.error('usage: npm run fuzz -- [--runs N] [--seconds N] [--seed N] [--only INDEX] [word of a target …]');
  process.exit(2);
}

const endMs = performance.now() + seconds * 1000;
const share = targets.reduce((sum, { cost }) => sum + 1 / cost, 0);
const only = values.only === undefined ? undefined : Number(values.only);

/** What is left of a target, and how it went so far. */
interface Share {
  readonly target: FuzzTarget;
  readonly first: number;
  readonly count: number;
  readonly sofar: Done;
}

const waiting: Share[] = targets.map((target) => ({
  target,
  first: only ?? 0,
  count: only === undefined ? Math.ceil(runs / target.cost / share) : 1,
  sofar: { inputs: 0, elapsedMs: 0, slowest: { index: 0, durationMs: 0 } },
}));
const threads = Math.min(availableParallelism(), targets.length);
let inputs = 0;

console.log(`seed ${seed}: ${targets.length} targets, ${runs} inputs, at most ${seconds} s, ${threads} threads`);
await Promise.all(Array.from({ length: threads }, work));
if (positionals.length === 0 && values.only === undefined) await readWorstTexts();
console.log(`${inputs} inputs in all, seed ${seed}`);
if (only === undefined && inputs < runs && process.exitCode === undefined) {
  console.log(`--seconds ${seconds} was over before the ${runs} inputs were done`);
}

/** Not made up: the texts that take longest, each given to whatever reads such a text. */
async function readWorstTexts(): Promise<void> {
  const shares = Array.from({ length: threads }, (_, share) => runWorstTexts(share, threads));
  for (const { pairs, wrong } of await Promise.all(shares)) {
    inputs += pairs;
    console.log(`${'worst texts'.padEnd(24)} ${String(pairs).padStart(8)} inputs`);
    for (const line of wrong) console.log(`FAILED: ${line}`);
    if (wrong.length > 0) process.exitCode = 1;
  }
}

/** One thread's work: targets, until none is left. */
async function work(): Promise<void> {
  const thread = createThread(seed, MAX_INPUT_MS);
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { target, first, count, sofar } = next;
    // What one leaves of its time, the others have; what one leaves of its inputs comes again at the end.
    const leftMs = endMs - performance.now();
    const limitMs = Math.max(0, (leftMs * threads) / (waiting.length + threads));
    const outcome = await thread.run({ target: target.name, first, count, limitMs });
    if ('stuck' in outcome) {
      inputs += outcome.stuck.index - first;
      tell(target, { ...outcome.stuck, input: await shrinkStuck(target, outcome.stuck.index) });
    } else {
      inputs += outcome.inputs;
      const done = sum(sofar, outcome);
      if (outcome.inputs < count && outcome.failure === undefined && leftMs > LEAST_MS) {
        const rest = { first: first + outcome.inputs, count: count - outcome.inputs };
        waiting.push({ target, ...rest, sofar: done });
        continue;
      }
      console.log(lineOf(target, done));
      if (outcome.failure !== undefined) tell(target, outcome.failure);
    }
  }
  await thread.close();
}

function sum(one: Done, other: Done): Done {
  return {
    inputs: one.inputs + other.inputs,
    elapsedMs: one.elapsedMs + other.elapsedMs,
    slowest: one.slowest.durationMs > other.slowest.durationMs ? one.slowest : other.slowest,
  };
}

function lineOf({ name }: FuzzTarget, { inputs, elapsedMs, slowest }: Done): string {
  const slowestMs = slowest.durationMs.toFixed(slowest.durationMs < 10 ? 1 : 0);
  return `${name.padEnd(24)} ${String(inputs).padStart(8)} inputs ${(elapsedMs / 1000).toFixed(1).padStart(7)} s, slowest ${slowestMs} ms (${slowest.index})`;
}

function tell({ name }: FuzzTarget, { index, error, input }: Failure): void {
  process.exitCode = 1;
  const shown = input.length > MOST_SHOWN ? `${input.slice(0, MOST_SHOWN)}… (${input.length} characters)` : input;
  console.log(`FAILED: ${name}\n  again: npm run fuzz -- --seed ${seed} --only ${index} ${name}\n  input: ${shown}`);
  console.log(error.replace(/^/gm, '  '));
}

/** The smallest input found that does not end either. */
async function shrinkStuck(target: FuzzTarget, index: number): Promise<string> {
  const thread = createThread(seed, MAX_SMALLER_INPUT_MS);
  const limitMs = Number.POSITIVE_INFINITY;
  const path: number[] = [];
  for (let step = 0, left = MAX_SMALLER_INPUTS; left > 0; left -= 1) {
    const tried = [...path, step];
    const outcome = await thread.run({ target: target.name, first: index, count: 1, path: tried, limitMs });
    if ('stuck' in outcome) {
      path.push(step);
      step = 0;
    } else step += 1;
  }
  await thread.close();
  return inputAt(target, seed, index, path).show();
}
