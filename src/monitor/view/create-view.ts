// The view of a running monitor: from what it holds in memory, and from its store.

import type { Outcome } from '../../core/outcome.ts';
import { timeline, WINDOWS, windowEnding } from '../history/timeline.ts';
import type { ScheduleStatus } from '../schedule/scheduler.ts';
import { createHistoryReader } from './history-reader.ts';
import type { MonitorState, ShownResource } from './monitor-state.ts';
import type { ClusterHealth, Counts, MonitorView, RegistryStatus, ResourceView } from './monitor-view.ts';
import { stateOf, toResourceView } from './resource-view.ts';

export interface ViewSchedule {
  nextCheckAtMs(id: string): number | null;
  requestCheck: MonitorView['requestCheck'];
  status(): ScheduleStatus;
}

export interface ViewOptions {
  readonly state: MonitorState;
  readonly schedule: ViewSchedule;
  readonly now: () => number;
  /** Unset: this process has the store alone. */
  readonly cluster?: () => ClusterHealth;
  /** `host[:port]` that requests for a registry are sent to. */
  readonly hostOf: (registry: string) => string;
}

const DEFAULT_BUCKETS = 90;
/** Every timer of the schedule is shorter. */
const STUCK_AFTER_MS = 120_000;

export function createView({ state, schedule, now, hostOf, cluster }: ViewOptions): MonitorView {
  const { store } = state;
  const history = createHistoryReader(state);
  const shown = (id: string): ShownResource | undefined => state.resources.get(id);

  const heldUntilMs = ({ kind, host }: ShownResource['resource'], nowMs: number): number | null => {
    const untilMs = kind === 'image' ? (state.pauses.get(host) ?? null) : null;
    return untilMs !== null && untilMs > nowMs ? untilMs : null;
  };

  const toView = (one: ShownResource): ResourceView => {
    const nowMs = now();
    const heldMs = heldUntilMs(one.resource, nowMs);
    const dueMs = schedule.nextCheckAtMs(one.resource.id);
    return toResourceView(one, {
      nowMs,
      rolledUpMs: state.rolledUpMs,
      nextCheckAtMs: dueMs === null ? null : Math.max(dueMs, heldMs ?? 0),
      heldUntilMs: heldMs,
    });
  };

  const barsOf = async (resources: readonly ShownResource[], window: keyof typeof WINDOWS, buckets: number) => {
    const range = windowEnding(now(), WINDOWS[window]);
    const pieces = await history.read(resources, range);
    return pieces.map((some) => timeline(some, range, buckets));
  };

  return {
    get timeZone() {
      return state.timeZone;
    },
    now,
    summary: () => ({
      version: state.version,
      startedAtMs: state.startedAtMs,
      counts: countStates(state),
      outages: [...state.resources.values()].filter(({ status }) => status?.outage != null).length,
    }),
    health() {
      const isAlive = schedule.status().idleMs < STUCK_AFTER_MS;
      const shared = cluster?.() ?? null;
      const { clock = null, workers = null } = shared ?? {};
      return {
        isAlive,
        isReady: state.isScheduled && isAlive && store.failure === null && clock === null && workers === null,
        ...{ clock, workers, cluster: shared },
        store: store.failure?.message ?? null,
        storeLocation: store.location,
        reload: state.reloadProblem,
        lastReloadAtMs: state.lastReloadAtMs,
        lastReloadChanges: state.lastReloadChanges,
        isNetworkDown: state.isNetworkDown,
        sources: state.sources,
      };
    },
    counters() {
      const { lagMs, skipped } = schedule.status();
      return {
        ...{ checks: state.counters.counts(), durations: state.counters.durations() },
        ...{ lagSeconds: lagMs / 1000, skipped, notifications: state.notifications() },
      };
    },
    registries: () => registryStatuses(state, now(), hostOf),
    certificates: () => [...state.certificates.values()].map(({ host, expiresAtMs }) => ({ host, expiresAtMs })),
    skipped: () => state.skipped,
    resources: () => [...state.resources.values()].map(toView),
    resource(id) {
      const one = shown(id);
      return one === undefined ? null : toView(one);
    },
    async bars({ window, buckets = DEFAULT_BUCKETS, ids }) {
      const wanted = ids === undefined ? [...state.resources.values()] : ids.flatMap((id) => shown(id) ?? []);
      const bars = await barsOf(wanted, window, buckets);
      return wanted.map(({ resource }, index) => ({ resource: resource.id, buckets: bars[index] ?? [] }));
    },
    async timeline(id, { window, buckets }) {
      const one = shown(id);
      if (one === undefined) return null;
      const [bar = []] = await barsOf([one], window, buckets);
      return bar;
    },
    async checks(id, { limit, beforeMs }) {
      if (shown(id) === undefined) return null;
      const checks = await store.readChecks({ resource: id, limit, ...(beforeMs !== undefined && { beforeMs }) });
      return orEmpty(checks).map((check) => ({ ...check, connectMs: check.connectMs ?? null }));
    },
    async result(id) {
      if (shown(id) === undefined) return null;
      const json = await store.readResult(id);
      return json.ok && json.value !== null ? JSON.parse(json.value) : null;
    },
    outages: async (query) => orEmpty(await store.readOutages(query)),
    eventsAfter: async (afterId, limit) => orEmpty(await store.readEvents({ afterId, limit })),
    latestEvents: async (query) => orEmpty(await store.readLatestEvents(query)),
    requestCheck: (id) => schedule.requestCheck(id),
    subscribe(listener) {
      // One listener may be given twice.
      const own: typeof listener = (update) => listener(update);
      state.listeners.add(own);
      return () => void state.listeners.delete(own);
    },
  };
}

/** Why the store cannot be read is in `health`. */
const orEmpty = <T>(outcome: Outcome<readonly T[], unknown>): readonly T[] => (outcome.ok ? outcome.value : []);

function countStates({ resources, skipped }: MonitorState): Counts {
  const counts = { available: 0, unavailable: 0, undetermined: 0, pending: 0, paused: 0, skipped: skipped.length };
  for (const one of resources.values()) counts[stateOf(one)] += 1;
  return counts;
}

function registryStatuses(
  { quotas, pauses }: MonitorState,
  nowMs: number,
  hostOf: ViewOptions['hostOf'],
): readonly RegistryStatus[] {
  const byHost = new Map([...pauses].filter(([, untilMs]) => untilMs > nowMs));
  const known = [...quotas].map(([registry, quota]): RegistryStatus => {
    const pausedUntilMs = byHost.get(hostOf(registry)) ?? null;
    byHost.delete(hostOf(registry));
    return { registry, ...quota, pausedUntilMs };
  });
  const others = [...byHost].map(([registry, pausedUntilMs]) => ({
    ...{ registry, pausedUntilMs },
    ...{ quotaLimit: null, quotaRemaining: null },
  }));
  return [...known, ...others];
}
