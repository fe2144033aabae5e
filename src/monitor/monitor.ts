// The monitor: checks every resource on its interval, keeps what it finds, and shows it.

import { type Clock, systemClock } from '../core/clock.ts';
import { createLimiter } from '../core/limiter.ts';
import { type Outcome, success } from '../core/outcome.ts';
import type { HostPause } from '../http/pacer.ts';
import { apiHostOf } from '../registry/endpoint.ts';
import { type Engine, nowOf, type Tracked } from './engine/engine.ts';
import { updatePauses } from './engine/keep-pauses.ts';
import { openEngine } from './engine/open-engine.ts';
import { applyPlan, refuseReload } from './engine/reload.ts';
import { remind } from './engine/remind.ts';
import { readEarlier } from './engine/restore.ts';
import { forgetOld, removeOld, rollUp } from './engine/roll-up.ts';
import { runCheck } from './engine/run-check.ts';
import { createTicker } from './engine/ticker.ts';
import { createClockWatch } from './engine/watch-clock.ts';
import type { CheckRecord } from './history/check-record.ts';
import { createClusterWatch } from './lease/cluster-watch.ts';
import { createCluster } from './lease/monitor-cluster.ts';
import { sharedSchedule } from './lease/shared-schedule.ts';
import { createStoreWatch } from './lease/store-watch.ts';
import type { MonitorPlan } from './monitor-options.ts';
import { createProbe } from './probe/create-probe.ts';
import type { ProbeResult } from './probe/probe.ts';
import type { MonitorResource } from './resource/monitor-resource.ts';
import type { MonitorRole } from './role.ts';
import { runOnce } from './schedule/run-once.ts';
import type { ScheduledResource } from './schedule/scheduled-resource.ts';
import { createScheduler } from './schedule/scheduler.ts';
import type { StoreFailure } from './store/failure.ts';
import type { MonitorStore } from './store/store.ts';
import type { WriteQueue } from './store/write-queue.ts';
import { createView } from './view/create-view.ts';
import type { MonitorCounters, MonitorView } from './view/monitor-view.ts';

export interface MonitorSettings {
  readonly plan: MonitorPlan;
  /** Open. The monitor closes it when it stops. */
  readonly store: MonitorStore;
  /** What this process does, where processes share the store; default: all. */
  readonly role?: MonitorRole;
  /** This process begins to send notifications, or ends; where it has the store alone, it does so from the start. */
  readonly onLead?: (isLeader: boolean) => void;
  /** Another process has recorded the images of clusters, or may have. */
  readonly onListed?: () => void;
  /** Unset: the checks of the program. */
  readonly createProbe?: typeof createProbe;
  /** A bug: of one check, or of a listener. The monitor goes on. */
  readonly onError: (error: unknown) => void;
  /** Called once when the store begins to fail, and when it fails in another way. */
  readonly onStoreFailure: (failure: StoreFailure) => void;
  /** How many changes were given up meanwhile. */
  readonly onStoreRecovery: (givenUp: number) => void;
  /** A sentence when no worker is alive, where processes share the store; null when one is again. */
  readonly onWorkers?: (problem: string | null) => void;
  /** How late a check has started. */
  readonly onLag?: (lagMs: number) => void;
  readonly clock?: Clock;
  /** 0 <= x < 1. */
  readonly random?: () => number;
}

/** One check of `runOnce`. */
export interface OnceCheck {
  readonly resource: MonitorResource;
  readonly result: ProbeResult;
  /** As recorded: `same-digest` and the own network may have changed the state. null: the store did not keep it. */
  readonly record: CheckRecord | null;
}

export interface Monitor {
  readonly view: MonitorView;
  /** For notifiers: what they have to deliver, and where they write that they did. */
  readonly outbox: { readonly store: MonitorStore; readonly writes: WriteQueue; readonly plan: () => MonitorPlan };
  /** Begins to check on the intervals. */
  start(): void;
  /** Whether this process sends notifications. */
  isLeader(): boolean;
  /** Before `runOnce`: fails if another process checks a part of the resources. */
  takeAll(): Promise<Outcome<null, StoreFailure>>;
  /** One check of every resource that is not paused, in the order of the configuration. */
  runOnce(signal: AbortSignal): Promise<readonly OnceCheck[]>;
  /** `isReload`: the user changed the configuration; otherwise only files with images have changed. */
  applyPlan(plan: MonitorPlan, options?: { readonly isReload?: boolean }): Promise<Outcome<null, StoreFailure>>;
  /** The new configuration is invalid: the present one stays. A sentence. */
  refuseReload(problem: string): Promise<void>;
  /** For the counters of the view. */
  reportNotifications(counts: () => MonitorCounters['notifications']): void;
  /** Lets running checks finish for that time, writes what is held, and closes everything. */
  stop(graceMs?: number): Promise<void>;
}

const DEFAULT_GRACE_MS = 5_000;
const DAY_MS = 86_400_000;

/** Fails if the store cannot be read. */
export async function createMonitor(settings: MonitorSettings): Promise<Outcome<Monitor, StoreFailure>> {
  const {
    store,
    onError,
    onStoreFailure,
    onStoreRecovery,
    onLead = () => undefined,
    onListed = () => undefined,
    role = 'all',
    onWorkers = () => undefined,
    onLag,
    clock: machineClock = systemClock,
    random = Math.random,
  } = settings;
  let plan = settings.plan;
  const viewOf: Engine['viewOf'] = (id) => view.resource(id);
  let isStopping = false;
  const { shared } = store;
  const checks = role !== 'web';
  const clusterWatch = shared === null ? null : createClusterWatch({ shared, clock: machineClock, checks, onWorkers });
  const looked = await clusterWatch?.look();
  if (looked?.ok === false) return looked;
  const clock = clusterWatch?.clock ?? machineClock;
  const watch = createStoreWatch({ onFailure: onStoreFailure, onRecovery: onStoreRecovery });
  const pauseChanged = (id: string, isPaused: boolean): void => scheduler.setPaused(id, isPaused);
  const cluster =
    shared === null || clusterWatch === null
      ? null
      : createCluster({
          ...{ shared, clock: machineClock, watch: clusterWatch, checks, onError, onLead, onListed },
          onPause: pauseChanged,
          engineOf: () => engine,
          onTracked: () => {
            if (state.isScheduled) schedule();
          },
          onRequest: (id) => scheduler.requestCheck(id),
          onStore: (problem) => (problem === null ? watch.recover('reading', 0) : watch.fail('reading', problem)),
        });
  const opened = await openEngine({
    ...{ plan, store, clock, machineClock, viewOf, onError },
    ...(cluster !== null && { cluster: cluster.engine }),
    onStoreFailure: (problem) => watch.fail('writing', problem),
    onStoreRecovery: (givenUp) => watch.recover('writing', givenUp),
  });
  if (!opened.ok) return opened;
  const engine = opened.value;
  const { state, writes } = engine;

  const onPause = ({ host, untilMs }: HostPause): void => {
    state.pauses.set(host, untilMs);
    for (const [other, endMs] of state.pauses) if (endMs <= clock.now()) state.pauses.delete(other);
    scheduler.holdHost(host, untilMs - clock.now());
  };
  const probe = (settings.createProbe ?? createProbe)(plan.checker, { onPause, onCrash: onError }, clock);
  const scheduler = createScheduler({
    ...{ clock, random, jitter: plan.jitter, onError },
    run: async (id, { signal, lagMs }) => {
      const tracked = engine.tracked.get(id);
      const held = tracked === undefined ? undefined : heldSignal(tracked.resource.host, signal);
      if (held === undefined) return { state: 'undetermined', isReachable: true };
      onLag?.(lagMs);
      try {
        return await runCheck(engine, probe.probe, id, held);
      } catch (error) {
        // Stopped, or another process checks it now: the check is not recorded.
        if (held.aborted) return { state: 'undetermined', isReachable: true };
        throw error;
      }
    },
  });
  const joined = new WeakMap<AbortSignal, AbortSignal>();
  /** Aborts when the monitor stops or the host is lost; undefined if it is not held now. */
  const heldSignal = (host: string, stopping: AbortSignal): AbortSignal | undefined => {
    if (cluster === null) return stopping;
    const held = cluster.signalFor(host);
    if (held === undefined) return undefined;
    const both = joined.get(held) ?? AbortSignal.any([stopping, held]);
    joined.set(held, both);
    return both;
  };
  const viewed = cluster === null ? scheduler : sharedSchedule(scheduler, engine);
  const view = createView({
    ...{ state, schedule: viewed, now: () => nowOf(engine), hostOf: apiHostOf },
    ...(clusterWatch !== null && { cluster: () => clusterWatch.health() }),
  });

  /** One at a time: a rollup must not see half of a reload. */
  const alone = createLimiter(1);
  const watchClock = createClockWatch(engine, (stepMs) => scheduler.catchUp(stepMs));
  const ticker = createTicker(engine, {
    onTick: () => {
      void watchClock().catch(onError);
      void updatePauses(engine, pauseChanged)
        .then(() => remind(engine))
        .catch(onError);
    },
    onHour: () => alone(rollUpAndRemove),
  });
  const rollUpAndRemove = async (): Promise<boolean> => {
    if (isStopping || store.failure !== null) return false;
    if (cluster !== null && !cluster.engine.isLeader()) {
      forgetOld(engine);
      return false;
    }
    const isDone = await rollUp(engine);
    if (isDone) await removeOld(engine, () => isStopping || cluster?.engine.isLeader() === false);
    return isDone;
  };

  const schedule = (): void => {
    scheduler.setJitter(plan.jitter);
    scheduler.setResources([...engine.tracked.values()].map(toScheduled));
  };

  return success<Monitor>({
    view,
    outbox: { store, writes, plan: () => plan },
    start() {
      void updatePauses(engine, () => undefined).catch(onError);
      schedule();
      state.isScheduled = true;
      cluster?.start();
      ticker.start();
      void readEarlier(engine, nowOf(engine) - DAY_MS, () => isStopping).catch(onError);
    },
    isLeader: () => cluster?.engine.isLeader() ?? true,
    takeAll: async () => cluster?.takeAll() ?? success(null),
    async runOnce(signal) {
      await updatePauses(engine, () => undefined);
      const due = [...engine.tracked.values()].filter(({ pause }) => pause === null);
      const checks = new Map<string, OnceCheck>();
      await runOnce(
        due.map(({ resource: { id, host } }) => ({ id, host })),
        async (id) => {
          const ran = await runCheck(engine, probe.probe, id, signal);
          await ran.recorded?.kept;
          const { result, recorded } = ran;
          const resource = engine.tracked.get(id)?.resource;
          if (resource !== undefined) checks.set(id, { resource, result, record: recorded?.record ?? null });
          return ran;
        },
      );
      await alone(rollUpAndRemove);
      return due.flatMap(({ resource }) => checks.get(resource.id) ?? []);
    },
    applyPlan: (next, { isReload = true } = {}) =>
      alone(async () => {
        const before = plan;
        // Those that hear of the reload find the new plan.
        plan = next;
        const applied = await applyPlan(engine, next, isReload);
        if (!applied.ok) {
          plan = before;
          return applied;
        }
        probe.useOptions(plan.checker);
        await updatePauses(engine, () => undefined);
        if (state.isScheduled) schedule();
        ticker.restart();
        cluster?.changePlan();
        return success(null);
      }),
    refuseReload: (problem) => refuseReload(engine, problem),
    reportNotifications(counts) {
      state.notifications = counts;
    },
    async stop(graceMs = DEFAULT_GRACE_MS) {
      isStopping = true;
      ticker.stop();
      await scheduler.stop(graceMs);
      await probe.close();
      // A rollup may wait for a store that fails: it is given up.
      await writes.close();
      await alone(async () => undefined);
      await writes.close();
      await cluster?.stop();
      await store.close();
    },
  });
}

function toScheduled({ resource, pause, status }: Tracked): ScheduledResource {
  const { id, kind, intervalMs } = resource;
  // The pause that a registry asks for concerns its images, not a web service at the same host.
  const host = kind === 'image' ? resource.host : `service at ${resource.host}`;
  return { id, host, intervalMs, isPaused: pause !== null, lastCheckedAtMs: status?.last.atMs ?? null };
}
