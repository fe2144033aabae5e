// The JSON of the API: every key is always present, times are RFC 3339 in UTC. Scripts rely on the keys: add, never rename.

import type { CheckRecord } from '../history/check-record.ts';
import type { MonitorEvent } from '../history/event.ts';
import type { RecordedOutage } from '../history/outage.ts';
import { type Bucket, bucketSeconds } from '../history/timeline.ts';
import type { CheckView, MonitorHealth, ResourceView, SummaryView } from '../view/monitor-view.ts';

export const formatTime = (timeMs: number): string => new Date(timeMs).toISOString();

const timeOrNull = (timeMs: number | null): string | null => (timeMs === null ? null : formatTime(timeMs));

export function summaryDocument({ version, startedAtMs, counts, outages }: SummaryView, health: MonitorHealth) {
  return {
    version,
    startedAt: formatTime(startedAtMs),
    counts: { ...counts },
    outages,
    health: {
      isAlive: health.isAlive,
      isReady: health.isReady,
      isNetworkDown: health.isNetworkDown,
      store: health.store,
      clock: health.clock,
      workers: health.workers,
      reload: health.reload,
      lastReloadAt: formatTime(health.lastReloadAtMs),
      lastReloadChanges: health.lastReloadChanges,
      sources: health.sources,
    },
  };
}

export function resourceDocument(view: ResourceView) {
  return {
    id: view.id,
    name: view.name,
    group: view.group,
    kind: view.kind,
    target: view.target,
    foundAt: view.foundAt.map(({ source, line = null, path = null }) => ({ source, line, path })),
    state: view.state,
    reason: view.reason,
    cause: view.cause,
    message: view.message,
    hint: view.hint,
    hintCode: view.hintCode,
    since: timeOrNull(view.sinceMs),
    lastCheckedAt: timeOrNull(view.lastCheckedAtMs),
    lastDefiniteAt: timeOrNull(view.lastDefiniteAtMs),
    lastDefiniteState: view.lastDefiniteState,
    nextCheckAt: timeOrNull(view.nextCheckAtMs),
    intervalSeconds: view.intervalMs / 1000,
    durationMs: view.durationMs,
    digest: view.digest,
    drift: view.drift && { running: view.drift.running, since: timeOrNull(view.drift.sinceMs) },
    maintenance: view.maintenance,
    outage: view.outage === null ? null : { id: view.outage.id, startedAt: formatTime(view.outage.startedAtMs) },
    uptime: view.uptime,
  };
}

export function checkDocument({ atMs, state, reason, cause, message, digest, durationMs, connectMs }: CheckView) {
  return { at: formatTime(atMs), state, reason, cause, message, digest, durationMs, connectMs };
}

/** Whole seconds, whose sum is `to - from`. */
export function bucketDocument(bucket: Bucket) {
  const { available, unavailable, undetermined, paused, gap } = bucketSeconds(bucket);
  const range = { from: formatTime(bucket.fromMs), to: formatTime(bucket.toMs) };
  return { ...range, available, unavailable, undetermined, paused, gap };
}

export function outageDocument({ id, resource, startedAtMs, endedAtMs, reason, cause, message }: RecordedOutage) {
  const times = { startedAt: formatTime(startedAtMs), endedAt: timeOrNull(endedAtMs) };
  return { id, resource, ...times, reason, cause, message };
}

export function eventDocument(view: MonitorEvent) {
  const { id, atMs, event, resource, from, to, reason, cause, message, digest, previousDigest } = view;
  return { id, at: formatTime(atMs), event, resource, from, to, reason, cause, message, digest, previousDigest };
}

/** In the stream only: a check that ended, and what it changed in the row of its resource. */
export function checkEventDocument(view: ResourceView, check: CheckRecord) {
  const { resource, atMs, state, reason, cause, message, digest, durationMs } = check;
  const { since, nextCheckAt, lastDefiniteAt, hint, hintCode, outage, uptime } = resourceDocument(view);
  return {
    ...{ id: null, at: formatTime(atMs), event: 'check', resource, state, reason, cause, message, hint, hintCode },
    ...{ digest, durationMs, since, nextCheckAt, lastDefiniteAt, outage, uptime },
  };
}
