// Repeats a request if that can help, after a wait that the server chose or a random one, within the image's deadline.

import type { Clock } from '../core/clock.ts';
import { failure, success } from '../core/outcome.ts';
import { type Attempts, isTimeout } from './failure.ts';
import { patienceOf } from './patience.ts';
import { retryAfterMs } from './retry-after.ts';
import type { HttpResponse, Middleware, Send } from './send.ts';

/** The statuses that are retried, as they say "not now": RFC 9110, RFC 8470 (425), nginx (499), Cloudflare (520-524). */
export const TRANSIENT_STATUSES = new Set([408, 425, 429, 499, 500, 502, 503, 504, 520, 521, 522, 523, 524]);

const FIRST_BACKOFF_MS = 300;
const MAX_BACKOFF_MS = 5_000;
export const MIN_WAIT_MS = 50;
const NEARLY_ALL = 0.9;

/** After a `long` one (a quota, a locked account) waiting does not help, unless the server says how long to wait. */
export type LimitLength = 'short' | 'long';

export interface RetryOptions {
  /** After the first attempt. */
  readonly retries: number;
  /** Milliseconds since 1970: an attempt leaves time before it for the next. */
  readonly deadlineMs: number;
  /** What the user allows for the image: a request that took nearly all of it did not end within this limit. */
  readonly limitMs?: number;
  /** Milliseconds since 1970: a wait that would pass it is not begun; default the deadline. */
  readonly pauseUntilMs?: number;
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  /** Whether the response says that a limit was met. Its status may be 403. */
  readonly limitOf: (response: HttpResponse) => LimitLength | undefined;
  /** Called before each wait; `isRequested`: the server chose it. */
  readonly onWait?: ((wait: RetryWait) => void) | undefined;
}

export interface RetryWait {
  readonly waitMs: number;
  readonly isRequested: boolean;
  readonly outcome: Outcomes;
}

export function withRetry({
  retries,
  deadlineMs,
  limitMs = Number.POSITIVE_INFINITY,
  pauseUntilMs = deadlineMs,
  clock,
  random,
  limitOf,
  onWait,
}: RetryOptions): Middleware {
  const mayPass = (response: HttpResponse): boolean => {
    const limit = limitOf(response);
    if (limit === undefined) return TRANSIENT_STATUSES.has(response.status);
    return limit === 'short' || retryAfterMs(response, clock.now()) !== undefined;
  };

  return (next) => async (request) => {
    const { hasAlternative = false } = request;
    const repeats = hasAlternative ? 0 : retries;
    let longestMs = 0;
    const startedMs = clock.now();
    for (let attempt = 1; ; attempt += 1) {
      const patienceMs = patienceOf(deadlineMs - clock.now());
      const isFollowed = hasAlternative || (attempt <= repeats && clock.now() + patienceMs < pauseUntilMs);
      const patience = isFollowed ? { patienceMs } : {};
      const sent = await next({ ...request, attempt, ...patience });
      const durationMs = clock.now() - startedMs;
      const waitedMs = durationMs >= limitMs * NEARLY_ALL ? limitMs : longestMs;
      const outcome = withAttempts(withLongest(sent, waitedMs, limitMs), { count: attempt, durationMs });
      if (!outcome.ok) longestMs = outcome.error.waitedMs ?? longestMs;
      const isTransient = outcome.ok ? mayPass(outcome.value) : outcome.error.isTransient;
      if (!isTransient || attempt > repeats) return outcome;
      const requestedMs = outcome.ok ? retryAfterMs(outcome.value, clock.now()) : undefined;
      // Full jitter: clients that failed together must not come back together.
      const backoffMs = random() * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
      const waitMs = Math.max(MIN_WAIT_MS, requestedMs ?? backoffMs);
      if (clock.now() + waitMs >= pauseUntilMs) return outcome;
      onWait?.({ waitMs, isRequested: requestedMs !== undefined, outcome });
      try {
        await clock.sleep(waitMs, request.signal);
      } catch (reason) {
        // At the deadline the last response counts. For any other reason the caller cancelled.
        if (isTimeout(reason)) return outcome;
        throw reason;
      }
    }
  };
}

type Outcomes = Awaited<ReturnType<Send>>;

function withAttempts(outcome: Outcomes, attempts: Attempts): Outcomes {
  if (attempts.count === 1) return outcome;
  return outcome.ok ? success({ ...outcome.value, attempts }) : failure({ ...outcome.error, attempts });
}

/** The last attempt had the least time: the message of a timeout names the longest, or the limit of all attempts. */
function withLongest(outcome: Outcomes, atLeastMs: number, limitMs: number): Outcomes {
  if (outcome.ok || outcome.error.waitedMs === undefined) return outcome;
  const waitedMs = Math.min(Math.max(atLeastMs, outcome.error.waitedMs), limitMs);
  return failure({ ...outcome.error, waitedMs });
}
