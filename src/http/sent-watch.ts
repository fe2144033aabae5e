// When undici writes a request to a connection: from its diagnostics channel, which costs nothing without a subscriber.
// https://undici.nodejs.org/#/docs/api/DiagnosticsChannel

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { getOrCreate } from '../core/once.ts';
import type { WireRequest } from './wire.ts';

export interface SentWatch {
  /** Calls its `onSent`, if it has one, until the returned function is called. */
  expect(request: WireRequest): () => void;
  close(): void;
}

const CHANNEL = 'undici:client:sendHeaders';

export function createSentWatch(): SentWatch {
  /** By method and URL: of equal requests, the first that waits is the first that is sent. */
  const waiting = new Map<string, Set<() => void>>();
  let isSubscribed = false;

  const onMessage = (message: unknown): void => {
    const { request } = message as { request?: { origin?: unknown; method?: unknown; path?: unknown } };
    const [onSent] = waiting.get(keyOf(request ?? {})) ?? [];
    onSent?.();
  };
  return {
    expect(request) {
      const { onSent } = request;
      if (onSent === undefined) return () => undefined;
      if (!isSubscribed) subscribe(CHANNEL, onMessage);
      isSubscribed = true;
      const key = keyOf(request);
      const same = getOrCreate(waiting, key, () => new Set());
      const forget = (): void => {
        same.delete(onFirst);
        if (same.size === 0 && waiting.get(key) === same) waiting.delete(key);
      };
      const onFirst = (): void => {
        forget();
        onSent();
      };
      same.add(onFirst);
      return forget;
    },
    close() {
      if (isSubscribed) unsubscribe(CHANNEL, onMessage);
    },
  };
}

const keyOf = ({ origin, method, path }: { origin?: unknown; method?: unknown; path?: unknown }): string =>
  `${method} ${origin}${path}`;
