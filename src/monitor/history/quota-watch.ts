// Says once that the pull quota of a registry is nearly used up.

import type { RateLimit } from '../../core/result.ts';
import { draftEvent, type EventDraft } from './event.ts';

const LOW = 0.1;
/** The quota of a sliding window moves around the limit: below this share, the same event is not repeated. */
const ENOUGH = 0.2;

/** `wasLow` is what the previous response of the registry came to. */
export function judgeQuota(
  wasLow: boolean,
  registry: string,
  rateLimit: RateLimit,
  atMs: number,
): { readonly isLow: boolean; readonly event?: EventDraft } {
  const { limit, remaining } = rateLimit;
  if (limit === null || remaining === null || limit <= 0) return { isLow: wasLow };
  const share = remaining / limit;
  if (wasLow) return { isLow: share < ENOUGH };
  if (share >= LOW) return { isLow: false };
  const message = `${registry} allows ${remaining} more of ${limit} pulls.`;
  return {
    isLow: true,
    event: draftEvent('quota-low', atMs, { reason: 'rate-limited', cause: 'pull-quota', message }),
  };
}
