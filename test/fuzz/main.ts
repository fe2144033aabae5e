// `npm run fuzz`: every target over as many inputs as asked for, in a thread for each processor. See scripts/fuzz.js.

import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
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
const waiting = [...targets];
const threads = Math.min(availableParallelism(), targets.length);
let inputs = 0;

console.log(`seed ${seed}: ${targets.length} targets, ${runs} inputs, at most ${seconds} s, ${threads} threads`);
await Promise.all(Array.from({ length: threads }, work));
console.log(`${inputs} inputs in all, seed ${seed}`);
if (values.only === undefined && inputs < runs && process.exitCode === undefined) {
  console.log(`--seconds ${seconds} was over before the ${runs} inputs were done`);
}

/** One thread's work: targets, until none is left. */
async function work(): Promise<void> {
  const thread = createThread(seed, MAX_INPUT_MS);
  for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
    // What one leaves of its time, the others have.
    const limitMs = Math.max(0, ((endMs - performance.now()) * threads) / (waiting.length + threads));
    const first = Number(values.only ?? 0);
    const count = values.only === undefined ? Math.ceil(runs / target.cost / share) : 1;
    const outcome = await thread.run({ target: target.name, first, count, limitMs });
    if ('stuck' in outcome) {
      inputs += outcome.stuck.index - first;
      tell(target, { ...outcome.stuck, input: await shrinkStuck(target, outcome.stuck.index) });
    } else {
      inputs += outcome.inputs;
      console.log(lineOf(target, outcome));
      if (outcome.failure !== undefined) tell(target, outcome.failure);
    }
  }
  await thread.close();
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
