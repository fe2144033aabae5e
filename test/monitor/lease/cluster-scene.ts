// Monitors on one database, each as if it were a process on a machine with a clock of its own.

import assert from 'node:assert/strict';
import { type Clock, systemClock } from '../../../src/core/clock.ts';
import { createMonitor, type Monitor } from '../../../src/monitor/monitor.ts';
import type { ProbeResult } from '../../../src/monitor/probe/probe.ts';
import type { MonitorRole } from '../../../src/monitor/role.ts';
import type { MonitorUpdate } from '../../../src/monitor/view/monitor-view.ts';
import { found, imageResource, planOf } from '../../support/monitor-run.ts';
import { openStore } from '../store/postgres-stores.ts';

export const CLUSTER_PLAN = planOf([
  imageResource('one'),
  imageResource('two'),
  imageResource('paused', { isPaused: true }),
]);

export interface Member extends AsyncDisposable {
  readonly monitor: Monitor;
  /** Ids, in order. */
  readonly checked: string[];
  readonly updates: MonitorUpdate[];
  readonly storeReports: string[];
  /** Why nothing is checked; null: a worker is there again. */
  readonly workerReports: (string | null)[];
}

export class ClusterScene implements AsyncDisposable {
  state: ProbeResult['state'] = 'available';
  readonly url: string;
  readonly errors: unknown[] = [];
  readonly #members: Member[] = [];

  constructor(url: string) {
    this.url = url;
  }

  async start(role: MonitorRole, clock: Clock = systemClock): Promise<Member> {
    const checked: string[] = [];
    const updates: MonitorUpdate[] = [];
    const storeReports: string[] = [];
    const workerReports: (string | null)[] = [];
    const opened = await createMonitor({
      ...{ plan: CLUSTER_PLAN, store: await openStore(this.url), role, clock, random: () => 0 },
      onError: (error) => this.errors.push(error),
      onStoreFailure: ({ kind }) => storeReports.push(kind),
      onStoreRecovery: (givenUp) => storeReports.push(`back, ${givenUp} lost`),
      onWorkers: (problem) => workerReports.push(problem),
      createProbe: () => ({
        probe: async ({ id }) => {
          checked.push(id);
          return found(this.state);
        },
        useOptions: () => {},
        close: async () => undefined,
      }),
    });
    const monitor = opened.ok ? opened.value : assert.fail(opened.error.message);
    monitor.view.subscribe((update) => updates.push(update));
    monitor.start();
    let isStopped = false;
    const member: Member = {
      ...{ monitor, checked, updates, storeReports, workerReports },
      async [Symbol.asyncDispose]() {
        if (!isStopped) await monitor.stop(1);
        isStopped = true;
      },
    };
    this.#members.push(member);
    return member;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const member of this.#members) await member[Symbol.asyncDispose]();
    assert.deepEqual(this.errors, []);
  }
}

export interface WrongClock extends Clock {
  /** How far it is ahead of the database's. */
  aheadMs: number;
  /** Timers that have fired. */
  readonly fired: number;
}

const HURRY_MS = 100;

/** Its timers end early, so that what happens every few seconds, or once a minute, happens soon. */
export function createWrongClock(aheadMs: number): WrongClock {
  let fired = 0;
  return {
    ...systemClock,
    aheadMs,
    get fired() {
      return fired;
    },
    now() {
      return systemClock.now() + this.aheadMs;
    },
    startTimer: (durationMs, onTimeout) =>
      systemClock.startTimer(Math.min(durationMs, HURRY_MS), () => {
        fired += 1;
        onTimeout();
      }),
  };
}

export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 20));
}
