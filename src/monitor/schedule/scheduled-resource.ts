// A resource in the schedule, and when its next check is due.

import type { CheckedState } from '../history/check-record.ts';
import type { DueCheck } from './dispatcher.ts';
import { type Slots, slotAfter, slotsOf } from './slot.ts';

export interface ScheduledResource {
  readonly id: string;
  /** What a check contacts. Resources with the same one share a limit, and a pause. */
  readonly host: string;
  readonly intervalMs: number;
  /** By configuration or by a maintenance. */
  readonly isPaused: boolean;
  /** End of the last check, milliseconds since 1970; null if it was never checked. Read when the resource is added. */
  readonly lastCheckedAtMs: number | null;
}

/** Times are those of `Clock.elapsed`. */
export interface Entry extends DueCheck {
  readonly id: string;
  host: string;
  slots: Slots;
  phase: 'paused' | 'waiting' | 'due' | 'running';
  isPaused: boolean;
  isManual: boolean;
  isFirst: boolean;
  dueMs: number;
  /** It may have passed before this process had the resource: then it is due from that time on, the earliest slot first. */
  slotMs: number;
  /** -Infinity if it was never checked. */
  lastStartMs: number;
  lastManualMs: number;
  /** Requested while it was running. */
  isRequestedAgain: boolean;
}

/** An undetermined check is repeated after a fifth of the interval, but not sooner than this. */
const MIN_RETRY_MS = 10_000;

/** Between the starts of two checks: a state holds for two, and a check takes time. */
const MAX_INTERVALS = 1.5;

export interface Timing {
  createEntry(resource: ScheduledResource, nowMs: number): Entry;
  slotsOf(id: string, intervalMs: number): Slots;
  /** Of a resource that is added, resumed or changed. It may have passed. */
  slotOf(entry: Entry, nowMs: number): number;
  /** After a check that ended now. */
  dueAfter(entry: Entry, state: CheckedState, nowMs: number): number;
  setJitter(jitter: number): void;
}

/** `originMs`: what the clock showed, in milliseconds since 1970, when `elapsed` was 0. */
export function createTiming(originMs: number, firstJitter: number, random: () => number): Timing {
  let jitter = firstJitter;
  const nextSlot = ({ slots, lastStartMs }: Entry): number =>
    Math.min(
      slotAfter(slots, lastStartMs) + random() * jitter * slots.intervalMs,
      lastStartMs + MAX_INTERVALS * slots.intervalMs,
    );

  return {
    createEntry: ({ id, host, intervalMs, isPaused, lastCheckedAtMs }, nowMs) => {
      // A time in the future is that of a clock that was ahead.
      const agoMs = lastCheckedAtMs === null ? Number.POSITIVE_INFINITY : originMs + nowMs - lastCheckedAtMs;
      return {
        ...{ id, host, isPaused, phase: 'paused', slots: slotsOf(id, intervalMs, originMs) },
        ...{ dueMs: nowMs, slotMs: nowMs },
        ...{ isManual: false, isFirst: lastCheckedAtMs === null, isRequestedAgain: false },
        ...{ lastStartMs: nowMs - Math.max(0, agoMs), lastManualMs: Number.NEGATIVE_INFINITY },
      };
    },
    slotsOf: (id, intervalMs) => slotsOf(id, intervalMs, originMs),
    slotOf: (entry, nowMs) => (entry.isFirst ? nowMs : nextSlot(entry)),
    dueAfter: (entry, state, nowMs) =>
      state === 'undetermined'
        ? nowMs + Math.max(MIN_RETRY_MS, entry.slots.intervalMs / 5)
        : Math.max(nowMs, nextSlot(entry)),
    setJitter(changed) {
      jitter = changed;
    },
  };
}
