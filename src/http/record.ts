// Writes down every request that was really sent: the innermost middleware, so retries and redirect hops count.

import type { Clock } from '../core/clock.ts';
import type { RequestRecord } from '../core/result.ts';
import { shownUrl } from './redact.ts';
import type { Middleware } from './send.ts';

/** `hide`: see `shownUrl`. */
export function withRecord(records: RequestRecord[], clock: Clock, hide: (text: string) => string): Middleware {
  return (next) => async (request) => {
    const startedAt = clock.now();
    const outcome = await next(request);
    const { purpose, method, attempt = 1 } = request;
    records.push({
      purpose,
      method,
      url: shownUrl(request, hide),
      status: outcome.ok ? outcome.value.status : null,
      durationMs: clock.now() - startedAt,
      attempt,
      ...(outcome.ok ? {} : { error: outcome.error.detail }),
    });
    return outcome;
  };
}
