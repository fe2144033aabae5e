// Limits the requests of a run to each host: a maximum number of concurrent ones, and none while the host is rate limiting.
//
// After "too many requests" (RFC 6585 section 4) nothing in the run sends that host a request until its pause is over.
// Then one request goes ahead, and each response makes room for one more, which doubles them with every round trip.
// Other hosts are not affected. Requests without a response for a minute fail without being sent: sending them one by
// one would be the load that the host complains about.

import type { Clock } from '../core/clock.ts';
import { getOrCreate } from '../core/once.ts';
import { failure } from '../core/outcome.ts';
import { finalFailure, type HttpFailure, isTimeout } from './failure.ts';
import { MIN_WAIT_MS } from './retry.ts';
import { retryAfterMs } from './retry-after.ts';
import type { HttpRequest, HttpResponse, Middleware } from './send.ts';

export interface PacerOptions {
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  /** Whether the host asks for fewer requests, and waiting helps. */
  readonly isTooMany: (response: HttpResponse) => boolean;
  /** Called for every pause that is waited for. */
  readonly onPause?: ((pause: HostPause) => void) | undefined;
  /** Called for every pause that is too long to wait for. */
  readonly onLongPause?: ((pause: HostPause) => void) | undefined;
}

export interface HostPause {
  /** `host[:port]` */
  readonly host: string;
  /** Milliseconds since 1970. */
  readonly untilMs: number;
}

export interface Pacer {
  /** For the requests of one check: a pause that ends after its deadline is a failure, and is not waited for. */
  withPacing(deadlineMs: number): Middleware;
  /**
   * Waits for the pause of a registry or of its token service, if it is worth waiting for and ends before `untilMs`.
   * Rejects as `sleep` does.
   */
  ready(host: string, signal: AbortSignal, untilMs?: number): Promise<void>;
}

/** Enough for all layers of nearly every image concurrently; each takes a connection. */
const MAX_CONCURRENT = 64;
/** If a host does not say how long; doubled with every 429 in a row. */
const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 16_000;
const MAX_WAIT_MS = 60_000;
/** No `Retry-After` silences a host for longer in a process that runs for months. Docker Hub counts pulls over six hours. */
const LONGEST_PAUSE_MS = 6 * 3_600_000;

/** http and https of one host share their state: loopback registries are tried over both. */
interface HostState {
  readonly host: string;
  /** Names of the registries that use it as their token service. */
  readonly realmOf: Set<string>;
  /** Maximum number of concurrent requests. */
  limit: number;
  running: number;
  readonly waiting: Set<() => void>;
  /** 429s in a row, without a success in between. */
  rateLimitHits: number;
  limitedSinceMs: number;
  pausedUntilMs: number;
}

export function createPacer({ clock, random, isTooMany, onPause, onLongPause }: PacerOptions): Pacer {
  const states = new Map<string, HostState>();

  const stateOf = ({ host }: URL): HostState =>
    getOrCreate(states, host, () => ({
      host,
      realmOf: new Set<string>(),
      limit: MAX_CONCURRENT,
      running: 0,
      waiting: new Set<() => void>(),
      rateLimitHits: 0,
      limitedSinceMs: 0,
      pausedUntilMs: 0,
    }));

  const isPaused = ({ pausedUntilMs }: HostState): boolean => pausedUntilMs > clock.now();

  /** Counted from the first 429, so that a run ends. */
  const isWorthWaiting = ({ pausedUntilMs, limitedSinceMs }: HostState): boolean =>
    pausedUntilMs - limitedSinceMs <= MAX_WAIT_MS;

  /** Takes a slot; false if that would take too long. */
  const enter = async (state: HostState, signal: AbortSignal, deadlineMs: number): Promise<boolean> => {
    for (;;) {
      if (isPaused(state)) {
        if (!isWorthWaiting(state) || state.pausedUntilMs >= deadlineMs) return false;
        await clock.sleep(state.pausedUntilMs - clock.now(), signal);
      } else if (state.running < state.limit) {
        state.running += 1;
        return true;
      } else {
        await waitForSlot(state, signal);
      }
    }
  };

  const leave = (state: HostState): void => {
    state.running -= 1;
    for (const wake of [...state.waiting].slice(0, Math.max(0, state.limit - state.running))) wake();
  };

  const pause = (state: HostState, request: HttpRequest, response: HttpResponse, isNews: boolean): void => {
    const now = clock.now();
    if (isNews) {
      if (state.rateLimitHits === 0) state.limitedSinceMs = now;
      state.rateLimitHits += 1;
      state.limit = 1;
    }
    const { namedBy } = request;
    if (namedBy?.as === 'realm') state.realmOf.add(namedBy.registry);
    const backoff = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (state.rateLimitHits - 1)) * (0.5 + random() / 2);
    const askedMs = retryAfterMs(response, now) ?? (isNews ? backoff : 0);
    const pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(MIN_WAIT_MS, askedMs));
    if (now + pauseMs <= state.pausedUntilMs) return;
    state.pausedUntilMs = now + pauseMs;
    // Each decides again whether it can wait that long.
    for (const wake of [...state.waiting]) wake();
    const report = isWorthWaiting(state) ? onPause : onLongPause;
    report?.({ host: state.host, untilMs: state.pausedUntilMs });
  };

  const onSuccess = (state: HostState): void => {
    state.rateLimitHits = 0;
    state.limit = Math.min(MAX_CONCURRENT, state.limit + 1);
  };

  return {
    withPacing: (deadlineMs) => (next) => async (request) => {
      const state = stateOf(request.url);
      try {
        if (!(await enter(state, request.signal, deadlineMs))) return failure(pausedFailure(state, clock.now()));
      } catch (reason) {
        // The deadline passed while it waited: for the host, or for the requests before it.
        if (!isTimeout(reason)) throw reason;
        return failure(state.rateLimitHits > 0 ? pausedFailure(state, clock.now()) : queueTimeout(state));
      }
      const { rateLimitHits } = state;
      try {
        const outcome = await next(request);
        // A response to a request from before the pause says nothing about the time after it.
        const isNews = state.rateLimitHits === rateLimitHits;
        if (outcome.ok && isTooMany(outcome.value)) pause(state, request, outcome.value, isNews);
        else if (outcome.ok && isNews) onSuccess(state);
        return outcome;
      } finally {
        leave(state);
      }
    },
    async ready(host, signal, untilMs = Number.POSITIVE_INFINITY) {
      const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
      for (;;) {
        const paused = [...states.values()].find(
          (state) => (state.host === host || state.realmOf.has(name)) && isPaused(state) && isWorthWaiting(state),
        );
        if (paused === undefined || paused.pausedUntilMs >= untilMs) return;
        await clock.sleep(paused.pausedUntilMs - clock.now(), signal);
      }
    },
  };
}

/** Resolves when there may be a free slot. `enter` checks immediately afterwards, so no wake-up is lost. */
const waitForSlot = ({ waiting }: HostState, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const done = (): void => {
      waiting.delete(wake);
      signal.removeEventListener('abort', onAbort);
    };
    const wake = (): void => {
      done();
      resolve();
    };
    const onAbort = (): void => {
      done();
      reject(signal.reason);
    };
    if (signal.aborted) return reject(signal.reason);
    waiting.add(wake);
    signal.addEventListener('abort', onAbort, { once: true });
  });

const queueTimeout = ({ host }: HostState): HttpFailure =>
  finalFailure('timeout', host, 'timed out waiting for other requests of this run');

const pausedFailure = ({ host, pausedUntilMs }: HostState, nowMs: number): HttpFailure => ({
  ...finalFailure('paused', host, 'the host is rate limiting this client'),
  waitMs: Math.max(0, pausedUntilMs - nowMs),
});
