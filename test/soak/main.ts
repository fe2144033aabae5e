// `npm run soak`: the command interrupted at random moments. See scripts/soak.js.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../pipeline/project-file.ts';
import { type Interruption, interrupt } from './interrupt.ts';
import { SCENES } from './scene.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '200' },
    early: { type: 'string', default: '40' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    only: { type: 'string' },
  },
});
const [runs, early, seed] = [values.runs, values.early, values.seed].map(Number) as [number, number, number];
const names = Object.keys(SCENES).filter((name) => positionals.length === 0 || positionals.includes(name));
if (![runs, early, seed, Number(values.only ?? 0)].every((it) => it >= 0) || names.length === 0) {
  console.error('usage: npm run soak -- [--runs N] [--early N] [--seed N] [--only INDEX] [scene …]');
  process.exit(2);
}

const AT_ONCE = 4;
/** Long enough for whatever the command does once it is up. */
const MAX_DELAY_MS = 1_000;
/** About as long as it takes to start. */
const MAX_EARLY_MS = 300;

const plan = { program: [process.execPath, join(ROOT, 'bin', 'kairos-pull.js')], seed, names };
const all = values.only === undefined ? [...Array(runs + early).keys()] : [Number(values.only)];
const ended: Interruption[] = [];
console.log(`seed ${seed}: ${runs} interruptions of a command that is up, ${early} of one that is starting`);
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let index = all.shift(); index !== undefined; index = all.shift()) {
      const isEarly = index >= runs;
      const one = await interrupt({
        ...plan,
        index,
        early: isEarly,
        maxDelayMs: isEarly ? MAX_EARLY_MS : MAX_DELAY_MS,
      });
      ended.push(one);
      for (const problem of one.problems) {
        process.exitCode = 1;
        console.log(`FAILED: ${one.scene}, ${one.signal} after ${one.delayMs} ms: ${problem}`);
        console.log(`  again: npm run soak -- --seed ${seed} --runs ${runs} --only ${index} ${positionals.join(' ')}`);
      }
    }
  }),
);

for (const name of names) {
  const those = ended.filter(({ scene }) => scene === name);
  const failed = those.filter(({ problems }) => problems.length > 0).length;
  console.log(`${name.padEnd(16)} ${String(those.length).padStart(4)} interruptions, ${failed} with a problem`);
}
const deaf = ended.filter(({ wasDeaf }) => wasDeaf);
const failed = ended.filter(({ problems }) => problems.length > 0).length;
const latest = Math.max(0, ...deaf.map(({ delayMs }) => delayMs));
console.log(`${deaf.length} of those at the start came before the command listened, the latest after ${latest} ms`);
console.log(`${ended.length} interruptions, ${failed} with a problem, seed ${seed}`);
