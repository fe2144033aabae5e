// `GET /v2/`, sent once in a run to each registry: many registries challenge only there.

import { setBounded } from '../core/bounded-map.ts';
import type { Outcome } from '../core/outcome.ts';
import { untilAborted } from '../core/until-aborted.ts';
import type { HttpFailure } from '../http/failure.ts';
import { TRANSIENT_STATUSES } from '../http/retry.ts';
import type { HttpResponse } from '../http/send.ts';

export type PingOutcome = Outcome<HttpResponse, HttpFailure>;

/**
 * `key`: the URL. Without a response, or with a transient one, the next caller sends it again. `onKnown` gets an outcome
 * for which nothing was sent.
 */
export type PingOnce = (
  key: string,
  signal: AbortSignal,
  ping: () => Promise<PingOutcome>,
  onKnown?: (outcome: PingOutcome) => void,
) => Promise<PingOutcome>;

export function createPingMemory(): PingOnce {
  const pings = new Map<string, { readonly outcome: Promise<PingOutcome>; readonly signal: AbortSignal }>();

  const start = (key: string, signal: AbortSignal, ping: () => Promise<PingOutcome>): Promise<PingOutcome> => {
    const started = { outcome: ping(), signal };
    setBounded(pings, key, started);
    const forget = (): void => {
      if (pings.get(key) === started) pings.delete(key);
    };
    started.outcome.then((outcome) => {
      if (!outcome.ok || TRANSIENT_STATUSES.has(outcome.value.status)) forget();
    }, forget);
    return started.outcome;
  };

  return async (key, signal, ping, onKnown) => {
    for (;;) {
      const earlier = pings.get(key);
      if (earlier === undefined) return start(key, signal, ping);
      try {
        const outcome = await (earlier.signal === signal ? earlier.outcome : untilAborted(earlier.outcome, signal));
        if (outcome.ok || !earlier.signal.aborted || earlier.signal === signal) {
          onKnown?.(outcome);
          return outcome;
        }
      } catch (reason) {
        if (earlier.signal === signal || signal.aborted || !earlier.signal.aborted) throw reason;
      }
      // The check that sent it was aborted, which says nothing about the registry.
      if (pings.get(key) === earlier) pings.delete(key);
    }
  };
}
