// A double of a running monitor for page, API and metrics: N resources of all states with 90 days of history.

import type { CheckedState, CheckRecord } from '../../src/monitor/history/check-record.ts';
import type { EventName, MonitorEvent } from '../../src/monitor/history/event.ts';
import type { RecordedOutage } from '../../src/monitor/history/outage.ts';
import type { StateSpan } from '../../src/monitor/history/span.ts';
import { timeline, uptimeIn, WINDOWS, windowEnding } from '../../src/monitor/history/timeline.ts';
import type { SkippedImage } from '../../src/monitor/resource/monitor-resource.ts';
import {
  type CheckRequest,
  type CheckView,
  type Counts,
  DURATION_BUCKETS,
  type MonitorHealth,
  type MonitorUpdate,
  type MonitorView,
  type ResourceView,
  WINDOW_NAMES,
} from '../../src/monitor/view/monitor-view.ts';
import { type MadeUpResource, makeUpResource } from './made-up-history.ts';
import { addHistory, documentOf, lastMadeUpCheck, madeUpChecks, viewOf } from './made-up-view.ts';

/** 2026-11-28 12:00 UTC. */
export const SCENE_NOW = Date.UTC(2026, 10, 28, 12);

export interface MonitorSceneOptions {
  /** 10 show every state once. */
  readonly resources?: number;
  /** Names, groups, targets, messages and hints contain what breaks out of unescaped output. */
  readonly hostile?: boolean;
  readonly nowMs?: number;
  readonly timeZone?: string;
  readonly health?: Partial<MonitorHealth>;
  readonly skipped?: readonly SkippedImage[];
}

export interface MonitorScene extends MonitorView {
  /** Time passes without a check. */
  pass(durationMs: number): void;
  /** A check of the resource ends now: its views change, subscribers get the check and its events. */
  check(
    id: string,
    state: CheckedState,
    fields?: Partial<Pick<CheckRecord, 'reason' | 'cause' | 'message' | 'digest'>>,
  ): void;
  /** An event that is not caused by a check. */
  emit(event: EventName, fields?: Partial<Omit<MonitorEvent, 'id' | 'event'>>): MonitorEvent;
  setHealth(health: Partial<MonitorHealth>): void;
  /** As after a reload of the configuration. */
  rename(id: string, name: string): void;
  remove(id: string): void;
  /** What `requestCheck` returns for a resource that is known and not paused; default `accepted`. */
  answerRequests(answer: CheckRequest): void;
  /** The ids of `requestCheck` that were accepted. */
  readonly requested: readonly string[];
  /** How many subscribers there are. */
  readonly subscribers: number;
}

interface Live {
  made: MadeUpResource;
  spans: StateSpan[];
  /** Oldest first. */
  readonly recorded: CheckView[];
  view: ResourceView;
}

export function createMonitorScene(options: MonitorSceneOptions = {}): MonitorScene {
  const { resources: count = 10, hostile = false, timeZone = 'Europe/Berlin', skipped = SKIPPED } = options;
  let nowMs = options.nowMs ?? SCENE_NOW;
  const startedAtMs = nowMs - 11 * 86_400_000;
  const lives = new Map<string, Live>();
  const outages: RecordedOutage[] = [];
  const events: MonitorEvent[] = [];
  const listeners = new Set<(update: MonitorUpdate) => void>();
  const requested: string[] = [];
  let answer: CheckRequest = 'accepted';
  let health: MonitorHealth = {
    ...{ clock: null, workers: null, cluster: null },
    ...{ isAlive: true, isReady: true, store: null, storeLocation: './kairos-pull.db', reload: null },
    ...{ lastReloadAtMs: startedAtMs, lastReloadChanges: null, isNetworkDown: false, sources: [], ...options.health },
  };

  const uptimeOf = (spans: readonly StateSpan[]): ResourceView['uptime'] => {
    const entries = WINDOW_NAMES.map((name) => [name, uptimeIn(spans, windowEnding(nowMs, WINDOWS[name]))] as const);
    return Object.fromEntries(entries) as ResourceView['uptime'];
  };

  const publish = (update: MonitorUpdate): void => {
    for (const listener of [...listeners]) listener(update);
  };

  const addEvent = (event: EventName, fields: Partial<Omit<MonitorEvent, 'id' | 'event'>>): MonitorEvent => {
    const nothing = { resource: null, from: null, to: null, reason: null, cause: null, message: null };
    const added = { ...nothing, digest: null, previousDigest: null, atMs: nowMs, ...fields, id: 0, event };
    events.push(added);
    return added;
  };

  for (let index = 0; index < count; index += 1) {
    const made = makeUpResource(index, nowMs, hostile);
    const spans = [...made.spans];
    const outage = addHistory(made, outages, addEvent);
    lives.set(made.id, { made, spans, recorded: [], view: viewOf(made, spans, index, nowMs, outage, uptimeOf(spans)) });
  }
  events.sort((a, b) => a.atMs - b.atMs);
  for (const [index, event] of events.entries()) events[index] = { ...event, id: index + 1 };
  const numbered = (event: EventName, fields: Partial<Omit<MonitorEvent, 'id' | 'event'>>): MonitorEvent => {
    const added = { ...addEvent(event, fields), id: events.length };
    events[events.length - 1] = added;
    publish({ kind: 'event', event: added });
    return added;
  };

  const all = (): Live[] => [...lives.values()];
  const newestFirst = <T>(list: readonly T[], limit: number): T[] => list.slice(-limit).reverse();

  return {
    timeZone,
    requested,
    get subscribers() {
      return listeners.size;
    },
    now: () => nowMs,
    summary: () => ({
      ...{ version: '0.1.0', startedAtMs, outages: outages.filter(({ endedAtMs }) => endedAtMs === null).length },
      counts: countsOf(all(), skipped.length),
    }),
    health: () => health,
    counters: () => ({
      checks: [
        { kind: 'image', registry: 'ghcr.io', verdict: 'pullable', reason: null, count: 4_200 },
        { kind: 'image', registry: 'ghcr.io', verdict: 'unpullable', reason: 'not-found', count: 17 },
        { kind: 'image', registry: 'docker.io', verdict: 'undetermined', reason: 'rate-limited', count: 5 },
        { kind: 'tcp', registry: 'gateway.example:5432', verdict: 'available', reason: null, count: 900 },
      ],
      durations: [
        {
          ...{ kind: 'image', registry: 'ghcr.io', sum: 512.5, count: 4_217 },
          buckets: DURATION_BUCKETS.map((_, index) => Math.min(4_217, 600 * (index + 1))),
        },
      ],
      ...{ lagSeconds: 0.02, skipped: 3, notifications: [{ notifier: 'ops', failed: 2, pending: 1 }] },
    }),
    registries: () => [
      { registry: 'docker.io', quotaLimit: 100, quotaRemaining: 4, pausedUntilMs: nowMs + 20 * 60_000 },
      { registry: 'ghcr.io', quotaLimit: null, quotaRemaining: null, pausedUntilMs: null },
    ],
    certificates: () => [
      { host: 'ghcr.io', expiresAtMs: nowMs + 70 * 86_400_000 },
      { host: 'mailer.example:443', expiresAtMs: nowMs + 9 * 86_400_000 },
    ],
    skipped: () => skipped,
    resources: () => all().map(({ view }) => view),
    resource: (id) => lives.get(id)?.view ?? null,
    bars: async ({ window, buckets = 90, ids }) => {
      const range = windowEnding(nowMs, WINDOWS[window]);
      const chosen = ids === undefined ? all() : ids.flatMap((id) => lives.get(id) ?? []);
      return chosen.map(({ made, spans }) => ({ resource: made.id, buckets: timeline(spans, range, buckets) }));
    },
    timeline: async (id, { window, buckets }) => {
      const live = lives.get(id);
      return live === undefined ? null : timeline(live.spans, windowEnding(nowMs, WINDOWS[window]), buckets);
    },
    checks: async (id, { limit, beforeMs = Number.POSITIVE_INFINITY }) => {
      const live = lives.get(id);
      if (live === undefined) return null;
      const recent = newestFirst(live.recorded, live.recorded.length).filter(({ atMs }) => atMs < beforeMs);
      const lastMs = lastMadeUpCheck(live.made, options.nowMs ?? SCENE_NOW);
      return [...recent, ...madeUpChecks(live.made, lastMs, beforeMs, limit)].slice(0, limit);
    },
    result: async (id) => documentOf(lives.get(id)?.view),
    outages: async ({ resource, openOnly = false, limit }) =>
      [...outages]
        .sort((a, b) => a.startedAtMs - b.startedAtMs || a.id - b.id)
        .filter((outage) => resource === undefined || outage.resource === resource)
        .filter(({ endedAtMs }) => !openOnly || endedAtMs === null)
        .slice(-limit)
        .reverse(),
    eventsAfter: async (id, limit) => events.filter((event) => event.id > id).slice(0, limit),
    latestEvents: async ({ resource, limit }) =>
      newestFirst(
        events.filter((event) => resource === undefined || event.resource === resource),
        limit,
      ),
    requestCheck: (id) => {
      const live = lives.get(id);
      if (live === undefined) return 'unknown';
      if (live.view.state === 'paused') return 'paused';
      if (answer === 'accepted') requested.push(id);
      return answer;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    pass(durationMs) {
      nowMs += durationMs;
      for (const live of lives.values()) live.view = { ...live.view, uptime: uptimeOf(live.spans) };
    },
    check(id, state, fields = {}) {
      const live = lives.get(id);
      if (live === undefined) throw new Error(`there is no resource ${id}`);
      const { view } = live;
      const nothing = { reason: null, cause: null, message: null };
      const failed = {
        ...{ reason: state === 'unavailable' ? 'not-found' : 'unreachable', cause: null },
        message: `${view.target} is ${state}.`,
      };
      const record: CheckView = {
        ...{ resource: id, atMs: nowMs, state, digest: state === 'available' ? view.digest : null },
        ...{ durationMs: 120, intervalMs: view.intervalMs, connectMs: null },
        ...(state === 'available' ? nothing : failed),
        ...fields,
      };
      live.recorded.push(record);
      extend(live.spans, state, nowMs);
      const { reason, cause, message, digest, durationMs } = record;
      const isChanged = view.state !== state;
      const opened = state === 'unavailable' && view.outage === null ? openOutage(outages, record) : null;
      const isRecovered = state === 'available' && view.outage !== null;
      if (isRecovered) closeOutage(outages, id, nowMs);
      live.view = {
        ...{ ...view, state, reason, cause, message, durationMs, hint: null, hintCode: null },
        ...{ sinceMs: isChanged ? nowMs : view.sinceMs, lastCheckedAtMs: nowMs, digest: digest ?? view.digest },
        ...{ nextCheckAtMs: nowMs + view.intervalMs, uptime: uptimeOf(live.spans) },
        outage: opened ?? (isRecovered ? null : view.outage),
        ...(state === 'undetermined' ? {} : { lastDefiniteAtMs: nowMs, lastDefiniteState: state }),
      };
      publish({ kind: 'check', resource: live.view, check: record });
      const about = { resource: id, reason, cause, message, digest };
      const from = view.state === 'paused' ? 'pending' : view.state;
      if (isChanged) numbered('state', { ...about, from, to: state });
      if (opened !== null) numbered('outage', { ...about, from, to: state });
      if (isRecovered) numbered('recovered', { ...about, from: 'unavailable', to: 'available' });
      if (digest !== null && view.digest !== null && digest !== view.digest) {
        numbered('digest-moved', { ...about, previousDigest: view.digest });
      }
    },
    emit: (event, fields = {}) => numbered(event, fields),
    setHealth(changed) {
      health = { ...health, ...changed };
    },
    rename(id, name) {
      const live = lives.get(id);
      if (live !== undefined) live.view = { ...live.view, name };
    },
    remove: (id) => void lives.delete(id),
    answerRequests(given) {
      answer = given;
    },
  };
}

const SKIPPED: readonly SkippedImage[] = [
  {
    text: `\${REGISTRY}/app:1`,
    foundAt: [{ source: 'compose.yaml', line: 12 }],
    ...{ reason: 'unresolved-variable', message: 'The variable REGISTRY is not set.' },
  },
];

function countsOf(lives: readonly Live[], skipped: number): Counts {
  const counts = { available: 0, unavailable: 0, undetermined: 0, pending: 0, paused: 0, skipped };
  for (const { view } of lives) counts[view.state] += 1;
  return counts;
}

function extend(spans: StateSpan[], state: CheckedState, atMs: number): void {
  const last = spans.at(-1);
  if (last !== undefined) spans[spans.length - 1] = { ...last, toMs: atMs };
  spans.push({ fromMs: atMs, toMs: Number.POSITIVE_INFINITY, state });
}

function openOutage(outages: RecordedOutage[], { resource, atMs, reason, cause, message }: CheckRecord) {
  const id = outages.length + 1;
  outages.push({ id, resource, startedAtMs: atMs, endedAtMs: null, reason, cause, message });
  return { id, startedAtMs: atMs };
}

function closeOutage(outages: RecordedOutage[], id: string, atMs: number): void {
  const index = outages.findIndex(({ resource, endedAtMs }) => resource === id && endedAtMs === null);
  const outage = outages[index];
  if (outage !== undefined) outages[index] = { ...outage, endedAtMs: atMs };
}
