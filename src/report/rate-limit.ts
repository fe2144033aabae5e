// What a registry tells about its rate limit, in words.

import { DOCKER_HUB } from '../core/docker-hub.ts';
import type { Result } from '../core/result.ts';

const LOW_SHARE = 0.1;

/** `97 of 100 pulls left`, or undefined when the registry does not tell what is left. */
export function formatRateLimit({ rateLimit, reference }: Pick<Result, 'rateLimit' | 'reference'>): string | undefined {
  if (rateLimit === null || rateLimit.remaining === null) return undefined;
  const { limit, remaining } = rateLimit;
  // Only Docker Hub counts pulls; elsewhere the limit is on requests.
  const noun = reference?.registry === DOCKER_HUB ? 'pulls' : 'requests';
  return limit === null ? `${remaining} ${noun} left` : `${remaining} of ${limit} ${noun} left`;
}

/** Whether the person should know without asking: a tenth or less is left. */
export function isRateLimitLow({ rateLimit }: Pick<Result, 'rateLimit'>): boolean {
  if (rateLimit === null || rateLimit.remaining === null) return false;
  return rateLimit.remaining <= (rateLimit.limit ?? 100) * LOW_SHARE;
}
