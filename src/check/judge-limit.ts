// Judges "too many": which limit, and when it is worth asking again.

import type { Cause } from '../core/result.ts';
import { askedWaitMs } from '../http/retry.ts';
import type { HttpResponse } from '../http/send.ts';
import { readErrors } from '../registry/error.ts';
import { readRateLimit } from '../registry/rate-limit.ts';
import { describeErrors } from './describe-errors.ts';
import { type Finding, find, loginAdvice, type Question } from './finding.ts';

export function judgeLimit(question: Question, response: HttpResponse, limit: Cause): Finding {
  const { known } = question;
  const errors = readErrors(response);
  // Only the length of the wait is used, so any origin of time will do.
  const waitMs = askedWaitMs(response, Date.parse(response.headers.get('date') ?? '') || 0);
  const when = waitMs === undefined || waitMs > 365 * 86_400_000 ? 'later' : `in ${formatWait(waitMs)}`;
  if (limit === 'login-lockout') {
    return find(
      'rate-limited',
      limit,
      `${known.name} has locked the login after too many failed attempts.`,
      `Wait some minutes, then log in again: ${loginAdvice(question)}.`,
      errors,
    );
  }
  if (limit === 'pull-quota') {
    const quota = readRateLimit(response);
    const size =
      quota?.limit == null
        ? ''
        : ` of ${quota.limit}${quota.windowSeconds === null ? '' : ` in ${formatWait(quota.windowSeconds * 1000)}`}`;
    return find(
      'rate-limited',
      limit,
      `The pull quota${size} at ${known.name} is used up; the image may well exist.`,
      `Try again ${when}, or log in for a larger quota: ${loginAdvice(question)}.`,
      errors,
    );
  }
  return find(
    'rate-limited',
    limit,
    `${response.url.host} says there were too many requests (${response.status})${describeErrors(errors)}.`,
    `Try again ${when}; the image may well exist.`,
    errors,
  );
}

function formatWait(durationMs: number): string {
  const seconds = Math.max(1, Math.ceil(durationMs / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}
