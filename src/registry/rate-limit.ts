// Rate limits: the headers that Docker Hub introduced, and the different ways of saying "too many requests".

import { saysLockedOut } from '../auth/credential-rejection.ts';
import type { Cause, RateLimit } from '../core/result.ts';
import type { HttpResponse } from '../http/send.ts';
import { parseErrors } from './error.ts';

/** `ratelimit-limit: 100;w=21600`, `ratelimit-remaining: 97;w=21600`; null without such a header. */
export function readRateLimit({ headers }: HttpResponse): RateLimit | null {
  const limit = parseQuota(headers.get('ratelimit-limit'));
  const remaining = parseQuota(headers.get('ratelimit-remaining'));
  if (limit === undefined && remaining === undefined) return null;
  return {
    limit: limit?.amount ?? null,
    remaining: remaining?.amount ?? null,
    windowSeconds: limit?.windowSeconds ?? remaining?.windowSeconds ?? null,
  };
}

function parseQuota(field: string | undefined): { amount: number; windowSeconds: number | null } | undefined {
  const match = /^\s*(\d{1,12})\s*(?:;\s*w=(\d{1,12}))?/.exec(field ?? '');
  if (match === null) return undefined;
  return { amount: Number(match[1]), windowSeconds: match[2] === undefined ? null : Number(match[2]) };
}

export type RateLimitKind = Cause & ('pull-quota' | 'too-many-requests' | 'login-lockout');

const QUOTA = /pull rate limit|pull limit|increase-rate-limit/i;
const TOO_MANY = /too many requests|rate limit|rate exceeded|slow ?down|TOO_?MANY_?REQUEST/i;

/**
 * undefined if the response is about something else. A 403 or 503 counts only if its body mentions a limit, a 404 or 410
 * only with the code of one: the name of an image may be anything.
 */
export function limitMet(response: HttpResponse): RateLimitKind | undefined {
  const { status, body } = response;
  if (status === 404 || status === 410) return hasLimitCode(body) ? 'too-many-requests' : undefined;
  if (status !== 429 && status !== 403 && status !== 503) return undefined;
  const words = Buffer.from(body.subarray(0, 4096)).toString();
  if (status !== 429 && !TOO_MANY.test(words) && !QUOTA.test(words)) return undefined;
  if (saysLockedOut(response)) return 'login-lockout';
  if (QUOTA.test(words)) return 'pull-quota';
  // The response to a HEAD has no body. A quota of requests has the same headers, but no window (GitLab).
  const quota = readRateLimit(response);
  return status === 429 && quota?.remaining === 0 && quota.windowSeconds !== null ? 'pull-quota' : 'too-many-requests';
}

const LIMIT_CODE = /^(?:TOO_?MANY_?REQUESTS|429)$/i;

const hasLimitCode = (body: Uint8Array): boolean =>
  parseErrors(Buffer.from(body).toString()).some(({ code }) => code !== null && LIMIT_CODE.test(code));

/** A short pause helps; it does not help with an exhausted quota or a locked account. */
export const isTooManyRequests = (response: HttpResponse): boolean => limitMet(response) === 'too-many-requests';
