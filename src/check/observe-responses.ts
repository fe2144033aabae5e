// Reports responses, and the rate limits in them, while the run can still react to them.

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

export interface ResponseObservers {
  /** Called after every request. null: there was no response. */
  readonly onResponse?: ((status: number | null) => void) | undefined;
  /** Called for every response with a rate limit. */
  readonly onRateLimit?: ((reading: RateLimitReading) => void) | undefined;
}

export function withObservers(registry: string, { onResponse, onRateLimit: observe }: ResponseObservers): Middleware {
  return (next) => async (request) => {
    const outcome = await next(request);
    onResponse?.(outcome.ok ? outcome.value.status : null);
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
