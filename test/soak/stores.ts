// How long stores take for pages and writes with many resources and 90 days of history: when to leave SQLite.

import { join } from 'node:path';
import type { CheckRecord } from '../../src/monitor/history/check-record.ts';
import { loadPostgres } from '../../src/monitor/store/postgres-driver.ts';
import { openPostgresStore } from '../../src/monitor/store/postgres-store.ts';
import { loadDriver } from '../../src/monitor/store/sqlite-driver.ts';
import { openSqliteStore } from '../../src/monitor/store/sqlite-store.ts';
import type { MonitorStore } from '../../src/monitor/store/store.ts';
import { startPostgres } from '../support/postgres-server.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

export interface StoreFigures {
  readonly name: string;
  /** Uptime of four windows for all resources, in one query. */
  readonly overviewMs: number;
  /** Bars of 90 days for a page of 300 resources, and for all of them. */
  readonly pageMs: number;
  readonly allMs: number;
  /** Checks with status and result, in commits of 100, each second; one writer. */
  readonly writesPerSecond: number;
  /** The longest time in which nothing else ran in the process, during all of this. */
  readonly longestBlockMs: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const DAYS = 90;
const HOURS = 7 * 24;
const PAGE = 300;

export async function measureStores(resources: number): Promise<readonly StoreFigures[]> {
  using folder = createTemporaryFolder();
  const figures: StoreFigures[] = [];
  const path = join(folder.path, 'monitor.db');
  const nowMs = Math.floor(Date.now() / DAY) * DAY;
  const driver = await loadDriver();
  if (driver !== null) {
    await (await must(openSqliteStore(path, { driver }))).close();
    const connection = driver.open(path);
    for (const sql of historyOf(resources, nowMs, 'sqlite')) connection.exec(sql);
    connection.close();
    figures.push(await measure(driver.name, await must(openSqliteStore(path, { driver })), resources, nowMs));
  }
  const pg = await loadPostgres();
  if (pg !== null) {
    await using server = await startPostgres({ synchronous_commit: 'on', fsync: 'on', shared_buffers: '256MB' });
    const url = await server.createDatabase();
    await (await must(openPostgresStore(url, { driver: pg }))).close();
    for (const sql of historyOf(resources, nowMs, 'postgres'))
      await server.run(url, `SET search_path = kairos_pull; ${sql}`);
    await server.run(url, 'ANALYZE');
    figures.push(await measure('PostgreSQL', await must(openPostgresStore(url, { driver: pg })), resources, nowMs));
  }
  return figures;
}

const must = async <T>(
  opened: Promise<
    { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: { readonly message: string } }
  >,
): Promise<T> => {
  const outcome = await opened;
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
};

/** Running totals as the stores keep them: every unit fully available. */
function historyOf(resources: number, nowMs: number, kind: 'sqlite' | 'postgres'): readonly string[] {
  const [day, hour] = [nowMs / DAY, nowMs / HOUR];
  const series = (count: number): string =>
    kind === 'postgres'
      ? `generate_series(1::bigint, ${count}) AS s (i)`
      : `(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) SELECT i FROM n) AS s`;
  const rows = (table: string, first: number, count: number, lengthMs: number): string =>
    `INSERT INTO ${table} SELECT r.rid, ${first} + s.i, s.i * ${lengthMs}, 0, 0, 0, s.i, 0, 0, s.i, 1 FROM resources AS r CROSS JOIN ${series(count)} ORDER BY 1, 2`;
  return [
    `INSERT INTO resources (id, name, kind, target) SELECT 'app-' || s.i, 'app', 'image', 'app:' || s.i FROM ${series(resources)}`,
    rows('days', day - DAYS, DAYS - 1, DAY),
    rows('hours', hour - HOURS, HOURS, HOUR),
  ];
}

async function measure(name: string, store: MonitorStore, resources: number, nowMs: number): Promise<StoreFigures> {
  const ids = Array.from({ length: resources }, (_, index) => `app-${index + 1}`);
  let longestBlockMs = 0;
  let seenMs = performance.now();
  const timer = setInterval(() => {
    longestBlockMs = Math.max(longestBlockMs, performance.now() - seenMs - 5);
    seenMs = performance.now();
  }, 5);
  const time = async (run: () => Promise<unknown>): Promise<number> => {
    const times: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const beganMs = performance.now();
      await run();
      times.push(performance.now() - beganMs);
    }
    return times.sort((a, b) => a - b)[1] ?? 0;
  };
  const sinceMs = [1, 7, 30, 90].map((days) => nowMs - days * DAY + 7 * HOUR);
  let untilMs = nowMs + HOUR;
  // Each with another end: the SQLite store remembers the windows of an hour.
  const overviewMs = await time(() => {
    untilMs += HOUR;
    return store.readOverview({ sinceMs, untilMs });
  });
  const bars = async (wanted: readonly string[]): Promise<void> => {
    for (let from = 0; from < wanted.length; from += store.resourcesAtOnce) {
      const some = wanted.slice(from, from + store.resourcesAtOnce);
      await store.readRollups({ unit: 'day', resources: some, fromMs: nowMs - DAYS * DAY, toMs: nowMs });
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const pageMs = await time(() => bars(ids.slice(0, PAGE)));
  const allMs = await time(() => bars(ids));
  const json = JSON.stringify({ text: 'x'.repeat(1_500) });
  const commits = 100;
  const writeMs = await time(async () => {
    for (let commit = 0; commit < commits; commit += 1) {
      const some = ids.slice((commit * 100) % Math.max(1, resources - 100)).slice(0, 100);
      const checks = some.map(
        (resource): CheckRecord => ({
          ...{
            resource,
            atMs: nowMs + commit,
            state: 'available',
            reason: null,
            cause: null,
            message: null,
            digest: 'sha256:0',
          },
          ...{ durationMs: 100, intervalMs: 10_000 },
        }),
      );
      const texts = some.map((resource) => ({ resource, json }));
      await store.write({ checks, statuses: texts, results: texts });
    }
  });
  clearInterval(timer);
  await store.close();
  return { name, overviewMs, pageMs, allMs, writesPerSecond: (commits * 100 * 1000) / writeMs, longestBlockMs };
}
