// The one warning of a run that may need more pulls than Docker Hub still grants, as soon as Docker Hub tells.

import type { RateLimitReading } from '../check/observe-rate-limit.ts';
import { formatCount } from '../core/quantity.ts';
import type { Target } from '../core/target.ts';
import { knownRegistry } from '../registry/well-known.ts';
import { type Depth, estimateCosts } from './cost.ts';

export interface QuotaWarning {
  /** Counts an image that will be checked. */
  readonly expect: (target: Target) => void;
  /** The warning, once, when an answer says that what is left is less than what is to come. */
  readonly onRateLimit: (told: RateLimitReading) => string | undefined;
}

/**
 * What is left is known only from an answer, so the first pulls are spent when the warning comes. A proof that costs
 * no pulls is never warned of: then nothing is to come.
 */
export function createQuotaWarning(depth: Depth): QuotaWarning {
  const pulls = new Map<string, number>();
  const made = new Map<string, number>();
  let hasWarned = false;
  return {
    expect(target) {
      for (const { registry, pulls: cost } of estimateCosts([target], depth)) {
        // Where only the image tells how many, the least is all that can be said.
        pulls.set(registry, (pulls.get(registry) ?? 0) + (cost.most ?? cost.least));
      }
    },
    onRateLimit({ registry, rateLimit: { remaining }, isPull }) {
      if (isPull) made.set(registry, (made.get(registry) ?? 0) + 1);
      const wanted = pulls.get(registry) ?? 0;
      const toCome = wanted - (made.get(registry) ?? 0);
      if (hasWarned || remaining === null || toCome <= remaining) return undefined;
      hasWarned = true;
      const { name } = knownRegistry(registry);
      const left = remaining === 0 ? 'no more pulls' : formatCount(remaining, 'more pull');
      const then = remaining === 0 ? 'Its answers' : 'After those its answers';
      const cure = depth.platforms.length > 0 ? 'log in for more' : 'log in for more, or use --proof head';
      return `Warning: ${name} grants ${left} in this window, and this run may still use ${toCome}. ${then} may be 429: ${cure}.`;
    },
  };
}
