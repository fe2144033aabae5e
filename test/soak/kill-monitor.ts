// Kills a busy `kairos-pull monitor` at random moments and starts it again on the same file: what its API, its stream or
// its log has shown must still be there.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { createImage } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { createRandom, type Random } from '../fuzz/random.ts';
import { BARE_ENV } from '../support/command.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { createShown, type Shown } from './shown.ts';

export interface Killing {
  /** Program and its arguments before `monitor`. */
  readonly program: readonly string[];
  readonly kills: number;
  readonly seed: number;
  /** A monitor lives until its readers have seen so many checks and events, */
  readonly minShown: number;
  /** and then for so long at most. */
  readonly maxLifeMs: number;
  /** Time without a monitor before the last start. */
  readonly awayMs: number;
}

export interface Killed {
  /** What is wrong; empty: nothing. */
  readonly problems: readonly string[];
  /** From the start of the process until the dashboard is there, for each start after a kill. */
  readonly startsMs: readonly number[];
  /** Checks and events that were shown before a kill, and found after it. */
  readonly checks: number;
  readonly events: number;
  /** Seconds of the last time away that are shown as a gap. */
  readonly gapSeconds: number;
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  /** undefined: it has ended before it listened. */
  readonly origin: Promise<string | undefined>;
}

const RESOURCES = 200;
const INTERVAL_SECONDS = 10;
/** One in so many is killed while it starts. */
const EARLY = 5;
const LOOK_MS = 10;
const idOf = (index: number): string => `app-${index}`;

export async function killMonitor({ program, kills, seed, minShown, maxLifeMs, awayMs }: Killing): Promise<Killed> {
  await using registry = await startRegistry({ logLimit: 0 });
  using folder = createTemporaryFolder();
  const args = ['--config', folder.write('kairos-pull.yaml', configOf(registry)), '--log', 'json'];
  const [file = process.execPath, ...before] = program;
  const problems: string[] = [];
  const startsMs: number[] = [];
  const shown = createShown();

  const start = (): Started => {
    const child = spawn(file, [...before, 'monitor', ...args], { env: BARE_ENV, stdio: ['ignore', 'pipe', 'pipe'] });
    const beganMs = performance.now();
    const ended = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
    child.stderr?.on('data', (text) => problems.push(`it said ${text}`));
    const origin = new Promise<string | undefined>((resolve) => {
      void ended.then(() => resolve(undefined));
      createInterface(child.stdout).on('line', (text) => {
        const line = parseLine(text);
        if (line?.level === 'error') problems.push(`it logged ${text}`);
        if (line?.event === 'started') {
          startsMs.push(performance.now() - beganMs);
          resolve(new URL(line.url).origin);
        } else if (typeof line?.id === 'number') shown.logEvent(line.id, line.event);
      });
    });
    return { child, ended, origin };
  };

  for (let kill = 0; kill < kills; kill += 1) {
    const random = createRandom(seed, 'kill', kill);
    changeImages(registry, random);
    const { child, ended, origin: coming } = start();
    const life = new AbortController();
    const reading: Promise<void>[] = [];
    if (kill % EARLY === EARLY - 1) await pause(random.next() * 500);
    else {
      const origin = await coming;
      if (origin === undefined) {
        problems.push(`start ${kill}: it ended with ${await ended}`);
        break;
      }
      const verified = shown.verify(origin);
      for (const reader of [0, 1, 2]) {
        reading.push(read(origin, shown, createRandom(seed, 'reader', reader, kill), life.signal));
      }
      reading.push(shown.follow(origin, life.signal));
      // What the earlier ones have shown, while this one is busy.
      problems.push(...(await verified).map((problem) => `start ${kill}: ${problem}`));
      while (shown.fresh < minShown && child.exitCode === null) await pause(LOOK_MS);
      await pause(random.next() * maxLifeMs);
    }
    child.kill('SIGKILL');
    await ended;
    life.abort();
    await Promise.all(reading);
  }

  await pause(awayMs);
  const { child, ended, origin: coming } = start();
  const origin = await coming;
  let gapSeconds = 0;
  if (origin === undefined) problems.push(`the last start ended with ${await ended}`);
  else {
    problems.push(...(await shown.verify(origin)));
    const buckets: { readonly gap: number }[] = await documentAt(`${origin}/api/v1/resources/app-0/timeline?buckets=1`);
    const [bucket] = buckets;
    const checks: { readonly at: string }[] = await documentAt(`${origin}/api/v1/resources/app-0/checks?limit=1000`);
    const coveredMs = covered(checks.map(({ at }) => Date.parse(at)).reverse(), Date.now());
    gapSeconds = Math.round(gapAfter(checks.map(({ at }) => Date.parse(at))) / 1000);
    const wrongBy = (bucket?.gap ?? 0) - (86_400 - coveredMs / 1000);
    if (Math.abs(wrongBy) > 3) problems.push(`the gap is wrong by ${wrongBy} s`);
  }
  child.kill('SIGTERM');
  const code = await ended;
  if (code !== 0) problems.push(`it ended with ${code} on SIGTERM`);
  return { problems, startsMs: startsMs.slice(1), checks: shown.checks, events: shown.events, gapSeconds };
}

function configOf({ name }: EmbeddedRegistry): string {
  const resources = Array.from(
    { length: RESOURCES },
    (_, index) => `    - { image: "${name}/team/app${index}:1", id: ${idOf(index)} }\n`,
  );
  return `monitor:\n  listen: 127.0.0.1:0\n  store: history.db\n  interval: ${INTERVAL_SECONDS}s\n  resources:\n${resources.join('')}`;
}

/** A tenth of the images change: they go, come or move. The first one stays. */
function changeImages(registry: EmbeddedRegistry, random: Random): void {
  for (let index = 0; index < RESOURCES; index += 1) {
    if (index > 0 && random.next() < 0.1) registry.remove(`team/app${index}`, '1');
    else if (random.next() < 0.1 || index === 0) {
      registry.put(`team/app${index}`, '1', createImage({ text: index === 0 ? 'same' : String(random.next()) }));
    }
  }
}

/** Reads pages and documents, and requests checks, until the monitor is killed. */
async function read(origin: string, shown: Shown, random: Random, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const id = idOf(Math.floor(random.next() * RESOURCES));
    try {
      const post = { method: 'POST', headers: { 'x-kairos-pull': '1' }, signal };
      await (await fetch(`${origin}/api/v1/resources/${id}/check`, post)).text();
      shown.addChecks(id, await documentAt(`${origin}/api/v1/resources/${id}/checks?limit=20`, signal));
      if (random.next() < 0.1) shown.addResources(await documentAt(`${origin}/api/v1/resources`, signal));
      if (random.next() < 0.1) shown.addEvents(await documentAt(`${origin}/api/v1/events?limit=100`, signal));
    } catch {
      // It was killed: what has not arrived was not shown.
      return;
    }
  }
}

// biome-ignore lint/suspicious/noExplicitAny: documents of the API
const documentAt = async (url: string, signal?: AbortSignal): Promise<any> =>
  (await fetch(url, signal === undefined ? {} : { signal })).json();

// biome-ignore lint/suspicious/noExplicitAny: lines of the log; the last one of a killed process may be a part of one
function parseLine(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A state holds until the next check, two intervals at most. Times in order. */
function covered(times: readonly number[], nowMs: number): number {
  return times.reduce((sum, atMs, index) => {
    return sum + Math.min((times[index + 1] ?? nowMs) - atMs, 2 * INTERVAL_SECONDS * 1000);
  }, 0);
}

/** The longest time without a state, newest check first. */
function gapAfter(times: readonly number[]): number {
  const between = times.slice(1).map((atMs, index) => (times[index] ?? atMs) - atMs);
  return Math.max(0, ...between.map((ms) => ms - 2 * INTERVAL_SECONDS * 1000));
}
