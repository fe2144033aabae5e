// Judges "too many": which limit, and when it is worth asking again.

import type { Login } from '../auth/authenticate.ts';
import { askedWaitMs } from '../http/retry.ts';
import type { HttpResponse } from '../http/send.ts';
import { readErrors } from '../registry/error.ts';
import { type Limit, readRateLimit } from '../registry/rate-limit.ts';
import { type Finding, find, loginAdvice, type Question } from './finding.ts';

const YEAR_MS = 365 * 86_400_000;

export function judgeLimit(question: Question, response: HttpResponse, limit: Limit, login: Login): Finding {
  const { known } = question;
  const errors = readErrors(response);
  // Only the length of the wait is used, so any origin of time will do.
  const waitMs = askedWaitMs(response, Date.parse(response.headers.get('date') ?? '') || 0);
  const again = `Try again ${waitMs === undefined || waitMs > YEAR_MS ? 'later' : `in ${formatWait(waitMs)}`}`;
  switch (limit) {
    case 'login-lockout': {
      const message = `${known.name} has locked the login after too many failed attempts.`;
      const hint = loginAdvice(question, 'Wait some minutes, then log in again');
      return find('rate-limited', limit, message, hint, errors);
    }
    case 'pull-quota': {
      const message = `The pull quota${describeQuota(response)} at ${known.name} is used up; the image may well be there.`;
      const isAnonymous = login.used === undefined;
      const hint = isAnonymous ? loginAdvice(question, `${again}, or log in for a larger quota`) : `${again}.`;
      return find('rate-limited', limit, message, hint, errors);
    }
    case 'too-many-requests': {
      const message = `${response.host} got too many requests (${response.status}); the image may well be there.`;
      return find('rate-limited', limit, message, `${again}.`, errors);
    }
    default:
      limit satisfies never;
      throw new TypeError('unknown limit');
  }
}

function describeQuota(response: HttpResponse): string {
  const { limit = null, windowSeconds = null } = readRateLimit(response) ?? {};
  if (limit === null) return '';
  return windowSeconds === null ? ` of ${limit}` : ` of ${limit} in ${formatWait(windowSeconds * 1000)}`;
}

export function formatWait(durationMs: number): string {
  const seconds = Math.max(1, Math.ceil(durationMs / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}
