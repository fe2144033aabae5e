// Passes on what a registry says is left, while the run can still change its mind.

import type { RateLimit } from '../core/result.ts';
import type { Middleware } from '../http/send.ts';
import { readRateLimit } from '../registry/rate-limit.ts';

export interface RateLimitTold {
  /** As references name it. */
  readonly registry: string;
  readonly rateLimit: RateLimit;
  /** A manifest was sent: where pulls are counted that was one, and it is already taken off. */
  readonly isPull: boolean;
}

export function tellRateLimit(registry: string, tell: ((told: RateLimitTold) => void) | undefined): Middleware {
  return (next) => async (request) => {
    const outcome = await next(request);
    // Before a login is shown, an answer tells of the pulls of an address, not of the account.
    if (tell === undefined || !outcome.ok || outcome.value.status === 401) return outcome;
    const { method, purpose } = request;
    const rateLimit = readRateLimit(outcome.value);
    const isManifest = purpose === 'manifest' || purpose === 'child-manifest';
    const isPull = isManifest && method === 'GET' && outcome.value.status === 200;
    // A token service says nothing of pulls.
    if (rateLimit !== null && isManifest) tell({ registry, rateLimit, isPull });
    return outcome;
  };
}
