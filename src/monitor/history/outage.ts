// Outages: opened by failures in a row, closed by successes in a row; an undetermined check neither counts nor resets.

import type { CheckRecord } from './check-record.ts';

export interface Outage {
  readonly resource: string;
  /** The first failure of the row that opened it. */
  readonly startedAtMs: number;
  /** The first success of the row that closed it; null while it is open. */
  readonly endedAtMs: number | null;
  /** Of the check that opened it. */
  readonly reason: string | null;
  readonly cause: string | null;
  readonly message: string | null;
}

/** As the store has kept it. */
export interface RecordedOutage extends Outage {
  readonly id: number;
}

export interface OutageRule {
  /** Definite failures in a row that open an outage, at least 1. */
  readonly failAfter: number;
  readonly recoverAfter: number;
}

/** Definite checks in a row with the same state. */
export interface Streak {
  readonly state: 'available' | 'unavailable';
  readonly count: number;
  readonly sinceMs: number;
  /** The state of the definite checks before them; null if they are the first. */
  readonly before: 'available' | 'unavailable' | null;
}

/** Undetermined checks between two definite ones do not end a streak. */
export function continueStreak(streak: Streak | null, { state, atMs }: CheckRecord): Streak | null {
  if (state === 'undetermined') return streak;
  if (streak?.state === state) return { ...streak, count: streak.count + 1 };
  return { state, count: 1, sinceMs: atMs, before: streak?.state ?? null };
}

/** The outage that this check opens, the closed one if it closes it, otherwise the open one or null. */
export function judgeOutage(
  open: Outage | null,
  streak: Streak | null,
  record: CheckRecord,
  rule: OutageRule,
): Outage | null {
  if (streak === null || record.state === 'undetermined') return open;
  if (open === null && streak.state === 'unavailable' && streak.count >= rule.failAfter) {
    const { resource, reason, cause, message } = record;
    return { resource, startedAtMs: streak.sinceMs, endedAtMs: null, reason, cause, message };
  }
  if (open !== null && streak.state === 'available' && streak.count >= rule.recoverAfter) {
    return { ...open, endedAtMs: streak.sinceMs };
  }
  return open;
}

/** All outages in the records of one resource, in order. */
export function outagesOf(records: readonly CheckRecord[], rule: OutageRule): readonly Outage[] {
  const closed: Outage[] = [];
  let open: Outage | null = null;
  let streak: Streak | null = null;
  for (const record of records) {
    streak = continueStreak(streak, record);
    const outage = judgeOutage(open, streak, record, rule);
    open = outage?.endedAtMs === null ? outage : null;
    if (outage !== null && open === null) closed.push(outage);
  }
  return open === null ? closed : [...closed, open];
}
