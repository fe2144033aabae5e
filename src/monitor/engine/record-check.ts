// Records one check: judges it with everything else that is known, has the store keep it, and then shows it.

import { judgeCertificate } from '../history/certificate-watch.ts';
import type { CheckRecord } from '../history/check-record.ts';
import { DIGEST_MOVED, expectSameDigest, MOVED_HINT } from '../history/digest-history.ts';
import type { EventDraft } from '../history/event.ts';
import { isNetworkDown, networkEvent, withoutNetwork } from '../history/own-network.ts';
import { judgeQuota } from '../history/quota-watch.ts';
import { recordTime } from '../history/record-time.ts';
import { type ResourceStatus, recordCheck, type StatusChange } from '../history/resource-status.ts';
import type { ProbeResult } from '../probe/probe.ts';
import { registryOf } from '../resource/registry-of.ts';
import type { Changes, Written } from '../store/changes.ts';
import { type Engine, nowOf, publish, publishEvents, type Tracked, withNotifiers } from './engine.ts';
import { joinUndetermined } from './join-undetermined.ts';
import { formatStatus } from './kept-status.ts';
import { formatWatched, watchedKey } from './watched.ts';

export interface RecordedCheck {
  readonly record: CheckRecord;
  /** Resolves when the store has kept it and it is shown, or when it was given up. */
  readonly kept: Promise<void>;
}

/** undefined: the resource was removed or paused while it was checked. */
export function recordProbe(engine: Engine, tracked: Tracked, result: ProbeResult): RecordedCheck | undefined {
  const { resource, status } = tracked;
  if (engine.tracked.get(resource.id) !== tracked || tracked.pause !== null) return undefined;
  const atMs = recordTime(nowOf(engine), latestMs(engine, status));
  tracked.measured = measuredRecord(tracked, result, atMs);
  const wasDown = engine.state.isNetworkDown;
  const isDown = isNetworkDown(lastChecks(engine), atMs);
  engine.state.isNetworkDown = isDown;
  const connected = isDown ? withoutNetwork(tracked.measured) : tracked.measured;
  const reference = resource.target;
  const isPinned = resource.kind === 'image' && resource.expect === 'same-digest';
  const record = isPinned ? expectSameDigest(connected, status?.digests ?? null, reference) : connected;
  const { failAfter, recoverAfter } = engine.plan;
  const { drifted = null } = result;
  const rule = { failAfter, recoverAfter, reference, isNetworkDown: isDown, drifted };
  const change = recordCheck(status, record, rule);
  tracked.status = change.status;

  const network = networkEvent(wasDown, isDown, atMs);
  const others = [...watchQuota(engine, tracked, result, atMs), ...watchCertificates(engine, result, atMs)];
  const drafts = [
    ...joinUndetermined(engine, tracked, change.events),
    ...(network === undefined ? [] : [network]),
    ...others,
  ];
  const isJudgedAnew = record.state !== tracked.measured.state;
  const newHint = record.reason === DIGEST_MOVED ? MOVED_HINT : null;
  const shown = { hint: isJudgedAnew ? newHint : result.hint, hintCode: isJudgedAnew ? null : result.hintCode };
  const kept = keep(engine, tracked, { result, record, change, drafts, shown });
  return { record, kept };
}

/** The last check, and the last millisecond of the rollups. */
const latestMs = ({ rollupMs }: Engine, status: ResourceStatus | null): number =>
  Math.max(status?.last.atMs ?? 0, rollupMs - 1);

function measuredRecord({ resource }: Tracked, result: ProbeResult, atMs: number): CheckRecord {
  const { state, reason, cause, message, digest, durationMs, phases } = result;
  return {
    ...{ resource: resource.id, atMs, state, reason, cause, message, digest },
    durationMs: Math.max(0, Math.round(durationMs)),
    intervalMs: resource.intervalMs,
    ...(phases.connectMs !== null && { connectMs: Math.max(0, Math.round(phases.connectMs)) }),
  };
}

function* lastChecks({ tracked }: Engine) {
  for (const { resource, measured, pause } of tracked.values()) {
    if (pause === null) yield { host: resource.host, record: measured };
  }
}

function watchQuota(engine: Engine, { resource }: Tracked, { rateLimit }: ProbeResult, atMs: number): EventDraft[] {
  if (rateLimit === null) return [];
  const registry = registryOf(resource);
  const { limit, remaining } = rateLimit;
  engine.state.quotas.set(registry, { quotaLimit: limit, quotaRemaining: remaining });
  const { isLow, event } = judgeQuota(engine.lowQuotas.has(registry), registry, rateLimit, atMs);
  if (isLow) engine.lowQuotas.add(registry);
  else engine.lowQuotas.delete(registry);
  return event === undefined ? [] : [event];
}

function watchCertificates(engine: Engine, { certificates }: ProbeResult, atMs: number): EventDraft[] {
  const { state, reportedCertificates } = engine;
  return certificates.flatMap(({ host, expiresAtMs }) => {
    state.certificates.set(host, { host, expiresAtMs, seenAtMs: atMs });
    const event = judgeCertificate(reportedCertificates.get(host) ?? null, host, expiresAtMs, atMs);
    if (event === undefined) return [];
    reportedCertificates.set(host, expiresAtMs);
    return [event];
  });
}

interface Judged {
  readonly result: ProbeResult;
  readonly record: CheckRecord;
  readonly change: StatusChange;
  readonly drafts: readonly EventDraft[];
  readonly shown: { readonly hint: string | null; readonly hintCode: string | null };
}

async function keep(engine: Engine, tracked: Tracked, judged: Judged): Promise<void> {
  const { result, record, change, drafts, shown } = judged;
  const { id } = tracked.resource;
  const events = withNotifiers(engine, drafts);
  const changes: Changes = {
    checks: [record],
    statuses: [{ resource: id, json: formatStatus({ status: change.status, ...shown }) }],
    results: [{ resource: id, json: JSON.stringify(result.document) }],
    ...(change.outage !== null && { outages: [change.outage] }),
    ...(events.length > 0 && { events, meta: watchedMeta(engine, tracked) }),
  };
  const written = await engine.writes.add(changes);
  if (written === null) return;
  show(tracked, judged, written);
  engine.state.counters.count({
    ...{ kind: tracked.resource.kind, registry: registryOf(tracked.resource) },
    ...{ verdict: result.verdict, reason: record.reason, durationMs: record.durationMs },
  });
  publishEvents(engine, events, written);
  const resource = engine.state.listeners.size > 0 ? engine.viewOf(id) : null;
  if (resource !== null) publish(engine, { kind: 'check', resource, check: record });
}

function show({ shown }: Tracked, { record, change, shown: { hint, hintCode } }: Judged, { outageIds }: Written): void {
  const [outageId] = outageIds;
  if (change.outage?.endedAtMs === null && outageId !== undefined) shown.outageId = outageId;
  if (change.status.outage === null) shown.outageId = null;
  Object.assign(shown, { status: change.status, hint, hintCode });
  shown.recent.add(record);
}

/** What was reported: a restart must not report it again. */
function watchedMeta(engine: Engine, { resource }: Tracked): NonNullable<Changes['meta']> {
  const { state, lowQuotas, reportedCertificates, undeterminedHosts } = engine;
  if (engine.cluster !== null) return { [watchedKey(resource.host)]: formatWatched(engine, resource) };
  return {
    'network-down': String(state.isNetworkDown),
    'low-quotas': JSON.stringify([...lowQuotas]),
    'undetermined-hosts': JSON.stringify([...undeterminedHosts]),
    'reported-certificates': JSON.stringify([...reportedCertificates]),
  };
}
