// Kills a process that writes to a store, and looks at what it left.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SqliteDriver } from '../../../src/monitor/store/sqlite-driver.ts';
import { openSqliteStore } from '../../../src/monitor/store/sqlite-store.ts';
import { DAY, mustSucceed, T0 } from './store-scene.ts';

/** See there for its arguments. */
export const STORE_PROCESS = fileURLToPath(new URL('./store-process.js', import.meta.url));

export function startProcess(driver: SqliteDriver, path: string, task: 'hold' | 'write'): ChildProcess {
  return spawn(process.execPath, [STORE_PROCESS, driver.name, path, task], { stdio: ['pipe', 'pipe', 'inherit'] });
}

/**
 * `kill -9` after so many acknowledged writes: everything that was acknowledged is there, each change is whole, nothing
 * is missing before the newest one, and the next open needs no help. The writer goes on where the last one stopped.
 */
export async function killWriter(driver: SqliteDriver, path: string, acknowledged: number): Promise<void> {
  const lastKept = await killAfter(startProcess(driver, path, 'write'), acknowledged);
  const store = mustSucceed(await openSqliteStore(path, { driver }));
  const checks = mustSucceed(await store.readChecks({ resource: 'a', limit: 1_000_000 }));
  const events = mustSucceed(await store.readEvents({ afterId: 0, limit: 1_000_000 }));
  const range = { resources: ['a'], fromMs: T0, toMs: T0 + DAY };
  const [rollup] = mustSucceed(await store.readRollups({ unit: 'hour', ...range }));
  await store.close();
  const newest = checks[0]?.atMs ?? 0;
  assert.ok(newest >= lastKept, `${lastKept} was acknowledged, ${newest} is the newest`);
  assert.equal(checks.length, newest - T0);
  assert.equal(rollup?.durations.available, newest - T0);
  const due = Array.from({ length: newest - T0 }, (_, n) => T0 + n + 1).filter((atMs) => atMs % 20 === 0);
  assert.deepEqual(
    events.map(({ atMs }) => atMs),
    due,
  );
}

/** The time of the last check that was acknowledged before the process was dead. */
async function killAfter(child: ChildProcess, lines: number): Promise<number> {
  if (child.stdout === null) throw new Error('no output');
  let [count, last] = [0, 0];
  for await (const line of createInterface(child.stdout)) {
    last = Number(/^kept (\d+)$/.exec(line)?.[1] ?? assert.fail(line));
    count += 1;
    if (count === lines) child.kill('SIGKILL');
  }
  return last;
}
