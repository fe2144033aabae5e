// The long proofs of the monitor: killed fifty times, and a simulated year. See scripts/soak.js.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { loadDriver } from '../../src/monitor/store/sqlite-driver.ts';
import { openSqliteStore } from '../../src/monitor/store/sqlite-store.ts';
import type { MonitorStore } from '../../src/monitor/store/store.ts';
import { simulate } from '../support/simulated-time.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { type ClusterRun, runCluster } from './cluster.ts';
import { MAX_LATE_MS } from './cluster-audit.ts';
import { type Killing, killMonitor } from './kill-monitor.ts';
import { measureStores } from './stores.ts';

const DAY = 86_400_000;
const RESTART_MS = 2_000;

/** Prints figures; false if something is wrong. */
export async function soakKills(killing: Pick<Killing, 'program' | 'kills' | 'seed'>): Promise<boolean> {
  const killed = await killMonitor({ ...killing, minShown: 0, maxLifeMs: 1_500, awayMs: 25_000 });
  const { problems, checks, events, gapSeconds } = killed;
  const starts = killed.startsMs.toSorted((a, b) => a - b).map(Math.round);
  for (const problem of problems.slice(0, 20)) console.log(`FAILED: ${problem}`);
  const slowest = starts.at(-1) ?? 0;
  if (slowest > RESTART_MS) console.log(`FAILED: a start took ${slowest} ms`);
  console.log(
    `monitor-kill     ${killing.kills} kills, ${problems.length} problems; ${checks} checks and ${events} events that were shown are there; starts: median ${starts[starts.length >> 1]} ms, slowest ${slowest} ms; ${gapSeconds} s of 25 s away are a gap; seed ${killing.seed}`,
  );
  return problems.length === 0 && slowest <= RESTART_MS && gapSeconds >= 4;
}

/** Prints figures; false if something is wrong. */
export async function soakCluster(
  load: Pick<ClusterRun, 'program' | 'seed' | 'resources' | 'registries' | 'seconds'>,
): Promise<boolean> {
  const times = { intervalSeconds: 10, frozenSeconds: 40, awaySeconds: 30, expiresLeases: false };
  const figures = await runCluster({ ...load, ...times });
  const late = figures.latestMs > MAX_LATE_MS ? [`a check was ${figures.latestMs} ms late`] : [];
  const slow = figures.takeoversMs.filter((ms) => ms > MAX_LATE_MS).map((ms) => `a takeover took ${Math.round(ms)} ms`);
  const problems = [...figures.problems, ...late, ...slow];
  for (const problem of problems.slice(0, 20)) console.log(`FAILED: ${problem}`);
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  console.log(
    `monitor-cluster  ${load.resources} resources every 10 s on ${load.registries} registries for ${load.seconds} s, 3 workers and 2 web processes: ` +
      `${figures.checks} checks (${Object.entries(figures.byWriter)
        .sort()
        .map(([name, count]) => `${name} ${count}`)
        .join(', ')}), ` +
      `${figures.doubleSlots} slots checked twice, ${figures.unprotected} written without a lease; ` +
      `takeovers after ${figures.takeoversMs.map(seconds).join(' (frozen) and ')} (killed); latest check ${seconds(figures.latestMs)} after its slot; ` +
      `${figures.pages} pages, slowest ${Math.round(figures.slowestPageMs)} ms; ${figures.shownChecks} checks and ${figures.shownEvents} events that were shown are there; ` +
      `${figures.delivered} events delivered, ${figures.deliveredTwice} twice; ${problems.length} problems; seed ${load.seed}`,
  );
  return problems.length === 0;
}

/** Prints how long each store takes: figures, no proof. */
export async function soakStores(resources: number): Promise<void> {
  for (const one of await measureStores(resources)) {
    console.log(
      `monitor-stores   ${one.name}, ${resources} resources: uptime of all ${Math.round(one.overviewMs)} ms, bars of 90 days for 300 ${Math.round(one.pageMs)} ms, for all ${Math.round(one.allMs)} ms, ` +
        `${Math.round(one.writesPerSecond)} checks written each second, longest block ${Math.round(one.longestBlockMs)} ms`,
    );
  }
}

export interface Year {
  readonly resources: number;
  readonly days: number;
  /** In days, shorter than half of the time. Windows that begin before it are not exact. */
  readonly retention: { readonly checks: number; readonly hours: number; readonly days: number };
  readonly path: string;
}

/** Each after half of the time, and at its end. */
export interface YearFigures {
  readonly checks: number;
  /** Of one resource: checks, hours and days that are kept. */
  readonly rows: readonly [number, number];
  /** Of the file. SQLite's log beside it has up to 4 MB more. */
  readonly bytes: readonly [number, number];
  /** Of the heap after a collection; without `--expose-gc` as it is. */
  readonly heapBytes: readonly [number, number];
}

/** Fails if an uptime is wrong by a second. */
export async function simulateYear({ resources, days, retention, path }: Year): Promise<YearFigures> {
  const driver = await loadDriver();
  if (driver === null) throw new Error('no SQLite');
  const opened = await openSqliteStore(path, { driver });
  if (!opened.ok) throw new Error(opened.error.message);
  const store = opened.value;
  const figures: { readonly rows: number; readonly bytes: number; readonly heapBytes: number }[] = [];
  const checks = await simulate({
    ...{ store, resources, days, intervalMs: 3_600_000 },
    retention: { checksMs: retention.checks * DAY, hoursMs: retention.hours * DAY, daysMs: retention.days * DAY },
    async onDay(day, nowMs) {
      if (day !== days >> 1 && day !== days - 1) return;
      globalThis.gc?.();
      const { heapUsed } = process.memoryUsage();
      figures.push({ rows: await countRows(store, nowMs), bytes: statSync(path).size, heapBytes: heapUsed });
    },
  });
  const [half, end] = figures;
  if (half === undefined || end === undefined) throw new Error('too few days');
  const { rows, bytes, heapBytes } = end;
  return { checks, rows: [half.rows, rows], bytes: [half.bytes, bytes], heapBytes: [half.heapBytes, heapBytes] };
}

async function countRows(store: MonitorStore, nowMs: number): Promise<number> {
  const range = { resources: ['image-0'], fromMs: 0, toMs: nowMs };
  const read = [
    await store.readChecks({ resource: 'image-0', limit: 1_000_000 }),
    await store.readRollups({ unit: 'hour', ...range }),
    await store.readRollups({ unit: 'day', ...range }),
  ];
  return read.reduce((sum, rows) => sum + (rows.ok ? rows.value.length : 0), 0);
}

/** Prints figures; false if something is wrong. */
export async function soakYear(resources: number, days: number): Promise<boolean> {
  using folder = createTemporaryFolder();
  const { checks, rows, bytes, heapBytes } = await simulateYear({
    ...{ resources, days, path: join(folder.path, 'year.db') },
    // The longest window has 90 days.
    retention: { checks: 2, hours: 92, days: 100 },
  });
  const [size, heap] = [bytes, heapBytes].map(([before, after]) => after / before) as [number, number];
  const megabytes = (value: number): string => (value / 1e6).toFixed(1);
  console.log(
    `monitor-year     ${days} days, ${resources} resources, ${checks} checks, every uptime right to the second; ${rows[1]} rows of a resource, ${rows[0]} after half of the time; file ${megabytes(bytes[1])} MB, ${size.toFixed(2)} of its size then; heap ${megabytes(heapBytes[1])} MB, ${heap.toFixed(2)}`,
  );
  return size < 1.1 && heap < 1.2;
}
