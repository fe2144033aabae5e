// Pauses: by the configuration, or by a maintenance that begins and ends while the monitor runs.

import { maintenanceAt } from '../history/maintenance.ts';
import type { StoredPause } from '../store/changes.ts';
import { type Engine, nowOf, type Tracked } from './engine.ts';

/** Begins and ends what is due. `onChange` is called for each resource that is or was paused. */
export async function updatePauses(engine: Engine, onChange: (id: string, isPaused: boolean) => void): Promise<void> {
  // A rollup is final: a pause that begins now, on a clock that was set back, begins after it.
  const nowMs = Math.max(nowOf(engine), engine.rollupMs);
  const pauses: StoredPause[] = [];
  const changed: Tracked[] = [];
  for (const tracked of engine.tracked.values()) {
    const { pause } = tracked;
    const wanted = wantedPause(engine, tracked, nowMs);
    if (wanted?.maintenance === pause?.maintenance) continue;
    const { id } = tracked.resource;
    if (pause !== null) pauses.push(endOf(id, pause, nowMs));
    tracked.pause = wanted === null ? null : { sinceMs: nowMs, maintenance: wanted.maintenance };
    if (wanted !== null) pauses.push({ resource: id, startedAtMs: nowMs, endedAtMs: null, ...wanted });
    changed.push(tracked);
    if ((pause === null) !== (wanted === null)) onChange(id, wanted !== null);
  }
  if (pauses.length === 0) return;
  if ((await engine.writes.add({ pauses })) === null) return;
  for (const { resource, startedAtMs, endedAtMs } of pauses) {
    const recent = engine.tracked.get(resource)?.shown.recent;
    recent?.setPause({ fromMs: startedAtMs, toMs: endedAtMs ?? Number.POSITIVE_INFINITY });
  }
  for (const { shown, pause } of changed) shown.pause = pause;
}

/** null: it is checked. */
export function wantedPause(
  { plan: { maintenances } }: Engine,
  { resource }: Pick<Tracked, 'resource'>,
  nowMs: number,
): { readonly maintenance: string | null } | null {
  if (resource.isPaused) return { maintenance: null };
  const current = maintenanceAt(maintenances, resource.group, nowMs);
  return current === undefined ? null : { maintenance: current.name };
}

const endOf = (
  resource: string,
  { sinceMs, maintenance }: NonNullable<Tracked['pause']>,
  endedAtMs: number,
): StoredPause => ({ resource, startedAtMs: sinceMs, endedAtMs: Math.max(sinceMs, endedAtMs), maintenance });

/**
 * A maintenance that was current when the monitor stopped, and is over: it ended when it was to end, not when the monitor
 * started again. Of a pause by the configuration nothing is known.
 */
export function endWhileStopped(
  { plan: { maintenances } }: Engine,
  { resource }: Pick<Tracked, 'resource'>,
  { startedAtMs, maintenance }: StoredPause,
  nowMs: number,
): number {
  if (maintenance === null) return nowMs;
  const current = maintenanceAt(maintenances, resource.group, startedAtMs);
  return current?.name === maintenance ? Math.min(current.untilMs, nowMs) : nowMs;
}
