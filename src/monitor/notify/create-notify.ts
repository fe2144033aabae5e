// Sends the events of a monitor to its notifiers, and pings dead man's switches.

import { type Clock, systemClock } from '../../core/clock.ts';
import type { Env } from '../../core/env.ts';
import type { MonitorStore } from '../store/store.ts';
import type { WriteQueue } from '../store/write-queue.ts';
import type { MonitorView } from '../view/monitor-view.ts';
import { type Channel, createChannel } from './channel.ts';
import { contextOf, deliver, ping } from './deliver.ts';
import type { Notification } from './notification.ts';
import type { NotifierOptions } from './notifier-options.ts';
import type { SendResult, sendRequest } from './send-request.ts';

export interface NotifyOptions {
  readonly view: MonitorView;
  readonly store: MonitorStore;
  readonly writes: WriteQueue;
  readonly notifiers: () => readonly NotifierOptions[];
  readonly env: () => Env;
  /** Certificates of additional authorities, PEM. */
  readonly ca: () => string | undefined;
  /** Where users reach the monitor, as configured. */
  readonly url: () => string | null;
  readonly clock?: Clock;
  /** Unset: over the network. */
  readonly send?: typeof sendRequest;
  /** A notifier begins to fail, works again (`problem` is null), or an event is given up. A problem contains no secret. */
  readonly onChange: (change: NotifierChange) => void;
  /** A bug. */
  readonly onError: (error: unknown) => void;
}

export interface NotifierChange {
  readonly notifier: string;
  readonly problem: string | null;
  /** An event will not be delivered to it. */
  readonly isGivenUp: boolean;
}

export interface NotifierCount {
  readonly notifier: string;
  /** Requests. */
  readonly failed: number;
  /** Events. */
  readonly pending: number;
}

export interface Notify {
  /** Delivers what is pending and what comes, until it stops. */
  start(): void;
  /** One attempt for everything that is pending, and one ping. */
  deliverOnce(signal: AbortSignal): Promise<void>;
  /** In the order of the configuration. */
  counts(): readonly NotifierCount[];
  /** Requests that are running may end in that time. */
  stop(graceMs?: number): Promise<void>;
}

const MINUTE_MS = 60_000;
const DEFAULT_GRACE_MS = 5_000;

export function createNotify(options: NotifyOptions): Notify {
  const { view, store, writes, url, clock = systemClock, onChange, onError } = options;
  const ending = new AbortController();
  const channels = new Map<string, Channel>();
  const failed = new Map<string, number>();
  const failing = new Set<string>();
  const pings = new Map<string, Promise<void>>();
  let pending: ReadonlyMap<string, number> = new Map();
  let counting: Promise<void> | null = null;
  let cancelTimer = (): void => {};
  let unsubscribe = (): void => {};
  let isStopped = false;

  const sendOptions = () => ({ clock, env: options.env(), ca: options.ca(), send: options.send });
  const named = (name: string): NotifierOptions | undefined => options.notifiers().find((one) => one.name === name);

  const report = (notifier: string, result: SendResult, isGivenUp: boolean): void => {
    if (named(notifier) === undefined) return;
    if (result.isDelivered) {
      if (failing.delete(notifier)) onChange({ notifier, problem: null, isGivenUp: false });
      return;
    }
    failed.set(notifier, (failed.get(notifier) ?? 0) + 1);
    if (!failing.has(notifier) || isGivenUp) onChange({ notifier, problem: result.problem, isGivenUp });
    failing.add(notifier);
  };

  const countPending = (): Promise<void> => {
    counting ??= store
      .countPending()
      .then((counts) => {
        if (counts.ok) pending = counts.value;
      })
      .catch(onError)
      .finally(() => {
        counting = null;
      });
    return counting;
  };

  const createNamed = (name: string): Channel =>
    createChannel({
      ...{ name, store, writes, clock, signal: ending.signal, onError },
      async attempt({ event, resource }, signal) {
        const notifier = named(name);
        if (notifier === undefined) return removed;
        const notice: Notification = { ...event, event: event.event as Notification['event'], resource };
        return deliver(notifier, notice, await contextOf(notice, { view, store, url: url() }), signal, sendOptions());
      },
      onResult: (result, isGivenUp) => report(name, result, isGivenUp),
      onIdle: () => void countPending(),
    });

  /** A channel for each notifier. One that left the configuration gives up what is pending. */
  const update = (): void => {
    const notifiers = options.notifiers();
    for (const { kind, name } of notifiers) {
      if (kind !== 'ping' && !channels.has(name)) channels.set(name, createNamed(name));
    }
    const present = new Set(notifiers.map(({ name }) => name));
    for (const kept of [failed, failing]) for (const name of kept.keys()) if (!present.has(name)) kept.delete(name);
  };

  const wake = (): void => {
    update();
    for (const channel of channels.values()) channel.wake();
  };

  const pingAll = (signal: AbortSignal): Promise<unknown> => {
    const { isAlive, store: problem } = view.health();
    if (!isAlive || problem !== null) return Promise.resolve();
    const switches = options.notifiers().filter(({ kind }) => kind === 'ping');
    return Promise.all(
      switches.map((notifier) => {
        const { name } = notifier;
        const sending =
          pings.get(name) ??
          ping(notifier, signal, sendOptions())
            .then((result) => report(name, result, false))
            .catch((error: unknown) => {
              if (!signal.aborted) onError(error);
            })
            .finally(() => pings.delete(name));
        pings.set(name, sending);
        return sending;
      }),
    );
  };

  const tick = (): void => {
    if (isStopped) return;
    void pingAll(ending.signal);
    wake();
    cancelTimer = clock.startTimer(MINUTE_MS, tick);
  };

  return {
    start() {
      unsubscribe = view.subscribe(({ kind }) => {
        if (kind === 'event') wake();
      });
      giveUpRemoved().then(wake).catch(onError);
      tick();
    },
    async deliverOnce(signal) {
      update();
      await giveUpRemoved();
      await Promise.all([...[...channels.values()].map((channel) => channel.deliverOnce(signal)), pingAll(signal)]);
    },
    counts() {
      return options.notifiers().map(({ name, kind }) => ({
        ...{ notifier: name, failed: failed.get(name) ?? 0 },
        pending: kind === 'ping' ? 0 : (pending.get(name) ?? 0),
      }));
    },
    async stop(graceMs = DEFAULT_GRACE_MS) {
      isStopped = true;
      unsubscribe();
      cancelTimer();
      const ended = Promise.all([...[...channels.values()].map((channel) => channel.stop()), ...pings.values()]);
      // Not longer: a store that fails keeps what is to be written, and the writer waits.
      await new Promise<void>((resolve) => {
        const stopTimer = clock.startTimer(graceMs, resolve);
        ended.then(stopTimer, onError).finally(resolve);
      });
      ending.abort(new Error('the monitor stops'));
    },
  };

  /** Of an earlier configuration: without this they would wait forever. */
  async function giveUpRemoved(): Promise<void> {
    const counts = await store.countPending();
    if (!counts.ok) return;
    pending = counts.value;
    for (const notifier of counts.value.keys()) {
      if (named(notifier) !== undefined) continue;
      const due = await store.readDueDeliveries({ nowMs: Number.MAX_SAFE_INTEGER, notifier, limit: 10_000 });
      if (!due.ok) return;
      const error = 'the notifier was removed';
      const deliveries = due.value.map(({ eventId, attempts }) => ({
        ...{ eventId, notifier, attempts, nextAttemptAtMs: null, deliveredAtMs: null, error },
      }));
      await writes.add({ deliveries });
    }
  }
}

const removed: SendResult = {
  ...{ isDelivered: false, problem: 'the notifier was removed', isRefusal: false, isFinal: true, waitMs: 0 },
};
