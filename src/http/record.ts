// Records every request that was really sent: the innermost middleware, so retries and redirect hops count.

import type { OnEvent } from '../core/check-event.ts';
import type { Clock } from '../core/clock.ts';
import type { RequestRecord } from '../core/result.ts';
import { failureEvent, requestEvent, responseEvent } from './exchange-event.ts';
import type { Middleware } from './send.ts';
import { shownUrl } from './shown-url.ts';

/** The record may show less of the address, and its URL may have `***` anywhere: what is decided needs the address itself. */
export interface SentRequest {
  readonly url: URL;
  readonly record: RequestRecord;
}

/** `hide`: see `shownUrl`. */
export function withRecord(
  sent: SentRequest[],
  clock: Clock,
  hide: (text: string) => string,
  onEvent?: OnEvent,
): Middleware {
  return (next) => async (request) => {
    const startedAt = clock.now();
    const { purpose, method, attempt = 1 } = request;
    const beginning = onEvent && requestEvent(request, { purpose, method, url: shownUrl(request, hide), attempt });
    if (beginning !== undefined) onEvent?.(beginning);
    const outcome = await next(request);
    const record: RequestRecord = {
      purpose,
      method,
      url: shownUrl(request, hide),
      status: outcome.ok ? outcome.value.status : null,
      durationMs: clock.now() - startedAt,
      attempt,
      ...(outcome.ok ? {} : { error: outcome.error.detail }),
    };
    sent.push({ url: request.url, record });
    if (beginning !== undefined) {
      const { ok } = outcome;
      onEvent?.(
        ok ? responseEvent(beginning, record, request, outcome.value) : failureEvent(beginning, record, outcome.error),
      );
    }
    return outcome;
  };
}
