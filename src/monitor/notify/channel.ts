// The deliveries of one notifier, one after the other in the order of the events. What is left of them is in the store, so
// delivery continues after a restart. Another notifier that is down delays nothing here.

import type { Clock } from '../../core/clock.ts';
import type { Delivery, MonitorStore } from '../store/store.ts';
import type { WriteQueue } from '../store/write-queue.ts';
import { GIVE_UP_AFTER_MS, isDue, retryDelayMs } from './retry-delay.ts';
import type { SendResult } from './send-request.ts';

export interface Channel {
  /** There may be something to deliver. */
  wake(): void;
  /** Attempts each pending delivery, due or not, until the receiver seems to be down or the time is over. */
  deliverOnce(signal: AbortSignal): Promise<void>;
  /** No attempt follows. One that is running ends first, unless the signal aborts. */
  stop(): Promise<void>;
}

export interface ChannelOptions {
  readonly name: string;
  readonly store: MonitorStore;
  readonly writes: WriteQueue;
  readonly clock: Clock;
  /** Ends attempts. */
  readonly signal: AbortSignal;
  readonly attempt: (delivery: Delivery, signal: AbortSignal) => Promise<SendResult>;
  /** After each attempt; `isGivenUp`: the event is lost to this notifier. */
  readonly onResult: (result: SendResult, isGivenUp: boolean) => void;
  /** All that is due was attempted. */
  readonly onIdle: () => void;
  /** A bug. */
  readonly onError: (error: unknown) => void;
}

/** Of the store at a time. */
const BATCH = 100;
const FOREVER_MS = Number.MAX_SAFE_INTEGER;
const STORE_RETRY_MS = 60_000;
/** An event that a working receiver refused so often no longer holds up later ones. */
const REFUSALS = 5;
const ONCE_LIMIT_MS = 60_000;
const MAX_REMEMBERED = 10_000;

export function createChannel(options: ChannelOptions): Channel {
  const { name, store, writes, clock, onError, onResult } = options;
  /** Decided, though the store may not have kept it: never attempted again. */
  const decided = new Set<number>();
  const refusals = new Map<number, number>();
  let running: Promise<void> | null = null;
  let isWoken = false;
  let isStopped = false;
  let cancelTimer = (): void => {};

  const readPending = async (): Promise<readonly Delivery[] | undefined> => {
    const pending = await store.readDueDeliveries({ nowMs: FOREVER_MS, notifier: name, limit: BATCH + decided.size });
    return pending.ok ? pending.value.filter(({ eventId }) => !decided.has(eventId)) : undefined;
  };

  /** undefined: it was aborted. */
  const attempt = async (delivery: Delivery, signal: AbortSignal): Promise<SendResult | undefined> => {
    const { eventId, notifier, event } = delivery;
    let result: SendResult;
    try {
      result = await options.attempt(delivery, signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      onError(error);
      result = { isDelivered: false, problem: 'internal error', isRefusal: true, isFinal: false, waitMs: 0 };
    }
    const nowMs = Math.floor(clock.now());
    const attempts = delivery.attempts + 1;
    const isGivenUp = !result.isDelivered && (result.isFinal || nowMs - event.atMs >= GIVE_UP_AFTER_MS);
    if (result.isDelivered || isGivenUp) {
      decided.add(eventId);
      refusals.delete(eventId);
    } else if (result.isRefusal) refusals.set(eventId, (refusals.get(eventId) ?? 0) + 1);
    onResult(result, isGivenUp);
    const next = result.isDelivered || isGivenUp ? null : nowMs + retryDelayMs(attempts, result.waitMs);
    const written = await writes.add({
      deliveries: [
        {
          ...{ eventId, notifier, attempts, nextAttemptAtMs: next },
          deliveredAtMs: result.isDelivered ? nowMs : null,
          error: result.isDelivered ? null : result.problem,
        },
      ],
    });
    if (written !== null || decided.size > MAX_REMEMBERED) decided.delete(eventId);
    return result;
  };

  const work = async (): Promise<void> => {
    while (!isStopped) {
      isWoken = false;
      const pending = await readPending();
      if (pending === undefined) return wait(STORE_RETRY_MS);
      const { due, waitMs } = choose(pending);
      if (due !== undefined) await attempt(due, options.signal);
      else if (!isWoken) return wait(waitMs);
    }
  };

  /** The first one that is due; none is attempted before one that waits, unless that is refused again and again. */
  const choose = (pending: readonly Delivery[]): { readonly due?: Delivery; readonly waitMs: number } => {
    const nowMs = clock.now();
    let waitMs = Number.POSITIVE_INFINITY;
    for (const delivery of pending) {
      const { eventId, attempts, nextAttemptAtMs } = delivery;
      if (attempts === 0 || isDue(nextAttemptAtMs ?? 0, nowMs)) return { due: delivery, waitMs: 0 };
      waitMs = Math.min(waitMs, (nextAttemptAtMs ?? 0) - nowMs);
      if ((refusals.get(eventId) ?? 0) < REFUSALS) break;
    }
    return { waitMs };
  };

  const wait = (durationMs: number): void => {
    options.onIdle();
    if (isStopped || durationMs === Number.POSITIVE_INFINITY) return;
    cancelTimer = clock.startTimer(Math.max(1, durationMs), wake);
  };

  const wake = (): void => {
    isWoken = true;
    if (running !== null || isStopped) return;
    cancelTimer();
    running = work()
      .catch(onError)
      .finally(() => {
        running = null;
        // It was woken after it had looked.
        if (isWoken) wake();
      });
  };

  return {
    wake,
    async deliverOnce(signal) {
      const startedMs = clock.elapsed();
      for (const delivery of (await readPending()) ?? []) {
        if (signal.aborted || clock.elapsed() - startedMs >= ONCE_LIMIT_MS) return;
        const result = await attempt(delivery, signal);
        if (result === undefined || (!result.isDelivered && !result.isRefusal)) return;
      }
    },
    async stop() {
      isStopped = true;
      cancelTimer();
      await running;
    },
  };
}
