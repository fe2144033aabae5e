// Keeps the requests of a run to each host within bounds: so many at once, and none while the host asks for a pause.
//
// A host that answers "too many requests" (RFC 6585 section 4) is asked nothing until its pause is over, by nobody in
// the run; then one request goes ahead to see, and each answer makes room for one more, which doubles them with every
// round trip. The others wait for the host, never for each other's hosts. All that did not get an answer for a minute
// are told so without a request: to ask them one by one would be the hammering that the host complains of.

import type { Clock } from '../core/clock.ts';
import { failure } from '../core/outcome.ts';
import { type HttpFailure, isTimeout } from './failure.ts';
import { askedWaitMs, LONGEST_WAIT_MS, SHORTEST_WAIT_MS } from './retry.ts';
import type { HttpRequest, HttpResponse, Middleware } from './send.ts';

export interface PacerOptions {
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  /** Answers of a host that wants fewer requests; not those that no waiting mends. */
  readonly isTooMany: (response: HttpResponse) => boolean;
  /** Told of every pause that is waited for. */
  readonly onPause?: ((pause: HostPause) => void) | undefined;
}

export interface HostPause {
  /** `host[:port]` */
  readonly host: string;
  /** Milliseconds since 1970. */
  readonly untilMs: number;
}

export interface Pacer {
  /** For the requests of one check: a pause that ends after its deadline is not waited for, but is a failure. */
  paced(deadlineMs: number): Middleware;
  /** Waits for the pause of a registry or of its token service, if it is worth waiting for. Rejects as `sleep` does. */
  ready(host: string, signal: AbortSignal): Promise<void>;
}

/** Enough for all the layers of nearly every image at once; a connection each. */
const MOST_AT_ONCE = 64;
/** When a host does not say how long: doubled with every refusal in a row. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 16_000;

/** A host: http and https of one name are one, as loopback registries are asked by both. */
interface Lane {
  readonly host: string;
  /** Names of the registries whose token service it is. */
  readonly realmOf: Set<string>;
  /** How many requests may be under way, and are. */
  room: number;
  underWay: number;
  readonly waiting: Set<() => void>;
  /** Pauses in a row, without an answer in between; since when. */
  refusals: number;
  refusingSinceMs: number;
  pausedUntilMs: number;
}

export function createPacer({ clock, random, isTooMany, onPause }: PacerOptions): Pacer {
  const lanes = new Map<string, Lane>();

  const laneOf = ({ host }: URL): Lane => {
    const kept = lanes.get(host);
    if (kept !== undefined) return kept;
    const lane: Lane = {
      host,
      realmOf: new Set(),
      room: MOST_AT_ONCE,
      underWay: 0,
      waiting: new Set(),
      refusals: 0,
      refusingSinceMs: 0,
      pausedUntilMs: 0,
    };
    lanes.set(host, lane);
    return lane;
  };

  const isPaused = ({ pausedUntilMs }: Lane): boolean => pausedUntilMs > clock.now();

  /** As a single request is: see the retry. Counted from the first refusal, so that a run comes to an end. */
  const isWorthWaiting = ({ pausedUntilMs, refusingSinceMs }: Lane): boolean =>
    pausedUntilMs - refusingSinceMs <= LONGEST_WAIT_MS;

  /** Takes a place; false when that would take too long. */
  const enter = async (lane: Lane, signal: AbortSignal, deadlineMs: number): Promise<boolean> => {
    for (;;) {
      if (isPaused(lane)) {
        if (!isWorthWaiting(lane) || lane.pausedUntilMs >= deadlineMs) return false;
        await clock.sleep(lane.pausedUntilMs - clock.now(), signal);
      } else if (lane.underWay < lane.room) {
        lane.underWay += 1;
        return true;
      } else {
        await turn(lane, signal);
      }
    }
  };

  const leave = (lane: Lane): void => {
    lane.underWay -= 1;
    for (const wake of [...lane.waiting].slice(0, Math.max(0, lane.room - lane.underWay))) wake();
  };

  const pause = (lane: Lane, request: HttpRequest, response: HttpResponse, isNews: boolean): void => {
    const now = clock.now();
    if (isNews) {
      if (lane.refusals === 0) lane.refusingSinceMs = now;
      lane.refusals += 1;
      lane.room = 1;
    }
    const { namedBy } = request;
    if (namedBy?.as === 'realm') lane.realmOf.add(namedBy.registry);
    const backoff = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (lane.refusals - 1)) * (0.5 + random() / 2);
    const pauseMs = Math.max(SHORTEST_WAIT_MS, askedWaitMs(response, now) ?? (isNews ? backoff : 0));
    if (now + pauseMs <= lane.pausedUntilMs) return;
    lane.pausedUntilMs = now + pauseMs;
    // They decide anew whether they can wait so long.
    for (const wake of [...lane.waiting]) wake();
    if (isWorthWaiting(lane)) onPause?.({ host: lane.host, untilMs: lane.pausedUntilMs });
  };

  const welcome = (lane: Lane): void => {
    lane.refusals = 0;
    lane.room = Math.min(MOST_AT_ONCE, lane.room + 1);
  };

  return {
    paced: (deadlineMs) => (next) => async (request) => {
      const lane = laneOf(request.url);
      try {
        if (!(await enter(lane, request.signal, deadlineMs))) return failure(pausedFailure(lane, clock.now()));
      } catch (reason) {
        // The deadline came while it waited: for the host, or for the requests before it.
        if (!isTimeout(reason)) throw reason;
        return failure(lane.refusals > 0 ? pausedFailure(lane, clock.now()) : crowdedFailure(lane));
      }
      const { refusals } = lane;
      try {
        const outcome = await next(request);
        // What was sent before the pause began says nothing of how the host feels after it.
        const isNews = lane.refusals === refusals;
        if (outcome.ok && isTooMany(outcome.value)) pause(lane, request, outcome.value, isNews);
        else if (outcome.ok && isNews) welcome(lane);
        return outcome;
      } finally {
        leave(lane);
      }
    },
    async ready(host, signal) {
      const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
      for (;;) {
        const paused = [...lanes.values()].find(
          (lane) => (lane.host === host || lane.realmOf.has(name)) && isPaused(lane) && isWorthWaiting(lane),
        );
        if (paused === undefined) return;
        await clock.sleep(paused.pausedUntilMs - clock.now(), signal);
      }
    },
  };
}

/** Until somebody makes room. Nothing lies between being woken and going on: a wake-up is never lost. */
const turn = ({ waiting }: Lane, signal: AbortSignal): Promise<void> =>
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

const crowdedFailure = ({ host }: Lane): HttpFailure => ({
  kind: 'timeout',
  phase: 'headers',
  host,
  code: null,
  detail: 'other requests of this run came first',
  passing: false,
});

const pausedFailure = ({ host, pausedUntilMs }: Lane, nowMs: number): HttpFailure => ({
  kind: 'paused',
  phase: 'headers',
  host,
  code: null,
  detail: 'it asked for a pause after too many requests',
  passing: false,
  waitMs: Math.max(0, pausedUntilMs - nowMs),
});
