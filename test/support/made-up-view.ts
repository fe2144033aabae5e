// What a resource with made-up history shows: its view, checks, outages, events, and the result of its last check.

import type { EventName, MonitorEvent } from '../../src/monitor/history/event.ts';
import type { RecordedOutage } from '../../src/monitor/history/outage.ts';
import type { StateSpan } from '../../src/monitor/history/span.ts';
import type { CheckView, ResourceView } from '../../src/monitor/view/monitor-view.ts';
import { resultDocument } from '../../src/report/result-document.ts';
import { createRandom, type MadeUpResource } from './made-up-history.ts';
import { failedResult, pullableResult } from './results.ts';

export function viewOf(
  made: MadeUpResource,
  spans: readonly StateSpan[],
  index: number,
  nowMs: number,
  outage: ResourceView['outage'],
  uptime: ResourceView['uptime'],
): ResourceView {
  const { previousDigest, spans: _, ...shown } = made;
  const isChecked = made.state !== 'pending';
  const isPaused = made.state === 'paused';
  const lastMs = lastMadeUpCheck(made, nowMs);
  const last = spans.at(-1);
  const definite = spans.findLast(({ state }) => state === 'available' || state === 'unavailable');
  const heldMs = made.registry === 'docker.io' && made.kind === 'image' && !isPaused ? nowMs + 20 * 60_000 : null;
  return {
    ...{ ...shown, outage, uptime },
    foundAt: [{ source: 'kairos-pull.yaml', line: 12 + 4 * index, path: `monitor.resources[${index}]` }],
    sinceMs: last?.fromMs ?? null,
    lastCheckedAtMs: isChecked ? lastMs : null,
    lastDefiniteAtMs: definite === undefined ? null : Math.min(definite.toMs, lastMs),
    lastDefiniteState: (definite?.state as 'available' | undefined) ?? null,
    nextCheckAtMs: isPaused ? null : Math.max(lastMs + made.intervalMs, heldMs ?? 0),
    heldUntilMs: heldMs,
    drift: null,
    digestMoves: previousDigest === null ? 0 : 1,
    durationMs: isChecked ? 80 + (index % 40) : null,
  };
}

/** Before the end of the history; a paused resource was checked before its pause. */
export function lastMadeUpCheck({ spans, intervalMs, state }: MadeUpResource, endMs: number): number {
  const last = state === 'paused' ? (spans.at(-1)?.fromMs ?? endMs) : endMs;
  return last - Math.round(intervalMs / 3);
}

/** Newest first. */
export function madeUpChecks(made: MadeUpResource, lastMs: number, beforeMs: number, limit: number): CheckView[] {
  const checks: CheckView[] = [];
  const later = Math.max(0, Math.floor((lastMs - Math.min(beforeMs, lastMs + 1)) / made.intervalMs) + 1);
  const fromMs = lastMs - later * made.intervalMs;
  const first = made.spans[0]?.fromMs ?? Number.POSITIVE_INFINITY;
  for (let atMs = fromMs; atMs >= first && checks.length < limit; atMs -= made.intervalMs) {
    const span = made.spans.find((one) => one.fromMs <= atMs && atMs < one.toMs);
    if (span === undefined || span.state === 'gap' || span.state === 'paused') continue;
    const random = createRandom(Math.floor(atMs / 1000))();
    const isBad = span.state !== 'available';
    checks.push({
      ...{ resource: made.id, atMs, state: span.state, intervalMs: made.intervalMs },
      reason: isBad ? (made.reason ?? 'not-found') : null,
      cause: isBad ? (made.cause ?? null) : null,
      message: isBad ? (made.message ?? `${made.target} was ${span.state}.`) : null,
      digest: isBad ? null : made.digest,
      durationMs: 60 + Math.round(random * random * 400),
      connectMs: random < 0.7 ? 15 + Math.round(random * 60) : null,
    });
  }
  return checks;
}

type AddEvent = (event: EventName, fields: Partial<Omit<MonitorEvent, 'id' | 'event'>>) => MonitorEvent;

/** The outages and events of the spans; the outage that is open. */
export function addHistory(
  made: MadeUpResource,
  outages: RecordedOutage[],
  addEvent: AddEvent,
): ResourceView['outage'] {
  let open: ResourceView['outage'] = null;
  let from: MonitorEvent['from'] = 'pending';
  for (const { fromMs, toMs, state } of made.spans) {
    if (state === 'gap' || state === 'paused' || state === from) continue;
    const isBad = state !== 'available';
    const reason = isBad ? (made.reason ?? 'not-found') : null;
    const message = isBad ? (made.message ?? `${made.target} was ${state}.`) : null;
    const about = { resource: made.id, reason, cause: isBad ? made.cause : null, message };
    addEvent('state', { ...about, atMs: fromMs, from, to: state });
    if (state === 'unavailable') {
      const outage = { ...about, id: outages.length + 1, startedAtMs: fromMs };
      const isOpen = toMs === Number.POSITIVE_INFINITY;
      outages.push({ ...outage, endedAtMs: isOpen ? null : toMs });
      if (isOpen) open = { id: outage.id, startedAtMs: fromMs };
      addEvent('outage', { ...about, atMs: fromMs + made.intervalMs, from, to: state });
      if (!isOpen) addEvent('recovered', { resource: made.id, atMs: toMs, from: state, to: 'available' });
    }
    from = state;
  }
  const { digest, previousDigest } = made;
  const movedAtMs = (made.spans[0]?.fromMs ?? 0) + 86_400_000;
  if (previousDigest !== null) addEvent('digest-moved', { resource: made.id, atMs: movedAtMs, digest, previousDigest });
  return open;
}

export function documentOf(view: ResourceView | undefined): object | null {
  if (view === undefined || view.lastCheckedAtMs === null) return null;
  const { target, foundAt, digest, durationMs, hint, hintCode, message, state } = view;
  const startedAt = new Date(view.lastCheckedAtMs - (durationMs ?? 0)).toISOString();
  const shown = { input: target, foundAt, digest, hint, durationMs: durationMs ?? 0, startedAt };
  if (view.kind !== 'image') {
    return { ...shown, hintCode, message, verdict: state, reason: view.reason, cause: view.cause, requests: [] };
  }
  const requests = [
    {
      ...{ purpose: 'manifest' as const, method: 'HEAD' as const, status: 200, durationMs: 74, attempt: 1 },
      url: `https://${view.registry}/v2/org/${view.name}/manifests/latest`,
    },
  ];
  const credential = { source: '~/.docker/config.json', kind: 'password' as const, username: 'bot' };
  const details = { ...shown, requests, credential, platforms: ['linux/amd64', 'linux/arm64'] };
  const result =
    state === 'available' || state === 'paused'
      ? pullableResult(details)
      : failedResult(state === 'unavailable' ? 'not-found' : 'rate-limited', null, {
          ...{ ...details, platforms: null, message: message ?? '' },
        });
  return { ...resultDocument(result), hintCode };
}
