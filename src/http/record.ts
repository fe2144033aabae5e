// Writes down every request that was really sent: the innermost middleware, so retries and redirect hops count.

import type { Clock } from '../core/clock.ts';
import type { RequestRecord } from '../core/result.ts';
import { redactUrl } from './redact.ts';
import type { Middleware } from './send.ts';

export function withRecord(records: RequestRecord[], clock: Clock): Middleware {
  return (next) => async (request) => {
    const startedAt = clock.now();
    const outcome = await next(request);
    const { purpose, method, url, attempt = 1 } = request;
    records.push({
      purpose,
      method,
      url: redactUrl(url),
      status: outcome.ok ? outcome.value.status : null,
      durationMs: clock.now() - startedAt,
      attempt,
      ...(outcome.ok ? {} : { error: outcome.error.detail }),
    });
    return outcome;
  };
}
