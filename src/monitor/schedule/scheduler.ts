// Runs the check of every resource on its interval: measured by elapsed time, spread over it, limited per host.
//
// A resource is due at its slots: times that differ by its interval, with a phase that its id decides. Slots that pass
// while it waits, runs, or while the process is stopped collapse into one check. A check outside its slots (the first,
// a manual one, one after an undetermined check) is followed by the first slot that is half an interval away or more,
// so that checks start at most one and a half intervals apart.

import type { Clock } from '../../core/clock.ts';
import type { CheckedState } from '../history/check-record.ts';
import { createDispatcher, type Limits } from './dispatcher.ts';
import { createPriorityQueue } from './priority-queue.ts';
import { createTiming, type Entry, type ScheduledResource } from './scheduled-resource.ts';
import { missedSlots, slotAfter } from './slot.ts';

export interface CheckOutcome {
  readonly state: CheckedState;
  /** Whether the host responded. Hosts that do not respond have half of the places together. */
  readonly isReachable: boolean;
}

/** Runs one check and records it. A rejection is a bug: it is passed to `onError`, and the check is undetermined. */
export type RunCheck = (
  id: string,
  run: { readonly signal: AbortSignal; readonly lagMs: number; readonly isManual: boolean },
) => Promise<CheckOutcome>;

export interface SchedulerOptions {
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  readonly run: RunCheck;
  readonly onError: (error: unknown, id: string) => void;
  /** Share of the interval, 0 to 0.5, by which a check starts later than its slot at most. */
  readonly jitter: number;
  readonly limits?: Limits;
}

export type ManualRequest = 'accepted' | 'unknown' | 'paused' | 'too-often';

export interface ScheduleStatus {
  /** How late the most overdue check is now. */
  readonly lagMs: number;
  /** Slots without a check of their own, since the start. */
  readonly skipped: number;
  readonly running: number;
  /** Checks that are due and wait for a place. */
  readonly waiting: number;
  /** How long ago the loop looked for due checks; more than a minute if it is stuck. */
  readonly idleMs: number;
}

export interface Scheduler {
  /** Adds, changes and removes resources. One that stays keeps its phase, and is not due later than it was. */
  setResources(resources: readonly ScheduledResource[]): void;
  /** A check that is running continues. */
  setPaused(id: string, isPaused: boolean): void;
  /** The host asked for a pause: none of its checks starts for that time. */
  holdHost(host: string, durationMs: number): void;
  /** From the next check of each resource on. */
  setJitter(jitter: number): void;
  /** The machine slept, or its clock went forward: what was due meanwhile is due now, once. */
  catchUp(stepMs: number): void;
  /** The check starts immediately, or as soon as the limits allow; again if one is running. */
  requestCheck(id: string): ManualRequest;
  /** Milliseconds since 1970; null if it is unknown or paused. */
  nextCheckAtMs(id: string): number | null;
  status(): ScheduleStatus;
  /** Starts nothing more, waits for what is running, and aborts it after that time. */
  stop(graceMs: number): Promise<void>;
}

export const DEFAULT_LIMITS: Limits = { total: 64, perHost: 8 };
const MIN_MANUAL_INTERVAL_MS = 1_000;
const MAX_TIMER_MS = 60_000;
/** Longer than the checker waits for a host: then the checks say that it is paused. */
const MAX_HOLD_MS = 60_000;

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { clock, random, run, onError, jitter, limits = DEFAULT_LIMITS } = options;
  const timing = createTiming(clock.now() - clock.elapsed(), jitter, random);
  const entries = new Map<string, Entry>();
  const waiting = createPriorityQueue<Entry>((a, b) => a.dueMs < b.dueMs);
  const dispatcher = createDispatcher<Entry>(limits);
  const stopped = new AbortController();
  const runs = new Set<Promise<void>>();
  let isStopping = false;
  let skipped = 0;
  let advancedMs = clock.elapsed();
  let stopTimer = (): void => {};
  const holds = new Map<string, () => void>();

  const withdraw = (entry: Entry): void => {
    waiting.remove(entry);
    dispatcher.remove(entry);
  };

  const wait = (entry: Entry, dueMs: number, slotMs = dueMs): void => {
    withdraw(entry);
    Object.assign(entry, { phase: 'waiting', dueMs, slotMs });
    waiting.add(entry);
  };

  /** A slot that has passed is made up for now. */
  const waitForSlot = (entry: Entry, nowMs: number, latestMs = Number.POSITIVE_INFINITY): void => {
    const slotMs = timing.slotOf(entry, nowMs);
    wait(entry, Math.min(Math.max(nowMs, slotMs), latestMs), Math.min(slotMs, latestMs));
  };

  /** Starts what is due, as far as the limits allow. */
  const advance = (): void => {
    if (isStopping) return;
    const nowMs = clock.elapsed();
    advancedMs = nowMs;
    for (let entry = waiting.peek(); entry !== undefined && entry.dueMs <= nowMs; entry = waiting.peek()) {
      waiting.remove(entry);
      entry.phase = 'due';
      dispatcher.add(entry);
    }
    for (let entry = dispatcher.next(); entry !== undefined; entry = dispatcher.next()) start(entry, nowMs);
    const nextMs = (waiting.peek()?.dueMs ?? Number.POSITIVE_INFINITY) - nowMs;
    stopTimer();
    stopTimer = clock.startTimer(Math.min(Math.ceil(nextMs), MAX_TIMER_MS), advance);
  };

  const start = (entry: Entry, nowMs: number): void => {
    const { id, host, isManual, dueMs } = entry;
    skipped += missedSlots(entry.slots, dueMs, nowMs);
    Object.assign(entry, { phase: 'running', lastStartMs: nowMs, isFirst: false, isManual: false });
    const ended = runCheck(id, { signal: stopped.signal, lagMs: nowMs - dueMs, isManual }).then((outcome) => {
      runs.delete(ended);
      dispatcher.end(host, outcome.isReachable);
      if (entries.get(id) === entry) waitAgain(entry, outcome);
      advance();
    });
    runs.add(ended);
  };

  const runCheck = async (...[id, context]: Parameters<RunCheck>): Promise<CheckOutcome> => {
    try {
      return await run(id, context);
    } catch (error) {
      onError(error, id);
      return { state: 'undetermined', isReachable: true };
    }
  };

  const waitAgain = (entry: Entry, { state }: CheckOutcome): void => {
    const nowMs = clock.elapsed();
    entry.isManual = entry.isRequestedAgain && !entry.isPaused;
    entry.isRequestedAgain = false;
    skipped += missedSlots(entry.slots, slotAfter(entry.slots, entry.lastStartMs), nowMs);
    if (entry.isPaused) entry.phase = 'paused';
    else wait(entry, entry.isManual ? nowMs : timing.dueAfter(entry, state, nowMs));
  };

  const add = (resource: ScheduledResource, nowMs: number): void => {
    const entry = timing.createEntry(resource, nowMs);
    entries.set(entry.id, entry);
    if (!entry.isPaused) waitForSlot(entry, nowMs);
  };

  const change = (entry: Entry, { host, intervalMs, isPaused }: ScheduledResource): void => {
    if (entry.host !== host) {
      if (entry.phase === 'due') wait(entry, entry.dueMs, entry.slotMs);
      entry.host = host;
    }
    if (entry.slots.intervalMs !== intervalMs) {
      entry.slots = timing.slotsOf(entry.id, intervalMs);
      if (entry.phase === 'waiting') waitForSlot(entry, clock.elapsed(), entry.dueMs);
    }
    pause(entry, isPaused);
  };

  const pause = (entry: Entry, isPaused: boolean): void => {
    if (entry.isPaused === isPaused) return;
    entry.isPaused = isPaused;
    if (entry.phase === 'running') return;
    withdraw(entry);
    Object.assign(entry, { phase: 'paused', isManual: false });
    if (!isPaused) waitForSlot(entry, clock.elapsed());
  };

  const remove = (entry: Entry): void => {
    withdraw(entry);
    entries.delete(entry.id);
  };

  const requestCheck = (entry: Entry): ManualRequest => {
    if (entry.isPaused) return 'paused';
    const nowMs = clock.elapsed();
    if (nowMs - entry.lastManualMs < MIN_MANUAL_INTERVAL_MS) return 'too-often';
    entry.lastManualMs = nowMs;
    if (entry.phase === 'running') {
      entry.isRequestedAgain = true;
      return 'accepted';
    }
    withdraw(entry);
    entry.isManual = true;
    wait(entry, Math.min(entry.dueMs, nowMs));
    advance();
    return 'accepted';
  };

  advance();

  return {
    setResources(resources) {
      const ids = new Set(resources.map(({ id }) => id));
      for (const entry of [...entries.values()]) if (!ids.has(entry.id)) remove(entry);
      const nowMs = clock.elapsed();
      for (const resource of resources) {
        const entry = entries.get(resource.id);
        if (entry === undefined) add(resource, nowMs);
        else change(entry, resource);
      }
      dispatcher.keepHosts(new Set(resources.map(({ host }) => host)));
      advance();
    },
    setPaused(id, isPaused) {
      const entry = entries.get(id);
      if (entry !== undefined) pause(entry, isPaused);
      advance();
    },
    holdHost(host, durationMs) {
      if (isStopping || durationMs <= 0) return;
      holds.get(host)?.();
      dispatcher.hold(host, true);
      const release = (): void => {
        holds.delete(host);
        dispatcher.hold(host, false);
        advance();
      };
      holds.set(host, clock.startTimer(Math.min(durationMs, MAX_HOLD_MS), release));
    },
    setJitter: timing.setJitter,
    catchUp(stepMs) {
      for (const entry of entries.values()) {
        entry.lastStartMs -= stepMs;
        if (entry.phase === 'waiting') wait(entry, entry.dueMs - stepMs);
      }
      advance();
    },
    requestCheck(id) {
      const entry = entries.get(id);
      return entry === undefined ? 'unknown' : requestCheck(entry);
    },
    nextCheckAtMs(id) {
      const entry = entries.get(id);
      if (entry === undefined || entry.isPaused) return null;
      const dueMs = entry.phase === 'running' ? slotAfter(entry.slots, entry.lastStartMs) : entry.dueMs;
      return Math.round(clock.now() + Math.max(0, dueMs - clock.elapsed()));
    },
    status() {
      const nowMs = clock.elapsed();
      const late = [...entries.values()].filter(
        ({ phase, dueMs }) => phase === 'due' || (phase === 'waiting' && dueMs <= nowMs),
      );
      const lagMs = late.reduce((most, { dueMs }) => Math.max(most, nowMs - dueMs), 0);
      return { lagMs, skipped, running: dispatcher.running, waiting: late.length, idleMs: nowMs - advancedMs };
    },
    async stop(graceMs) {
      isStopping = true;
      stopTimer();
      for (const stopHold of holds.values()) stopHold();
      const stopGrace = clock.startTimer(graceMs, () => stopped.abort());
      while (runs.size > 0) await Promise.all(runs);
      stopGrace();
    },
  };
}
