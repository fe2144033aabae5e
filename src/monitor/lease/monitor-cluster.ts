// A monitor of several processes on one store: this one checks the hosts that it holds, and shows what all have found.

import type { Clock } from '../../core/clock.ts';
import { failure, type Outcome, success } from '../../core/outcome.ts';
import { type Engine, type EngineCluster, nowOf, type Tracked, writeEvents } from '../engine/engine.ts';
import { updatePauses } from '../engine/keep-pauses.ts';
import { chooseTracked, parseReminders, saveResources } from '../engine/open-engine.ts';
import { useWatched, watchedKey } from '../engine/watched.ts';
import { draftEvent } from '../history/event.ts';
import type { StoreFailure } from '../store/failure.ts';
import { LEADER } from '../store/lease.ts';
import type { SharedStore } from '../store/shared-store.ts';
import type { WriteQueue } from '../store/write-queue.ts';
import type { ClusterWatch } from './cluster-watch.ts';
import { createFollower } from './follower.ts';
import { BEAT_MS, createLeaseKeeper } from './lease-keeper.ts';
import { protectWrites } from './protected-writes.ts';

export interface MonitorCluster {
  /** For the engine that it is part of. */
  readonly engine: EngineCluster & { protect(writes: WriteQueue): WriteQueue };
  /** Until it is lost; undefined if this process must not check the host now. */
  signalFor(host: string): AbortSignal | undefined;
  /** The engine is open. */
  start(): void;
  /** Takes everything, for one run. Fails if another process has a part of it. */
  takeAll(): Promise<Outcome<null, StoreFailure>>;
  /** The configuration has changed. */
  changePlan(): void;
  /** What was checked was written: others may take it. */
  stop(): Promise<void>;
}

export interface ClusterOptions {
  readonly shared: SharedStore;
  /** Of the machine. */
  readonly clock: Clock;
  readonly watch: ClusterWatch;
  /** false: it only shows. */
  readonly checks: boolean;
  readonly engineOf: () => Engine;
  /** What this process checks has changed. */
  readonly onTracked: () => void;
  readonly onPause: (id: string, isPaused: boolean) => void;
  /** Another process asks for a check of a resource that this one checks. */
  readonly onRequest: (id: string) => void;
  readonly onLead: (isLeader: boolean) => void;
  /** Another process has recorded the images of clusters, or may have. */
  readonly onListed: () => void;
  /** null: it is back. */
  readonly onStore: (failure: StoreFailure | null) => void;
  readonly onError: (error: unknown) => void;
}

export function createCluster(options: ClusterOptions): MonitorCluster {
  const { shared, clock, watch, checks, engineOf, onTracked, onRequest, onLead, onListed, onStore, onError } = options;
  /** Held hosts of which everything was read that others have written. */
  const ready = new Set<string>();
  const reading = new Map<string, Promise<void>>();
  let queue: WriteQueue | null = null;
  let isLeading = false;
  let isClockReported = false;
  /** Before that an event that is written is not published. */
  let isFollowing = false;
  let isStopped = false;
  let looking: Promise<void> | null = null;
  let stopLook = (): void => {};

  const trackedOf = (host: string): readonly Tracked[] =>
    [...engineOf().all.values()].filter(({ resource }) => resource.host === host);

  /** The heaviest first. */
  const hosts = (): readonly string[] => {
    const counts = new Map<string, number>();
    for (const { resource } of engineOf().all.values()) counts.set(resource.host, (counts.get(resource.host) ?? 0) + 1);
    return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([host]) => host);
  };

  const keeper = createLeaseKeeper({
    ...{ shared, clock, hosts, onError },
    async compareClock() {
      const compared = await watch.look();
      if (compared.ok) reportClock();
      return compared;
    },
    writtenUntilMs: () => Math.min(queue?.oldestMs ?? Number.POSITIVE_INFINITY, Math.floor(watch.clock.now())),
    onTake: (name) => void take(name).catch(onError),
    onLose: (name) => {
      if (name === LEADER) lead(false);
      if (ready.delete(name)) changeTracked();
    },
    flush: async () => queue?.add({}),
    onBeat(workers) {
      watch.sawWorkers(workers);
      queue?.retry();
      // The store was away when they were to be read.
      for (const name of [LEADER, ...hosts()]) {
        const isDone = name === LEADER ? isLeading : ready.has(name);
        if (keeper.hold(name) !== undefined && !isDone) void take(name).catch(onError);
      }
    },
  });

  /** One event when it turns out to be wrong, one when it is right again. */
  const reportClock = (): void => {
    const { difference } = watch;
    if (queue === null || !isFollowing || isClockReported === (difference !== null)) return;
    isClockReported = difference !== null;
    const message =
      difference === null
        ? `The clock of worker ${shared.id} matches that of the database again: it checks again.`
        : `The clock of worker ${shared.id} is ${difference} that of the database: it checks nothing until its clock is set.`;
    // It has no lease to write it with.
    const engine: Engine = { ...engineOf(), writes: queue };
    void writeEvents(engine, [draftEvent('clock', nowOf(engine), { message })]).catch(onError);
  };

  /** Of a process that only shows. */
  const look = async (): Promise<void> => {
    await watch.look().catch(onError);
    if (isStopped) return;
    stopLook = clock.startTimer(BEAT_MS, () => {
      looking = look();
    });
  };

  const changeTracked = (): void => {
    chooseTracked(engineOf());
    onTracked();
  };

  const take = (name: string): Promise<void> => {
    const taking =
      reading.get(name) ?? (name === LEADER ? takeLead() : takeHost(name)).finally(() => reading.delete(name));
    reading.set(name, taking);
    return taking;
  };

  const takeHost = async (host: string): Promise<void> => {
    const engine = engineOf();
    const hold = keeper.hold(host);
    const ids = trackedOf(host).map(({ resource }) => resource.id);
    const [isRead, meta] = await Promise.all([follower.read(ids), engine.store.readMeta()]);
    if (!isRead || !meta.ok || hold === undefined || keeper.hold(host) !== hold) return;
    useWatched(engine, host, meta.value.get(watchedKey(host)));
    // A check that is still running for an earlier lease must not be recorded for this one.
    const anew = trackedOf(host).map((one): [string, Tracked] => {
      const { resource, shown } = one;
      const { status, pause } = shown;
      return [resource.id, { resource, shown, status, pause, measured: status?.last ?? null }];
    });
    const byId = new Map(anew);
    engine.all = new Map([...engine.all].map(([id, one]) => [id, byId.get(id) ?? one]));
    ready.add(host);
    chooseTracked(engine);
    await updatePauses(engine, options.onPause);
    onTracked();
    await takeRequests(ids);
  };

  const takeLead = async (): Promise<void> => {
    const engine = engineOf();
    const saved = await saveResources({ ...engine, cluster: null }, engine.plan);
    const meta = await engine.store.readMeta();
    if (!saved.ok || !meta.ok || keeper.hold(LEADER) === undefined) return;
    engine.reminders = parseReminders(meta.value);
    lead(true);
  };

  const lead = (isLeader: boolean): void => {
    if (isLeading === isLeader) return;
    isLeading = isLeader;
    onLead(isLeader);
  };

  const takeRequests = async (ids: readonly string[]): Promise<void> => {
    const requested = await shared.takeRequests(ids);
    if (requested.ok) for (const id of requested.value) onRequest(id);
  };

  const follower = createFollower({
    ...{ engine: engineOf, shared, onStore },
    isForeign: (id) => !engineOf().tracked.has(id),
    onChange({ request, isReleased, isListed, writer }) {
      if (request !== undefined && engineOf().tracked.has(request)) void takeRequests([request]).catch(onError);
      if (isReleased && checks && writer !== shared.id) keeper.wake();
      if (isListed && writer !== shared.id) onListed();
    },
    onOpen() {
      isFollowing = true;
      if (checks) keeper.wake();
      onListed();
      const ids = [...engineOf().tracked.keys()];
      if (ids.length > 0) void takeRequests(ids).catch(onError);
    },
  });

  const hostOf = (id: string): string | undefined => engineOf().all.get(id)?.resource.host;

  return {
    engine: {
      isLeader: () => isLeading && keeper.hold(LEADER) !== undefined,
      isMine: ({ host }) => ready.has(host),
      writtenUntilMs: () => keeper.writtenUntilMs,
      addOwnEvent: (id) => follower.addOwnEvent(id),
      protect(writes) {
        queue = writes;
        return protectWrites(writes, { leases: checks ? keeper : null, hostOf });
      },
    },
    signalFor: (host) => (ready.has(host) ? keeper.hold(host)?.signal : undefined),
    start() {
      follower.start();
      if (checks) keeper.start();
      else looking = look();
    },
    async takeAll() {
      if (watch.difference !== null) {
        const message = `the clock of this machine is ${watch.difference} that of ${engineOf().store.location}; set it, for example by NTP`;
        return failure({ kind: 'clock', message });
      }
      const missing = await keeper.takeAll();
      if (!missing.ok) return missing;
      const [other] = missing.value;
      if (other !== undefined) {
        const what = other === LEADER ? 'its notifications' : `the checks of ${other}`;
        const message = `${engineOf().store.location} is in use: another monitor holds ${what}; stop it, or use another database`;
        return failure({ kind: 'in-use', message });
      }
      await Promise.all(reading.values());
      keeper.start();
      return success(null);
    },
    changePlan() {
      // A host that is new is taken soon, one that is left is given back.
      if (checks) keeper.wake();
      if (isLeading) void saveResources({ ...engineOf(), cluster: null }, engineOf().plan).catch(onError);
    },
    async stop() {
      isStopped = true;
      stopLook();
      await looking;
      await follower.stop();
      await keeper.stop();
      if (checks) await shared.leave();
    },
  };
}
