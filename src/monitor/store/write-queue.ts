// Writes changes to a store together and in order, and keeps them waiting while the store fails.

import type { Clock } from '../../core/clock.ts';
import type { Changes, Written } from './changes.ts';
import type { StoreFailure } from './failure.ts';
import type { Lease } from './lease.ts';
import type { MonitorStore } from './store.ts';

export interface WriteQueue {
  /** How many changes are not written yet. */
  readonly held: number;
  /** The oldest time of a check among them. */
  readonly oldestMs: number;
  /** Resolves when the store has kept it: only then may the API or the log show it. null: it was given up. */
  add(changes: Changes): Promise<Written | null>;
  /** The store works again: what is held is written without a further wait. */
  retry(): void;
  /** Tries once more to write what is held, and gives up the rest. No call may follow. */
  close(): Promise<void>;
}

export interface WriteQueueOptions {
  readonly clock: Clock;
  /** Beyond so many, the oldest are given up. */
  readonly maxHeld?: number;
  /** Called once when writing begins to fail, and when it fails in another way. */
  readonly onFailure: (failure: StoreFailure) => void;
  /** Called once when it succeeds again; how many changes were given up meanwhile. */
  readonly onRecovery: (givenUp: number) => void;
}

const MAX_HELD = 20_000;
/** One commit of so many stays in the range of 10 ms. */
const MAX_TOGETHER = 100;
const RETRY_MS = 5_000;

interface Held {
  readonly changes: Changes;
  readonly resolve: (written: Written | null) => void;
  readonly reject: (error: unknown) => void;
}

export function createWriteQueue(store: MonitorStore, options: WriteQueueOptions): WriteQueue {
  const { clock, maxHeld = MAX_HELD, onFailure, onRecovery } = options;
  const held: Held[] = [];
  let failing: StoreFailure['kind'] | null = null;
  let givenUp = 0;
  let running: Promise<void> | null = null;
  let cancelRetry: (() => void) | null = null;

  const start = (): void => {
    if (running !== null || cancelRetry !== null) return;
    // What is added in the same turn of the event loop is written together.
    running = new Promise<void>((resolve) => setImmediate(resolve)).then(writeAll).finally(() => {
      running = null;
    });
  };

  /** Until all is written or the store fails. */
  const writeAll = async (): Promise<void> => {
    while (held.length > 0) {
      const batch = held.slice(0, MAX_TOGETHER);
      const done = await writeBatch(batch);
      if (!done) {
        cancelRetry = clock.startTimer(RETRY_MS, () => {
          cancelRetry = null;
          start();
        });
        return;
      }
    }
  };

  const writeBatch = async (batch: readonly Held[]): Promise<boolean> => {
    let outcome: Awaited<ReturnType<MonitorStore['write']>>;
    try {
      outcome = await store.write(mergeChanges(batch.map(({ changes }) => changes)));
    } catch (error) {
      // A bug in one of them must not take the others along.
      if (batch.length > 1) {
        for (const one of batch) if (!(await writeBatch([one]))) return false;
        return true;
      }
      remove(batch);
      batch[0]?.reject(error);
      return true;
    }
    if (!outcome.ok && outcome.error.kind === 'fenced') {
      // One that was written too late must not take the others along.
      if (batch.length > 1) {
        for (const one of batch) if (!(await writeBatch([one]))) return false;
        return true;
      }
      remove(batch);
      batch[0]?.resolve(null);
      return true;
    }
    if (!outcome.ok && outcome.error.kind === 'lapsed') return false;
    if (!outcome.ok) {
      if (failing !== outcome.error.kind) onFailure(outcome.error);
      failing = outcome.error.kind;
      return false;
    }
    if (failing !== null) {
      failing = null;
      onRecovery(givenUp);
      givenUp = 0;
    }
    remove(batch);
    settle(batch, outcome.value);
    return true;
  };

  /** Some may have been given up meanwhile. */
  const remove = (batch: readonly Held[]): void => {
    for (const one of batch) if (held[0] === one) held.shift();
  };

  return {
    get held() {
      return held.length;
    },
    get oldestMs() {
      return held.reduce(
        (least, { changes }) => (changes.checks ?? []).reduce((min, { atMs }) => Math.min(min, atMs), least),
        Number.POSITIVE_INFINITY,
      );
    },
    add: (changes) =>
      new Promise((resolve, reject) => {
        held.push({ changes, resolve, reject });
        while (held.length > maxHeld) {
          givenUp += 1;
          held.shift()?.resolve(null);
        }
        start();
      }),
    retry() {
      cancelRetry?.();
      cancelRetry = null;
      if (held.length > 0) start();
    },
    async close() {
      cancelRetry?.();
      cancelRetry = null;
      start();
      await running;
      (cancelRetry as (() => void) | null)?.();
      for (const one of held.splice(0)) one.resolve(null);
    },
  };
}

function mergeChanges(all: readonly Changes[]): Changes {
  return {
    leases: uniqueLeases(all.flatMap(({ leases = [] }) => leases)),
    checks: all.flatMap(({ checks = [] }) => checks),
    hours: all.flatMap(({ hours = [] }) => hours),
    statuses: all.flatMap(({ statuses = [] }) => statuses),
    results: all.flatMap(({ results = [] }) => results),
    outages: all.flatMap(({ outages = [] }) => outages),
    pauses: all.flatMap(({ pauses = [] }) => pauses),
    events: all.flatMap(({ events = [] }) => events),
    deliveries: all.flatMap(({ deliveries = [] }) => deliveries),
    meta: Object.assign({}, ...all.map(({ meta }) => meta)),
  };
}

function uniqueLeases(leases: readonly Lease[]): readonly Lease[] {
  return [...new Map(leases.map((lease) => [`${lease.epoch} ${lease.name}`, lease])).values()];
}

/** Each gets the ids of its own events and outages. */
function settle(batch: readonly Held[], { eventIds, outageIds }: Written): void {
  let [event, outage] = [0, 0];
  for (const { changes, resolve } of batch) {
    const events = changes.events?.length ?? 0;
    const outages = changes.outages?.length ?? 0;
    resolve({
      eventIds: eventIds.slice(event, event + events),
      outageIds: outageIds.slice(outage, outage + outages),
    });
    event += events;
    outage += outages;
  }
}
