// What a registry says of its limits: Docker Hub's headers, and the ways of saying "too many".

import { saysLockedOut } from '../auth/refusal.ts';
import type { Cause, RateLimit } from '../core/result.ts';
import type { HttpResponse } from '../http/send.ts';

/** `ratelimit-limit: 100;w=21600`, `ratelimit-remaining: 97;w=21600`; null when the answer tells nothing. */
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

export type Limit = Cause & ('pull-quota' | 'too-many-requests' | 'login-lockout');

const QUOTA = /pull rate limit|pull limit|increase-rate-limit/i;
const TOO_MANY = /too many requests|rate limit|rate exceeded|slow ?down|TOO_?MANY_?REQUEST/i;

/** Which limit was met; undefined when the answer is about something else. 403 and 503 count only if they say so. */
export function limitMet(response: HttpResponse): Limit | undefined {
  const { status, body } = response;
  if (status !== 429 && status !== 403 && status !== 503) return undefined;
  const words = Buffer.from(body.subarray(0, 4096)).toString();
  if (status !== 429 && !TOO_MANY.test(words) && !QUOTA.test(words)) return undefined;
  if (saysLockedOut(response)) return 'login-lockout';
  if (QUOTA.test(words)) return 'pull-quota';
  // A HEAD has no words. GitLab counts requests in headers of the same name, but without a window.
  const quota = readRateLimit(response);
  return status === 429 && quota?.remaining === 0 && quota.windowSeconds !== null ? 'pull-quota' : 'too-many-requests';
}

/** The host wants fewer requests for a while; a used-up quota or a locked login is not mended by a short pause. */
export const saysTooMany = (response: HttpResponse): boolean => limitMet(response) === 'too-many-requests';
