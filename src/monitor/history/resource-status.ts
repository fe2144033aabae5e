// What the monitor knows about a resource after each check, and the events that a check causes.

import type { CheckedState, CheckRecord } from './check-record.ts';
import { type DigestHistory, recordDigest } from './digest-history.ts';
import { type Drift, describeDrift, isDrifting, recordDrift } from './drift.ts';
import { draftFrom, type EventDraft } from './event.ts';
import { continueStreak, judgeOutage, type Outage, type OutageRule, type Streak } from './outage.ts';
import { holdsUntil } from './span.ts';

/** After this time without a definite check there is one event. */
const UNDETERMINED_LONG_MS = 30 * 60_000;

/** Plain data: it can be stored, or computed again from the records. */
export interface ResourceStatus {
  readonly last: CheckRecord;
  /** The first check of those in a row with the state of the last one. */
  readonly sinceMs: number;
  readonly lastDefinite: { readonly state: CheckedState; readonly atMs: number } | null;
  readonly streak: Streak | null;
  /** The outage that is open. */
  readonly outage: Outage | null;
  readonly digests: DigestHistory | null;
  /** null or unset: nothing runs that can be compared. */
  readonly drift?: Drift | null;
  /** The first of the undetermined checks in a row without a gap. */
  readonly undeterminedSinceMs: number | null;
  readonly undeterminedReported: boolean;
}

export interface StatusRule extends OutageRule {
  /** The reference of an image, the target of other kinds. */
  readonly reference: string;
  /** Then one event speaks for all resources, and none is reported as undetermined for long. */
  readonly isNetworkDown: boolean;
  /** What runs in a cluster and the tag does not serve; null or unset: not comparable. */
  readonly drifted?: readonly string[] | null;
}

export interface StatusChange {
  readonly status: ResourceStatus;
  readonly events: readonly EventDraft[];
  /** The outage that this check opened or closed. */
  readonly outage: Outage | null;
}

/** `status` is null before the first check. */
export function recordCheck(status: ResourceStatus | null, record: CheckRecord, rule: StatusRule): StatusChange {
  const { state, atMs } = record;
  const streak = continueStreak(status?.streak ?? null, record);
  const open = status?.outage ?? null;
  const outage = judgeOutage(open, streak, record, rule);
  const digests = recordDigest(
    status?.digests ?? null,
    rule.reference,
    state === 'undetermined' ? null : record.digest,
  );
  const drift = recordDrift(status?.drift ?? null, record, rule.drifted ?? null);
  const undetermined = recordUndetermined(status, record, rule.isNetworkDown);
  const next: ResourceStatus = {
    last: record,
    sinceMs: status?.last.state === state ? status.sinceMs : atMs,
    lastDefinite: state === 'undetermined' ? (status?.lastDefinite ?? null) : { state, atMs },
    streak,
    outage: outage?.endedAtMs === null ? outage : null,
    digests,
    drift,
    undeterminedSinceMs: undetermined.sinceMs,
    undeterminedReported: undetermined.isReported,
  };
  const events: EventDraft[] = [];
  const from = status?.last.state ?? 'pending';
  if (from !== state) events.push(draftFrom(record, 'state', { from, to: state }));
  const previousDigest = status?.digests?.last ?? null;
  if ((digests?.moves ?? 0) > 0 && digests?.last !== previousDigest) {
    events.push(draftFrom(record, 'digest-moved', { previousDigest }));
  }
  if (drift !== null && isDrifting(drift) && !isDrifting(status?.drift ?? null)) {
    events.push(
      draftFrom(record, 'drift', { previousDigest: drift.running[0] ?? null, ...describeDrift(drift, record) }),
    );
  }
  if (outage !== null && open === null) {
    events.push(draftFrom(record, 'outage', { from: streak?.before ?? 'pending', to: 'unavailable' }));
  }
  if (outage !== null && outage.endedAtMs !== null) {
    events.push(draftFrom(record, 'recovered', { from: 'unavailable', to: 'available' }));
  }
  if (undetermined.isNew) events.push(draftFrom(record, 'undetermined-long', { to: 'undetermined' }));
  return { status: next, events, outage: outage === open ? null : outage };
}

function recordUndetermined(status: ResourceStatus | null, record: CheckRecord, isNetworkDown: boolean) {
  if (record.state !== 'undetermined') return { sinceMs: null, isReported: false, isNew: false };
  const isContinued = status?.undeterminedSinceMs != null && record.atMs <= holdsUntil(status.last);
  // A time ahead of this check is that of another clock.
  const sinceMs = isContinued ? Math.min(status.undeterminedSinceMs ?? record.atMs, record.atMs) : record.atMs;
  const wasReported = isContinued && status.undeterminedReported;
  const isNew = !wasReported && !isNetworkDown && record.atMs - sinceMs >= UNDETERMINED_LONG_MS;
  return { sinceMs, isReported: wasReported || isNew, isNew };
}
