// Reports the rate limits in responses while the run can still react to them.

import type { RateLimit } from '../core/result.ts';
import type { Middleware } from '../http/send.ts';
import { readRateLimit } from '../registry/rate-limit.ts';

export interface RateLimitReading {
  /** As in a reference. */
  readonly registry: string;
  readonly rateLimit: RateLimit;
  /** The response contained a manifest: where pulls are counted, it was one and is already subtracted. */
  readonly isPull: boolean;
}

export function withRateLimitObserver(
  registry: string,
  observe: ((reading: RateLimitReading) => void) | undefined,
): Middleware {
  return (next) => async (request) => {
    const outcome = await next(request);
    // Until the credentials are sent, the limit is that of the address, not of the account.
    if (observe === undefined || !outcome.ok || outcome.value.status === 401) return outcome;
    const { method, purpose } = request;
    const rateLimit = readRateLimit(outcome.value);
    const isManifest = purpose === 'manifest' || purpose === 'child-manifest';
    const isPull = isManifest && method === 'GET' && outcome.value.status === 200;
    // Only the responses for manifests are about pulls, not those of a token service.
    if (rateLimit !== null && isManifest) observe({ registry, rateLimit, isPull });
    return outcome;
  };
}
