// A monitor on a held clock whose checks find what the test says, and plans with short texts.

import assert from 'node:assert/strict';
import { createMonitor, type Monitor, type MonitorSettings } from '../../src/monitor/monitor.ts';
import type { MonitorPlan } from '../../src/monitor/monitor-options.ts';
import type { ProbeResult } from '../../src/monitor/probe/probe.ts';
import type { HttpResource, ImageResource, MonitorResource } from '../../src/monitor/resource/monitor-resource.ts';
import { createMemoryStore } from '../../src/monitor/store/memory-store.ts';
import type { MonitorStore } from '../../src/monitor/store/store.ts';
import { createHeldClock, type HeldClock } from './fake-clock.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

export function imageResource(id: string, fields: Partial<ImageResource> = {}): ImageResource {
  return {
    ...{ kind: 'image', id, name: id, group: null, target: `${id}.example/app:1`, foundAt: [], host: `${id}.example` },
    ...{ intervalMs: MINUTE, isPaused: false, expect: 'present', platforms: [], proof: undefined, credentials: null },
    ...{ isMuted: false, insecure: false },
    ...fields,
  };
}

export function httpResource(id: string, fields: Partial<HttpResource> = {}): HttpResource {
  return {
    ...{ kind: 'http', id, name: id, group: null, target: `https://${id}.example/`, foundAt: [] },
    ...{ host: `${id}.example:443`, intervalMs: MINUTE, isPaused: false, isMuted: false },
    ...{ method: 'GET', headers: {} },
    ...{ status: [{ from: 200, to: 299 }], contains: null, authFile: null, timeoutMs: 10_000 },
    ...{ caFile: null, insecure: false },
    ...fields,
  };
}

export function planOf(resources: readonly MonitorResource[], fields: Partial<MonitorPlan> = {}): MonitorPlan {
  return {
    ...{ resources, skipped: [], sourceProblems: [], jitter: 0, failAfter: 2, recoverAfter: 2, timeZone: 'UTC' },
    retention: { checksMs: 7 * DAY, hoursMs: 90 * DAY, daysMs: 400 * DAY },
    ...{ kairosMetrics: false, maintenances: [], notifiers: [], checker: {} },
    ...fields,
  };
}

export function found(state: ProbeResult['state'], fields: Partial<ProbeResult> = {}): ProbeResult {
  const verdict = state === 'available' ? 'pullable' : state === 'unavailable' ? 'unpullable' : 'undetermined';
  const reason = { available: null, unavailable: 'not-found', undetermined: 'unreachable' }[state];
  return {
    ...{ state, reason, cause: null, message: `It is ${state}.`, hint: null, hintCode: null, digest: null },
    ...{ durationMs: 120, phases: { connectMs: null }, verdict, isReachable: true, rateLimit: null, certificates: [] },
    document: { verdict, reason },
    ...fields,
  };
}

export interface MonitorRun extends AsyncDisposable {
  readonly monitor: Monitor;
  readonly clock: HeldClock;
  readonly store: MonitorStore;
  readonly errors: unknown[];
  readonly storeFailures: string[];
  /** Pauses a host as the checker does. */
  pauseHost(host: string, durationMs: number): void;
  /** Lets time pass in steps, and everything happen that can. */
  pass(durationMs: number, stepMs?: number): Promise<void>;
  settle(): Promise<void>;
}

export interface RunOptions extends Partial<MonitorSettings> {
  readonly plan: MonitorPlan;
  readonly probe: (resource: MonitorResource, signal: AbortSignal) => ProbeResult | Promise<ProbeResult>;
  readonly clock?: HeldClock;
  /** Default: it starts. */
  readonly isStarted?: boolean;
}

export async function runMonitor({ probe, isStarted = true, ...options }: RunOptions): Promise<MonitorRun> {
  const clock = options.clock ?? createHeldClock();
  const store = options.store ?? createMemoryStore();
  const errors: unknown[] = [];
  const storeFailures: string[] = [];
  let pauseHost: MonitorRun['pauseHost'] = () => {};
  const opened = await createMonitor({
    ...{ random: () => 0, onError: (error: unknown) => errors.push(error) },
    ...{ onStoreFailure: ({ kind }: { kind: string }) => storeFailures.push(kind), onStoreRecovery: () => {} },
    ...{ ...options, store, clock },
    createProbe: (_, { onPause }) => {
      pauseHost = (host, durationMs) => onPause({ host, untilMs: clock.now() + durationMs });
      return {
        probe: async (resource, signal) => probe(resource, signal),
        useOptions: () => {},
        close: async () => undefined,
      };
    },
  });
  const monitor = opened.ok ? opened.value : assert.fail(opened.error.message);
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  if (isStarted) {
    monitor.start();
    await settle();
  }
  let isStopped = false;
  return {
    ...{ monitor, clock, store, errors, storeFailures, pauseHost, settle },
    async pass(durationMs, stepMs = 10_000) {
      for (let passed = 0; passed < durationMs; passed += stepMs) {
        clock.pass(Math.min(stepMs, durationMs - passed));
        await settle();
      }
    },
    async [Symbol.asyncDispose]() {
      if (isStopped) return;
      isStopped = true;
      const stopped = monitor.stop(1);
      // Ends what is still running.
      clock.pass(1);
      await stopped;
    },
  };
}
