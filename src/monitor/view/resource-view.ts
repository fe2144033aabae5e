// One resource as it is shown: state, reason, times, uptime.

import { noDurations, uptimeOf } from '../history/duration.ts';
import type { TimeRange } from '../history/span.ts';
import { durationsIn, durationsOfWindow, type RollupWindow, WINDOWS, windowEnding } from '../history/timeline.ts';
import { registryOf } from '../resource/registry-of.ts';
import type { StoredWindow } from '../store/store.ts';
import type { ShownResource } from './monitor-state.ts';
import { type ResourceState, type ResourceView, WINDOW_NAMES } from './monitor-view.ts';

export interface Moment {
  readonly nowMs: number;
  /** The end of the rollups. */
  readonly rolledUpMs: number;
  readonly nextCheckAtMs: number | null;
}

export function stateOf({ status, pause }: Pick<ShownResource, 'status' | 'pause'>): ResourceState {
  if (pause !== null) return 'paused';
  return status === null ? 'pending' : status.last.state;
}

export function toResourceView(shown: ShownResource, moment: Moment): ResourceView {
  const { resource, status, pause, outageId } = shown;
  const last = status?.last ?? null;
  const definite = status?.lastDefinite ?? null;
  const state = stateOf(shown);
  return {
    ...{ id: resource.id, name: resource.name, group: resource.group, kind: resource.kind, target: resource.target },
    foundAt: resource.foundAt,
    registry: registryOf(resource),
    state,
    reason: last?.reason ?? null,
    cause: last?.cause ?? null,
    message: last?.message ?? null,
    hint: shown.hint,
    hintCode: shown.hintCode,
    sinceMs: pause?.sinceMs ?? status?.sinceMs ?? null,
    lastCheckedAtMs: last?.atMs ?? null,
    lastDefiniteAtMs: definite?.atMs ?? null,
    lastDefiniteState: definite === null || definite.state === 'undetermined' ? null : definite.state,
    nextCheckAtMs: moment.nextCheckAtMs,
    intervalMs: resource.intervalMs,
    digest: last?.digest ?? status?.digests?.last ?? null,
    digestMoves: status?.digests?.moves ?? 0,
    durationMs: last?.durationMs ?? null,
    outage: status?.outage && outageId !== null ? { id: outageId, startedAtMs: status.outage.startedAtMs } : null,
    maintenance: pause?.maintenance ?? null,
    uptime: uptimes(shown, moment),
  };
}

/** Exact where every check of the window is known; otherwise the first hour of a window counts in proportion. */
function uptimes({ windows, recent }: ShownResource, { nowMs, rolledUpMs }: Moment): ResourceView['uptime'] {
  const { toMs } = windowEnding(nowMs, 0);
  const latest = recent.spans({ fromMs: rolledUpMs, toMs });
  const all = WINDOW_NAMES.map((name, index) => {
    const range = windowEnding(nowMs, WINDOWS[name]);
    const isKnown = recent.fromMs <= range.fromMs;
    const durations = isKnown
      ? durationsIn(recent.spans(range), range)
      : durationsOfWindow(rollupWindow(windows[index], range), latest, range);
    return [name, uptimeOf(durations)] as const;
  });
  return Object.fromEntries(all) as ResourceView['uptime'];
}

const { gap: _, ...NO_TIME } = noDurations();

/** The window may have left its first rollup since it was read. */
function rollupWindow(window: StoredWindow | undefined, { fromMs }: TimeRange): RollupWindow {
  if (window === undefined) return { edge: null, rest: NO_TIME };
  const { edge, rest } = window;
  return edge === null || edge.toMs <= fromMs ? { edge: null, rest } : { edge, rest };
}
