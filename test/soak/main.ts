// `npm run soak`: the command interrupted at random moments, and the monitor over kills and a year. See scripts/soak.js.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../pipeline/project-file.ts';
import { type Interruption, interrupt } from './interrupt.ts';
import { soakCluster, soakKills, soakStores, soakYear } from './monitor.ts';
import { SCENES } from './scene.ts';
import { soakShards } from './shards.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '200' },
    early: { type: 'string', default: '40' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    only: { type: 'string' },
    kills: { type: 'string', default: '50' },
    resources: { type: 'string' },
    days: { type: 'string', default: '365' },
    seconds: { type: 'string', default: '300' },
    registries: { type: 'string', default: '3' },
    references: { type: 'string', default: '100000' },
  },
});
const [runs, early, seed] = [values.runs, values.early, values.seed].map(Number) as [number, number, number];
const [kills, resources, days] = [values.kills, values.resources ?? '200', values.days].map(Number) as [
  number,
  number,
  number,
];
const isWanted = (name: string): boolean => positionals.length === 0 || positionals.includes(name);
const names = Object.keys(SCENES).filter(isWanted);
// Those of databases take long: only by their names.
const proofs = ['monitor-kill', 'monitor-year', 'shards', 'monitor-cluster', 'monitor-stores'].filter(
  (name, index) => values.only === undefined && (index < 3 ? isWanted(name) : positionals.includes(name)),
);
const references = Number(values.references);
const numbers = [runs, early, seed, Number(values.only ?? 0), kills, resources, days, references];
if (!numbers.every((it) => it >= 0) || names.length + proofs.length === 0) {
  console.error('usage: npm run soak -- [--runs N] [--early N] [--seed N] [--only INDEX] [scene …]');
  console.error('       npm run soak -- monitor-kill [--kills N] [--seed N]');
  console.error('       npm run soak -- monitor-cluster [--resources N] [--registries N] [--seconds N] [--seed N]');
  console.error('       npm run soak -- monitor-stores [--resources N]');
  console.error('       npm run soak -- monitor-year [--resources N] [--days N]');
  console.error('       npm run soak -- shards [--references N]');
  process.exit(2);
}

const AT_ONCE = 4;
/** Long enough for whatever the command does once it is up. */
const MAX_DELAY_MS = 1_000;
/** About as long as it takes to start. */
const MAX_EARLY_MS = 300;

const plan = { program: [process.execPath, join(ROOT, 'bin', 'kairos-pull.js')], seed, names };
const indexes = values.only === undefined ? [...Array(runs + early).keys()] : [Number(values.only)];
const all = names.length === 0 ? [] : indexes;
const ended: Interruption[] = [];
if (all.length > 0)
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

if (names.length > 0) printInterruptions();
if (proofs.includes('monitor-kill') && !(await soakKills({ program: plan.program, kills, seed }))) process.exitCode = 1;
if (proofs.includes('monitor-stores')) await soakStores(Number(values.resources ?? 10_000));
if (proofs.includes('monitor-cluster')) {
  const load = {
    resources: Number(values.resources ?? 1000),
    registries: Number(values.registries),
    seconds: Number(values.seconds),
  };
  if (!(await soakCluster({ program: plan.program, seed, ...load }))) process.exitCode = 1;
}
if (proofs.includes('monitor-year') && !(await soakYear(resources, days))) process.exitCode = 1;
if (proofs.includes('shards') && !(await soakShards(plan.program, references))) process.exitCode = 1;

function printInterruptions(): void {
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
}
