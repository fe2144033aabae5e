// A schedule on a held clock: which checks start when, and checks that end when the test says so.

import type { CheckedState } from '../../src/monitor/history/check-record.ts';
import type { ScheduledResource } from '../../src/monitor/schedule/scheduled-resource.ts';
import {
  type CheckOutcome,
  createScheduler,
  type Scheduler,
  type SchedulerOptions,
} from '../../src/monitor/schedule/scheduler.ts';
import { createHeldClock, type HeldClock } from './fake-clock.ts';

export interface StartedCheck {
  readonly id: string;
  /** Since the scene began. */
  readonly atMs: number;
  readonly lagMs: number;
  readonly isManual: boolean;
}

export interface ScheduleScene {
  readonly clock: HeldClock;
  readonly scheduler: Scheduler;
  /** In order. */
  readonly starts: StartedCheck[];
  readonly errors: unknown[];
  /** When the checks of this resource started. */
  startsOf(id: string): number[];
  /** Ends the oldest check of the resource that is running. */
  end(id: string, state?: CheckedState, isReachable?: boolean): Promise<void>;
  fail(id: string, error: Error): Promise<void>;
  /** Lets time pass second by second, after everything that can happen now; what is due starts in between. */
  run(durationMs: number): Promise<void>;
}

/** Lets promises settle. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export interface SceneOptions extends Partial<SchedulerOptions> {
  /** Ends each check immediately with this state; undefined leaves it running. */
  readonly stateOf?: (id: string) => CheckedState | undefined;
  readonly startMs?: number;
}

export function createScheduleScene({ stateOf, startMs, ...options }: SceneOptions = {}): ScheduleScene {
  const clock = createHeldClock(startMs);
  const starts: StartedCheck[] = [];
  const errors: unknown[] = [];
  const running: { id: string; resolve: (outcome: CheckOutcome) => void; reject: (error: Error) => void }[] = [];
  const take = (id: string) => {
    const index = running.findIndex((check) => check.id === id);
    const [check] = running.splice(index, index < 0 ? 0 : 1);
    if (check === undefined) throw new Error(`no check of ${id} is running`);
    return check;
  };
  const scheduler = createScheduler({
    clock,
    random: () => 0,
    jitter: 0,
    onError: (error) => errors.push(error),
    run: (id, { lagMs, isManual, signal }) =>
      new Promise((resolve, reject) => {
        starts.push({ id, atMs: clock.elapsed(), lagMs, isManual });
        const state = stateOf?.(id);
        if (state !== undefined) return resolve({ state, isReachable: true });
        signal.addEventListener('abort', () => resolve({ state: 'undetermined', isReachable: true }));
        running.push({ id, resolve, reject });
      }),
    ...options,
  });
  return {
    ...{ clock, scheduler, starts, errors },
    startsOf: (id) => starts.filter((start) => start.id === id).map(({ atMs }) => atMs),
    async end(id, state = 'available', isReachable = true) {
      take(id).resolve({ state, isReachable });
      await settle();
    },
    async fail(id, error) {
      take(id).reject(error);
      await settle();
    },
    async run(durationMs) {
      await settle();
      for (let passed = 0; passed < durationMs; passed += 1000) {
        clock.pass(Math.min(1000, durationMs - passed));
        await settle();
      }
    },
  };
}

/** Checked once a minute unless said otherwise, never before. */
export function scheduled(id: string, fields: Partial<ScheduledResource> = {}): ScheduledResource {
  return { id, host: `${id}.example`, intervalMs: 60_000, isPaused: false, lastCheckedAtMs: null, ...fields };
}
