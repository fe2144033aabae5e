// Follows what other processes write to the store, so that this one shows it: new checks, outages, pauses, events.

import { type Engine, nowOf, publish, type Tracked } from '../engine/engine.ts';
import { parseStatus } from '../engine/kept-status.ts';
import { groupByResource, readWindows } from '../engine/roll-up.ts';
import { isFarAhead } from '../history/record-time.ts';
import { ROLLED_UP_KEY } from '../store/changes.ts';
import type { StoreFailure } from '../store/failure.ts';
import type { SharedChange, SharedStore } from '../store/shared-store.ts';

export interface Follower {
  start(): void;
  /** Reads them now. False if the store cannot be read. */
  read(ids: readonly string[]): Promise<boolean>;
  addOwnEvent(id: number): void;
  stop(): Promise<void>;
}

export interface FollowerOptions {
  readonly engine: () => Engine;
  readonly shared: SharedStore;
  /** Others than those that this process checks. */
  readonly isForeign: (id: string) => boolean;
  /** Also for the changes of this process. */
  readonly onChange: (change: SharedChange) => void;
  /** The connection is there, and everything was read. */
  readonly onOpen: () => void;
  /** It cannot be read: null if it can be read again. */
  readonly onStore: (failure: StoreFailure | null) => void;
}

const EVENTS_AT_ONCE = 500;
const RETRY_MS = 1_000;

export function createFollower(options: FollowerOptions): Follower {
  const { shared, isForeign, onChange, onOpen, onStore } = options;
  /** The latest check of each resource that is shown. */
  const shownMs = new WeakMap<Tracked, number>();
  const ownEvents = new Set<number>();
  let waiting = new Set<string>();
  let lastEventId: number | null = null;
  let hasEvents = false;
  let isRolledUp = false;
  let isOpening = false;
  let running: Promise<void> | null = null;
  let stopRetry = (): void => {};
  let stopListening = async (): Promise<void> => {};
  let isStopped = false;

  const read = async (ids: readonly string[]): Promise<boolean> => {
    const engine = options.engine();
    const { store, rollupMs } = engine;
    const all = ids.flatMap((id) => engine.all.get(id) ?? []);
    for (let from = 0; from < all.length; from += store.resourcesAtOnce) {
      const some = all.slice(from, from + store.resourcesAtOnce);
      const names = some.map(({ resource }) => resource.id);
      // First: the checks that are read include the last one that it names.
      const overview = await store.readOverview({ sinceMs: [], ids: names });
      const after = some.map((one) => ({ resource: one.resource.id, atMs: latestShown(one, rollupMs) }));
      const [checks, pauses] = await Promise.all([
        shared.readChecksAfter(after),
        store.readPauses({ resources: names, fromMs: rollupMs, toMs: Number.MAX_SAFE_INTEGER }),
      ]);
      if (!overview.ok || !checks.ok || !pauses.ok) return false;
      const kept = new Map(overview.value.map((one) => [one.resource.id, one]));
      const checksOf = groupByResource(checks.value);
      const pausesOf = groupByResource(pauses.value);
      for (const tracked of some) {
        const { shown, resource } = tracked;
        const one = kept.get(resource.id);
        const parsed = parseStatus(one?.status ?? null);
        // A paused resource may have none.
        if (parsed !== null) {
          const { status, hint, hintCode } = parsed;
          const outageId = status.outage === null ? null : (one?.openOutage?.id ?? null);
          Object.assign(shown, { status, hint, hintCode, outageId });
        }
        const those = pausesOf.get(resource.id) ?? [];
        for (const { startedAtMs, endedAtMs } of those) {
          shown.recent.setPause({ fromMs: startedAtMs, toMs: endedAtMs ?? Number.POSITIVE_INFINITY });
        }
        const open = those.find(({ endedAtMs }) => endedAtMs === null);
        shown.pause = open === undefined ? null : { sinceMs: open.startedAtMs, maintenance: open.maintenance };
        for (const check of checksOf.get(resource.id) ?? []) {
          shown.recent.add(check);
          shownMs.set(tracked, check.atMs);
          const view = engine.state.listeners.size > 0 ? engine.viewOf(resource.id) : null;
          if (view !== null) publish(engine, { kind: 'check', resource: view, check });
        }
      }
    }
    return true;
  };

  const latestShown = (tracked: Tracked, rollupMs: number): number =>
    shownMs.get(tracked) ?? tracked.shown.status?.last.atMs ?? rollupMs - 1;

  /** In their order, each once. */
  const readEvents = async (): Promise<boolean> => {
    const engine = options.engine();
    if (lastEventId === null) {
      const latest = await engine.store.readLatestEvents({ limit: 1 });
      if (latest.ok) lastEventId = latest.value[0]?.id ?? 0;
      return latest.ok;
    }
    for (;;) {
      const events = await engine.store.readEvents({ afterId: lastEventId, limit: EVENTS_AT_ONCE });
      if (!events.ok) return false;
      for (const event of events.value) {
        lastEventId = event.id;
        publish(engine, { kind: 'event', event, isForeign: !ownEvents.delete(event.id) });
      }
      if (events.value.length < EVENTS_AT_ONCE) return true;
    }
  };

  const followRollups = async (): Promise<boolean> => {
    const engine = options.engine();
    const meta = await engine.store.readMeta();
    if (!meta.ok) return false;
    const endMs = Number(meta.value.get(ROLLED_UP_KEY) ?? 0);
    // Rolled up by a clock that was ahead: the hours since then are rolled up again.
    const wasAhead = isFarAhead(engine.state.rolledUpMs, nowOf(engine));
    if (endMs <= engine.state.rolledUpMs && !wasAhead) return true;
    engine.rollupMs = wasAhead ? endMs : Math.max(engine.rollupMs, endMs);
    return readWindows(engine);
  };

  const readAll = async (): Promise<boolean> => {
    const ids = [...waiting].filter(isForeign);
    waiting = new Set();
    if (ids.length > 0 && !(await read(ids))) {
      for (const id of ids) waiting.add(id);
      return false;
    }
    if (hasEvents) {
      hasEvents = false;
      if (!(await readEvents())) {
        hasEvents = true;
        return false;
      }
    }
    if (isRolledUp) {
      isRolledUp = false;
      if (!(await followRollups())) {
        isRolledUp = true;
        return false;
      }
    }
    return true;
  };

  const work = async (): Promise<void> => {
    while (!isStopped && (waiting.size > 0 || hasEvents || isRolledUp || isOpening)) {
      const wasOpening = isOpening;
      isOpening = false;
      const isRead = await readAll();
      const { failure } = options.engine().store;
      if (!isRead) {
        isOpening ||= wasOpening;
        if (failure !== null) onStore(failure);
        stopRetry = options.engine().clock.startTimer(RETRY_MS, wake);
        return;
      }
      onStore(null);
      if (wasOpening) onOpen();
    }
  };

  const wake = (): void => {
    stopRetry();
    running ??= work()
      .catch((error) => options.engine().onError(error))
      .finally(() => {
        running = null;
      });
  };

  return {
    start() {
      stopListening = shared.listen({
        onOpen() {
          for (const id of options.engine().all.keys()) waiting.add(id);
          hasEvents = isRolledUp = isOpening = true;
          wake();
        },
        onChange(change) {
          if (change.writer !== shared.id) for (const id of change.resources ?? []) waiting.add(id);
          for (const id of change.events ?? []) {
            if (change.writer === shared.id) ownEvents.add(id);
            hasEvents = true;
          }
          isRolledUp ||= change.isRolledUp === true && change.writer !== shared.id;
          onChange(change);
          wake();
        },
        onLost: onStore,
      });
    },
    read,
    addOwnEvent: (id) => {
      // Published before its write has ended: then it was known by its writer.
      if (id > (lastEventId ?? 0)) ownEvents.add(id);
    },
    async stop() {
      isStopped = true;
      stopRetry();
      await stopListening();
      await running;
    },
  };
}
