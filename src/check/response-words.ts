// The words for a response that is not the content: its status with its meaning, how often it came, what was in it, who
// sent it, and when to try again.

import { formatDuration, formatWait } from '../core/quantity.ts';
import type { Attempts } from '../http/failure.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import type { HttpResponse } from '../http/send.ts';
import type { Evidence } from '../registry/evidence.ts';
import { traceOf } from '../registry/response-trace.ts';
import { formatStatus } from '../registry/status.ts';
import { quoteRegistry } from './finding.ts';

/** `503 Service Unavailable 3 times in 1.3 s, with a web page ("Down for maintenance"), server nginx`; to end a sentence. */
export function describeResponse(evidence: Evidence): string {
  const { response, page } = evidence;
  const trace = traceOf(response);
  // What the registry says ends the sentence.
  const sender = trace === '' || (page === undefined && quoteRegistry(evidence) !== '') ? '' : ` (${trace})`;
  const said = page === undefined ? quoteRegistry(evidence) : describePage(page, response.status);
  const words = `${formatStatus(response.status)}${describeAttempts(response.attempts)}${said}`;
  return sender !== '' && words.endsWith('")') ? `${words.slice(0, -1)}; ${trace})` : `${words}${sender}`;
}

/** Not if there is nothing but the status in its title, as in many. */
function describePage(page: string, status: number): string {
  const words = formatStatus(status).toLowerCase();
  const title = page.toLowerCase();
  // Of nginx: "503 Service Temporarily Unavailable".
  const isRepetition = title.includes(words) || title.replace(' temporarily', '').includes(words);
  return isRepetition ? '' : ` with ${page}`;
}

/** ` 3 times in 1.3 s`; '' after one attempt. */
export const describeAttempts = (attempts: Attempts | undefined): string =>
  attempts === undefined ? '' : ` ${attempts.count} times in ${formatDuration(attempts.durationMs)}`;

/** Registries that never want to hear from a client again say so in their own way. */
const LONGEST_WAIT_MS = 365 * 86_400_000;
/** For a longer wait, the time of day is useful. */
const WORTH_A_CLOCK_MS = 10 * 60_000;
const DAY_MS = 86_400_000;

/** How long the server asks clients to wait, in milliseconds; undefined if it does not, or names no sensible time. */
export function requestedWaitMs(response: HttpResponse): number | undefined {
  // Only the length of the wait matters, so any origin of time will do.
  const waitMs = retryAfterMs(response, sentAtMs(response) ?? 0);
  return waitMs === undefined || waitMs > LONGEST_WAIT_MS ? undefined : waitMs;
}

/** `Try again later`, `Try again in 90 s, as the server asks`, `Try again in 90 min (08:00 UTC), …`; without a full stop. */
export function tryAgain(response: HttpResponse): string {
  const waitMs = requestedWaitMs(response);
  if (waitMs === undefined) return 'Try again later';
  const sentMs = sentAtMs(response);
  const isLong = sentMs !== undefined && waitMs >= WORTH_A_CLOCK_MS && waitMs < DAY_MS;
  const clock = isLong ? ` (${new Date(sentMs + waitMs).toISOString().slice(11, 16)} UTC)` : '';
  return `Try again in ${formatWait(waitMs)}${clock}, as the server asks${response.headers.get('retry-after') === undefined ? '' : ' (Retry-After)'}`;
}

/** By the server's own clock. */
function sentAtMs({ headers }: HttpResponse): number | undefined {
  const sentMs = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(sentMs) || Math.abs(sentMs) > 8e15 ? undefined : sentMs;
}
