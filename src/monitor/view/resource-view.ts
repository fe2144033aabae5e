// One resource as it is shown: state, reason, times, uptime.

import {
  addDurations,
  noDurations,
  type StateDurations,
  subtractDurations,
  totalOf,
  type Uptime,
  uptimeOf,
} from '../history/duration.ts';
import { splitDurations } from '../history/split.ts';
import { WINDOWS, windowEnding } from '../history/timeline.ts';
import type { MonitorResource } from '../resource/monitor-resource.ts';
import { registryOf } from '../resource/registry-of.ts';
import type { StoredWindow } from '../store/store.ts';
import type { ShownResource } from './monitor-state.ts';
import type { ResourceState, ResourceView, WindowName } from './monitor-view.ts';
import type { RecentHistory } from './recent-history.ts';

export interface Moment {
  readonly nowMs: number;
  /** The end of the rollups. */
  readonly rolledUpMs: number;
  readonly nextCheckAtMs: number | null;
  readonly heldUntilMs: number | null;
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
    // Without a spread: this runs for every resource of every page and scrape.
    id: resource.id,
    name: resource.name,
    group: resource.group,
    kind: resource.kind,
    target: resource.target,
    foundAt: resource.foundAt,
    registry: knownRegistryOf(resource),
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
    heldUntilMs: moment.heldUntilMs,
    intervalMs: resource.intervalMs,
    digest: last?.digest ?? status?.digests?.last ?? null,
    digestMoves: status?.digests?.moves ?? 0,
    // Without a digest of now, nothing can be compared.
    drift: last === null || last.digest === null ? null : (status?.drift ?? null),
    durationMs: last?.durationMs ?? null,
    outage: status?.outage && outageId !== null ? { id: outageId, startedAtMs: status.outage.startedAtMs } : null,
    maintenance: pause?.maintenance ?? null,
    uptime: uptimes(shown, moment),
  };
}

/** Exact where every check of the window is known; otherwise the first hour of a window counts in proportion. */
function uptimes({ windows, recent }: ShownResource, { nowMs, rolledUpMs }: Moment): ResourceView['uptime'] {
  const { toMs } = windowEnding(nowMs, 0);
  const latest = recent.durations({ fromMs: Math.min(rolledUpMs, toMs), toMs });
  // A clock that was set back is behind the rollups until it has caught up.
  const ahead =
    rolledUpMs > toMs && recent.fromMs <= toMs ? recent.durations({ fromMs: toMs, toMs: rolledUpMs }) : null;
  const uptimeOfWindow = (name: WindowName, index: number): Uptime => {
    const lengthMs = WINDOWS[name];
    const fromMs = toMs - lengthMs;
    const sum = { ...latest };
    const window = windows[index];
    if (window !== undefined) addDurations(sum, { ...window.rest, gap: 0 });
    const edge = window?.edge ?? null;
    // The window may have left its first rollup since it was read.
    if (edge !== null && edge.toMs > fromMs) addDurations(sum, partOf(edge, fromMs, recent));
    if (ahead !== null) subtractDurations(sum, ahead);
    return uptimeOf({ ...sum, gap: sum.gap + lengthMs - totalOf(sum) });
  };
  return {
    '24h': uptimeOfWindow('24h', 0),
    '7d': uptimeOfWindow('7d', 1),
    '30d': uptimeOfWindow('30d', 2),
    '90d': uptimeOfWindow('90d', 3),
  };
}

function partOf(edge: NonNullable<StoredWindow['edge']>, fromMs: number, recent: RecentHistory): StateDurations {
  const range = { fromMs, toMs: edge.toMs };
  if (recent.fromMs <= fromMs) return recent.durations(range);
  return splitDurations([edge], [fromMs, edge.toMs])[0] ?? noDurations();
}

/** Parsing a reference takes longer than everything else about a resource. */
const registries = new WeakMap<MonitorResource, string>();

function knownRegistryOf(resource: MonitorResource): string {
  const registry = registries.get(resource) ?? registryOf(resource);
  registries.set(resource, registry);
  return registry;
}
