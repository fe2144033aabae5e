// A monitor of several processes under load: workers are killed and frozen, the database goes away, and readers look at
// every page meanwhile.

import { setTimeout as pause } from 'node:timers/promises';
import { createRandom } from '../fuzz/random.ts';
import { startPostgres } from '../support/postgres-server.ts';
import { startReceiver } from '../support/receiver.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { AUDIT, type Audit, readAudit } from './cluster-audit.ts';
import { type ClusterProcess, startMember, startRegistryProcess } from './cluster-processes.ts';
import { createShown } from './shown.ts';

export interface ClusterRun {
  /** Program and its arguments before `monitor`. */
  readonly program: readonly string[];
  readonly resources: number;
  readonly registries: number;
  readonly intervalSeconds: number;
  readonly seconds: number;
  /** How long a worker is frozen, and how long the database is away. */
  readonly frozenSeconds: number;
  readonly awaySeconds: number;
  readonly seed: number;
  /** Leases of a dead worker end now, not after their time: for a short run. */
  readonly expiresLeases: boolean;
}

export interface ClusterFigures extends Audit {
  readonly problems: readonly string[];
  /** Until all hosts of a killed and of a frozen worker were held by others. */
  readonly takeoversMs: readonly number[];
  readonly pages: number;
  readonly slowestPageMs: number;
  readonly shownChecks: number;
  readonly shownEvents: number;
  /** Events that the receiver got, and how many of them twice. */
  readonly delivered: number;
  readonly deliveredTwice: number;
}

const WORKERS = ['worker-1', 'worker-2', 'worker-3'];
const WEBS = ['web-1', 'web-2'];

export async function runCluster(run: ClusterRun): Promise<ClusterFigures> {
  const { program, resources, registries: count, intervalSeconds, seed } = run;
  await using server = await startPostgres({ synchronous_commit: 'on' });
  await using receiver = await startReceiver();
  using folder = createTemporaryFolder();
  const url = await server.createDatabase();
  const registries = await Promise.all(
    Array.from({ length: count }, () => startRegistryProcess(Math.ceil(resources / count))),
  );
  const targets = Array.from({ length: resources }, (_, index) => ({
    id: `app-${index}`,
    registry: registries[index % count],
    number: Math.floor(index / count),
  }));
  const config = folder.write(
    'kairos-pull.yaml',
    `monitor:\n  storeEnv: MONITOR_DATABASE_URL\n  interval: ${intervalSeconds}s\n  notify:\n    - webhook: "${receiver.origin}/hook"\n  resources:\n${targets
      .map(({ id, registry, number }) => `    - { image: "${registry?.name}/team/app${number}:1", id: ${id} }\n`)
      .join('')}`,
  );
  const members: ClusterProcess[] = [];
  const start = async (name: string, role: string): Promise<ClusterProcess> => {
    const member = await startMember(program, { name, role, config, url });
    members.push(member);
    return member;
  };
  const problems: string[] = [];
  const stopped = new AbortController();
  const shown = createShown();
  const reading = { pages: 0, slowestMs: 0, refused: 0, isAway: false };
  const readers: Promise<void>[] = [];
  const takeoversMs: number[] = [];
  try {
    // The tables first: the audit is on them.
    const first = await start(WORKERS[0] ?? '', 'worker');
    await server.run(url, AUDIT);
    const [others, webs] = await Promise.all([
      Promise.all(WORKERS.slice(1).map((name) => start(name, 'worker'))),
      Promise.all(WEBS.map((name) => start(name, 'web'))),
    ]);
    const workers = [first, ...others];
    for (const web of webs) {
      readers.push(
        readPages(
          web,
          targets.map(({ id }) => id),
          { shown, reading, problems, random: createRandom(seed, web.name), signal: stopped.signal },
        ),
      );
      readers.push(shown.follow(web.origin, stopped.signal));
    }
    readers.push(changeImages(targets, createRandom(seed, 'images'), stopped.signal));
    const phase = (run.seconds - run.frozenSeconds - run.awaySeconds) / 5;
    await until(
      async () => Number(await server.run(url, SPREAD)) >= Math.min(count, workers.length),
      problems,
      'hosts are not spread',
    );
    await pause(phase * 1000);

    const holders = async (): Promise<ClusterProcess[]> => {
      const owners = (
        await server.run(url, 'SELECT DISTINCT owner FROM kairos_pull.leases WHERE until > now() AND NOT is_single')
      ).split('\n');
      return workers.filter(({ pid }) => owners.some((owner) => owner.includes(`-${pid}-`)));
    };
    const takeOver = async (victim: ClusterProcess, what: string): Promise<void> => {
      const began = performance.now();
      if (run.expiresLeases)
        await server.run(
          url,
          `UPDATE kairos_pull.leases SET until = now() WHERE owner LIKE '%-${victim.pid}-%';
        UPDATE kairos_pull.workers SET until = now() WHERE id LIKE '%-${victim.pid}-%'`,
        );
      const isFree = async () =>
        (
          await server.run(
            url,
            `SELECT count(*) FROM kairos_pull.leases WHERE owner LIKE '%-${victim.pid}-%' OR until <= now()`,
          )
        ).trim() === '0';
      if (await until(isFree, problems, `the hosts of the ${what} worker are not taken over`))
        takeoversMs.push(performance.now() - began);
    };

    const frozen = (await holders())[0] ?? first;
    frozen.child.kill('SIGSTOP');
    await Promise.all([takeOver(frozen, 'frozen'), pause(run.frozenSeconds * 1000)]);
    frozen.child.kill('SIGCONT');
    await pause(phase * 1000);

    const killed = (await holders()).find((one) => one !== frozen) ?? workers.find((one) => one !== frozen) ?? first;
    killed.child.kill('SIGKILL');
    await killed.ended;
    await takeOver(killed, 'killed');
    await pause(phase * 1000);

    const living = (): ClusterProcess[] => members.filter((one) => one !== killed);
    const before = members.map(({ storeLines }) => storeLines.length);
    const linesOf = (member: ClusterProcess): readonly string[] =>
      member.storeLines.slice(before[members.indexOf(member)]);
    const haveAllLogged = (count: number) => async () => living().every((one) => linesOf(one).length >= count);
    reading.isAway = true;
    await server.stop();
    const areAll = (isReady: boolean) => async (): Promise<boolean> =>
      (await Promise.all(living().map(({ origin }) => fetch(`${origin}/readyz`)))).every(({ ok }) => ok === isReady);
    await until(areAll(false), problems, 'not every process says that the store is away');
    await until(haveAllLogged(1), problems, 'not every process logs that the store is away');
    await pause(run.awaySeconds * 1000);
    await server.start();
    await until(areAll(true), problems, 'not every process is ready again');
    await until(haveAllLogged(2), problems, 'not every process logs that the store is back');
    await pause(2 * phase * 1000);
    reading.isAway = false;
    for (const member of living()) {
      const lines = linesOf(member);
      if (lines.length !== 2)
        problems.push(`${member.name} logged the store ${lines.length} times: ${lines.join(' ')}`);
    }
    const origin = webs[0]?.origin ?? '';
    stopped.abort();
    await Promise.all(readers);
    for (const web of webs) {
      const isCurrent = async () => (await stale(web, intervalSeconds)) === 0;
      await until(isCurrent, problems, `${web.name} shows resources without a check for three intervals`);
    }
    problems.push(...(await shown.verify(origin)));
    const audit = await readAudit(server, url, {
      intervalMs: intervalSeconds * 1000,
      pids: new Map(workers.map(({ name, pid }) => [name, pid])),
    });
    for (const member of living()) {
      member.child.kill('SIGTERM');
      const code = await member.ended;
      if (code !== 0) problems.push(`${member.name} ended with ${code} on SIGTERM`);
    }
    for (const { name, errors } of members) {
      problems.push(...errors.map((line) => `${name}: ${line}`));
    }
    if (audit.unprotected > 0) problems.push(`${audit.unprotected} checks were written without a lease`);
    if (audit.doubleSlots > 0) problems.push(`${audit.doubleSlots} slots were checked twice`);
    const ids = receiver.accepted.map((one) => one.split(' ')[1]);
    return {
      ...audit,
      ...{ problems, takeoversMs, pages: reading.pages, slowestPageMs: reading.slowestMs },
      ...{ shownChecks: shown.checks, shownEvents: shown.events },
      ...{ delivered: new Set(ids).size, deliveredTwice: ids.length - new Set(ids).size },
    };
  } finally {
    stopped.abort();
    for (const { child } of members) child.kill('SIGKILL');
    await Promise.all(members.map(({ ended }) => ended));
    await Promise.all(registries.map((registry) => registry[Symbol.asyncDispose]()));
  }
}

/** A machine may be busy. */
const PATIENCE_MS = 180_000;

/** How many workers hold a host. */
const SPREAD = 'SELECT count(DISTINCT owner) FROM kairos_pull.leases WHERE until > now() AND NOT is_single';

async function until(isTrue: () => Promise<boolean>, problems: string[], problem: string): Promise<boolean> {
  const endMs = performance.now() + PATIENCE_MS;
  while (performance.now() < endMs) {
    if (await isTrue().catch(() => false)) return true;
    await pause(100);
  }
  problems.push(problem);
  return false;
}

interface Reading {
  pages: number;
  slowestMs: number;
  isAway: boolean;
}

/** Pages, documents, and requests for checks, without an end. While the store is away, what needs it may be refused. */
async function readPages(
  web: ClusterProcess,
  ids: readonly string[],
  {
    shown,
    reading,
    problems,
    random,
    signal,
  }: {
    readonly shown: ReturnType<typeof createShown>;
    readonly reading: Reading;
    readonly problems: string[];
    readonly random: ReturnType<typeof createRandom>;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const get = async (path: string, method = 'GET'): Promise<string | undefined> => {
    const began = performance.now();
    const headers = { 'x-kairos-pull': '1' };
    const response = await fetch(`${web.origin}${path}`, { method, headers, signal });
    const body = await response.text();
    reading.pages += 1;
    if (!reading.isAway) reading.slowestMs = Math.max(reading.slowestMs, performance.now() - began);
    const isExpected = response.ok || response.status === 429 || (method === 'POST' && response.status === 503);
    if (!isExpected) problems.push(`${web.name}${path}: ${response.status}`);
    return response.ok ? body : undefined;
  };
  while (!signal.aborted) {
    const id = ids[Math.floor(random.next() * ids.length)] ?? '';
    try {
      await get('/');
      await get(`/resources/${id}`);
      shown.addChecks(id, JSON.parse((await get(`/api/v1/resources/${id}/checks?limit=20`)) ?? '[]'));
      shown.addEvents(JSON.parse((await get('/api/v1/events?limit=50')) ?? '[]'));
      await get('/metrics');
      await pause(200, undefined, { signal });
    } catch (error) {
      if (signal.aborted) return;
      problems.push(`${web.name}: ${error}`);
      await pause(200);
    }
  }
}

/** One image each second goes, comes back or moves. */
async function changeImages(
  targets: readonly {
    readonly registry: Awaited<ReturnType<typeof startRegistryProcess>> | undefined;
    readonly number: number;
  }[],
  random: ReturnType<typeof createRandom>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const target = targets[Math.floor(random.next() * targets.length)];
    if (random.next() < 0.4) target?.registry?.tell('remove', target.number);
    else target?.registry?.tell('put', target.number, String(random.next()));
    await pause(1000, undefined, { signal }).catch(() => undefined);
  }
}

/** How many resources a web process shows without a check for three intervals. */
async function stale({ origin }: ClusterProcess, intervalSeconds: number): Promise<number> {
  const text = await (await fetch(`${origin}/api/v1/resources`)).text();
  const all: readonly { readonly lastCheckedAt: string | null }[] = JSON.parse(text);
  const since = Date.now() - 3 * intervalSeconds * 1000;
  return all.filter(({ lastCheckedAt }) => lastCheckedAt === null || Date.parse(lastCheckedAt) < since).length;
}
