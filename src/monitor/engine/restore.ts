// Reads back what the store knows about the resources: at the start, and for those that come with a reload.

import { type Outcome, success } from '../../core/outcome.ts';
import { WINDOWS, windowEnding } from '../history/timeline.ts';
import type { MonitorResource } from '../resource/monitor-resource.ts';
import type { StoredPause } from '../store/changes.ts';
import type { StoreFailure } from '../store/failure.ts';
import type { Overview } from '../store/store.ts';
import { WINDOW_NAMES } from '../view/monitor-view.ts';
import { createRecentHistory } from '../view/recent-history.ts';
import { type Engine, nowOf, type Tracked } from './engine.ts';
import { endWhileStopped, wantedPause } from './keep-pauses.ts';
import { parseStatus } from './kept-status.ts';
import { groupByResource } from './roll-up.ts';

/** They must have been saved. In their order. */
export async function restore(
  engine: Engine,
  resources: readonly MonitorResource[],
): Promise<Outcome<readonly Tracked[], StoreFailure>> {
  const nowMs = nowOf(engine);
  const ids = resources.map(({ id }) => id);
  const sinceMs = WINDOW_NAMES.map((name) => windowEnding(nowMs, WINDOWS[name]).fromMs);
  const overview = await engine.store.readOverview({ sinceMs, untilMs: engine.rollupMs, ids });
  if (!overview.ok) return overview;
  const kept = new Map(overview.value.map((one) => [one.resource.id, one]));
  const tracked = resources.map((resource) => track(engine, resource, kept.get(resource.id)));
  const read = await readRecent(engine, tracked);
  return read.ok ? success(tracked) : read;
}

function track(engine: Engine, resource: MonitorResource, kept: Overview | undefined): Tracked {
  const parsed = parseStatus(kept?.status ?? null);
  const status = parsed?.status ?? null;
  const shown = {
    ...{ resource, status, hint: parsed?.hint ?? null, hintCode: parsed?.hintCode ?? null },
    outageId: status?.outage == null ? null : (kept?.openOutage?.id ?? null),
    pause: null,
    windows: kept?.windows ?? [],
    recent: createRecentHistory(engine.rollupMs),
  };
  return { resource, status, measured: status?.last ?? null, pause: null, shown };
}

/** The checks and pauses since the rollups end. */
async function readRecent(engine: Engine, tracked: readonly Tracked[]): Promise<Outcome<null, StoreFailure>> {
  const { store, rollupMs } = engine;
  const nowMs = nowOf(engine);
  const range = { fromMs: rollupMs, toMs: Math.max(nowMs, rollupMs) + 1 };
  const ended: StoredPause[] = [];
  for (let from = 0; from < tracked.length; from += store.resourcesAtOnce) {
    const some = tracked.slice(from, from + store.resourcesAtOnce);
    const resources = some.map(({ resource }) => resource.id);
    const [checks, pauses] = await Promise.all([
      store.readCheckSpan({ resources, ...range }),
      store.readPauses({ resources, ...range }),
    ]);
    if (!checks.ok) return checks;
    if (!pauses.ok) return pauses;
    const checksOf = groupByResource(checks.value);
    const pausesOf = groupByResource(pauses.value);
    for (const one of some) {
      for (const check of checksOf.get(one.resource.id) ?? []) one.shown.recent.add(check);
      for (const pause of pausesOf.get(one.resource.id) ?? []) ended.push(...resume(engine, one, pause, nowMs));
    }
  }
  if (ended.length > 0) await engine.writes.add({ pauses: ended });
  return success(null);
}

/** A pause that still lasts continues; one that ended while the monitor was stopped ends. */
function resume(engine: Engine, tracked: Tracked, pause: StoredPause, nowMs: number): StoredPause[] {
  const { startedAtMs, maintenance } = pause;
  const { recent } = tracked.shown;
  if (pause.endedAtMs !== null) {
    recent.setPause({ fromMs: startedAtMs, toMs: pause.endedAtMs });
    return [];
  }
  // Another process may have begun it, and ends it.
  if (engine.cluster !== null || wantedPause(engine, tracked, nowMs)?.maintenance === maintenance) {
    recent.setPause({ fromMs: startedAtMs, toMs: Number.POSITIVE_INFINITY });
    tracked.pause = { sinceMs: startedAtMs, maintenance };
    tracked.shown.pause = tracked.pause;
    return [];
  }
  const endedAtMs = Math.max(startedAtMs, endWhileStopped(engine, tracked, pause, nowMs));
  recent.setPause({ fromMs: startedAtMs, toMs: endedAtMs });
  return [{ ...pause, endedAtMs }];
}

/** The day before the rollups end, so that a bar of 24 h needs no rows; a few resources at a time. */
export async function readEarlier(engine: Engine, fromMs: number, isOver: () => boolean): Promise<void> {
  const all = [...engine.all.values()];
  for (let from = 0; from < all.length && !isOver(); from += 1) {
    const one = all[from];
    if (one === undefined || one.shown.recent.fromMs <= fromMs) continue;
    const resources = [one.resource.id];
    const range = { fromMs, toMs: one.shown.recent.fromMs };
    const [checks, pauses] = await Promise.all([
      engine.store.readCheckSpan({ resources, ...range }),
      engine.store.readPauses({ resources, ...range }),
    ]);
    if (!checks.ok || !pauses.ok) return;
    for (const { startedAtMs, endedAtMs } of pauses.value) {
      one.shown.recent.setPause({ fromMs: startedAtMs, toMs: endedAtMs ?? Number.POSITIVE_INFINITY });
    }
    one.shown.recent.extend(fromMs, checks.value);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
