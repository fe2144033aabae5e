// Asks again when that can help, after a wait the server chose or a random one, never past the image's deadline.

import type { Clock } from '../core/clock.ts';
import { isTimeout } from './failure.ts';
import { findRetryAfter, parseRetryAfter } from './retry-after.ts';
import type { HttpResponse, Middleware } from './send.ts';

/** Answers that say "not now": RFC 9110, RFC 8470 (425), nginx (499), Cloudflare (520-524). */
const PASSING_STATUSES = new Set([408, 425, 429, 499, 500, 502, 503, 504, 520, 521, 522, 523, 524]);

const FIRST_WAIT_MS = 300;
const LONGEST_BACKOFF_MS = 5_000;
export const SHORTEST_WAIT_MS = 50;
/** A server that asks for more than this is not waited for: the person is told instead. */
export const LONGEST_WAIT_MS = 60_000;

export interface RetryOptions {
  /** Repeats after the first attempt. */
  readonly retries: number;
  /** Milliseconds since 1970: a wait that would pass it is not begun. */
  readonly deadlineMs: number;
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  /** Answers with a passing status that waiting will not mend (a quota, a locked login). */
  readonly isFinal: (response: HttpResponse) => boolean;
}

export function withRetry({ retries, deadlineMs, clock, random, isFinal }: RetryOptions): Middleware {
  return (next) => async (request) => {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await next({ ...request, attempt });
      const repeatable = outcome.ok
        ? PASSING_STATUSES.has(outcome.value.status) && !isFinal(outcome.value)
        : outcome.error.passing;
      if (!repeatable || attempt > retries) return outcome;
      const asked = outcome.ok ? askedWaitMs(outcome.value, clock.now()) : undefined;
      // Full jitter: many clients that failed together must not come back together.
      const backoff = random() * Math.min(LONGEST_BACKOFF_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
      const waitMs = Math.max(SHORTEST_WAIT_MS, asked ?? backoff);
      if (waitMs > LONGEST_WAIT_MS || clock.now() + waitMs >= deadlineMs) return outcome;
      try {
        await clock.sleep(waitMs, request.signal);
      } catch (reason) {
        // The deadline came first after all: the last answer stands. Anything else is the caller giving up.
        if (isTimeout(reason)) return outcome;
        throw reason;
      }
    }
  };
}

/** Milliseconds the answer asks to wait for, in its header or its words. */
export function askedWaitMs({ headers, body }: HttpResponse, nowMs: number): number | undefined {
  const header = headers.get('retry-after');
  // A date is compared with the server's own clock: ours may be wrong.
  const sentMs = Date.parse(headers.get('date') ?? '') || nowMs;
  const inHeader = header === undefined ? undefined : parseRetryAfter(header, sentMs);
  return inHeader ?? findRetryAfter(Buffer.from(body.subarray(0, 4096)).toString(), sentMs);
}
