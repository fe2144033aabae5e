// Once an hour: writes the rollups of the hours that are over, reads the windows anew, and removes what is too old.

import { isFarAhead } from '../history/record-time.ts';
import { floorTo, HOUR_MS, rollUpHours } from '../history/rollup.ts';
import type { TimeRange } from '../history/span.ts';
import { WINDOWS, windowEnding } from '../history/timeline.ts';
import { type HourRollup, ROLLED_UP_KEY } from '../store/changes.ts';
import type { Cutoffs } from '../store/store.ts';
import { WINDOW_NAMES } from '../view/monitor-view.ts';
import { type Engine, nowOf } from './engine.ts';

/** False if the store cannot do it now: the next attempt continues. */
export async function rollUp(engine: Engine): Promise<boolean> {
  const { state, store, writes } = engine;
  const nowMs = nowOf(engine);
  // Other processes may still write checks of the last hour.
  const endMs = floorTo(HOUR_MS, Math.min(nowMs, engine.cluster?.writtenUntilMs() ?? nowMs));
  if (isFarAhead(engine.rollupMs, nowMs)) state.rolledUpMs = endMs;
  else if (endMs <= state.rolledUpMs) return endMs === floorTo(HOUR_MS, nowMs);
  const range = { fromMs: state.rolledUpMs, toMs: endMs };
  // From here on nothing is recorded in these hours. What was recorded before is written first.
  engine.rollupMs = endMs;
  if (range.fromMs < range.toMs) {
    if ((await writes.add({})) === null) return false;
    const archived = await store.readArchived();
    if (!archived.ok) return false;
    const left = archived.value.filter(({ archivedAtMs }) => (archivedAtMs ?? 0) >= range.fromMs).map(({ id }) => id);
    const ids = [...engine.all.keys(), ...left];
    for (let from = 0; from < ids.length; from += store.resourcesAtOnce) {
      const hours = await hoursOf(engine, ids.slice(from, from + store.resourcesAtOnce), range);
      if (hours === undefined || (await writes.add({ hours })) === null) return false;
    }
  }
  if ((await writes.add({ meta: { [ROLLED_UP_KEY]: String(endMs) } })) === null) return false;
  return readWindows(engine);
}

async function hoursOf(
  { store }: Engine,
  resources: readonly string[],
  range: TimeRange,
): Promise<HourRollup[] | undefined> {
  const [checks, pauses] = await Promise.all([
    store.readCheckSpan({ resources, ...range }),
    store.readPauses({ resources, ...range }),
  ]);
  if (!checks.ok || !pauses.ok) return undefined;
  const checksOf = groupByResource(checks.value);
  const pausesOf = groupByResource(pauses.value);
  return resources.flatMap((resource) => {
    const paused = (pausesOf.get(resource) ?? []).map(({ startedAtMs, endedAtMs }) => ({
      fromMs: startedAtMs,
      toMs: endedAtMs ?? Number.POSITIVE_INFINITY,
    }));
    return rollUpHours(checksOf.get(resource) ?? [], paused, range).map((hour) => ({ ...hour, resource }));
  });
}

export function groupByResource<T extends { readonly resource: string }>(rows: readonly T[]): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.resource);
    if (group === undefined) groups.set(row.resource, [row]);
    else group.push(row);
  }
  return groups;
}

/** The windows move with the clock, and every hour they leave one rollup behind. */
export async function readWindows(engine: Engine): Promise<boolean> {
  const { state, store, rollupMs } = engine;
  const nowMs = nowOf(engine);
  const sinceMs = WINDOW_NAMES.map((name) => windowEnding(nowMs, WINDOWS[name]).fromMs);
  const overview = await store.readOverview({ sinceMs, untilMs: rollupMs });
  if (!overview.ok) return false;
  for (const { resource, windows } of overview.value) {
    const tracked = engine.all.get(resource.id);
    if (tracked !== undefined) tracked.shown.windows = windows;
  }
  state.rolledUpMs = rollupMs;
  return true;
}

/** So many rows in a step: each is short, and checks go on between them. */
const ROWS_IN_A_STEP = 150;
const DAY_MS = 24 * HOUR_MS;
/** Bars and uptime of a week need no rows. */
const RECENT_MS = 7 * DAY_MS + HOUR_MS;

/** Removes what retention does not keep; `isOver` ends it early. */
export async function removeOld(engine: Engine, isOver: () => boolean): Promise<void> {
  const { store } = engine;
  const cutoffs = forgetOld(engine);
  for (;;) {
    const step = await store.prune(cutoffs, ROWS_IN_A_STEP);
    if (!step.ok || step.value.done || isOver()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** From memory; returns what the store need not keep. */
export function forgetOld(engine: Engine): Cutoffs {
  const { state, plan, all } = engine;
  const { retention } = plan;
  const nowMs = nowOf(engine);
  const longestMs = Math.max(0, ...plan.resources.map(({ intervalMs }) => intervalMs));
  const cutoffs = {
    // The next rollup needs the last check before it, if its state still holds.
    checksMs: Math.min(nowMs - retention.checksMs, state.rolledUpMs - 2 * longestMs),
    // Windows that are not read anew yet begin in the hour before.
    hoursMs: nowMs - retention.hoursMs - HOUR_MS,
    daysMs: nowMs - retention.daysMs - DAY_MS,
  };
  state.hoursFromMs = cutoffs.hoursMs;
  for (const { shown } of all.values()) shown.recent.forgetBefore(nowMs - RECENT_MS);
  return cutoffs;
}
