// A notifier: where events are sent, and which.

import type { EventName } from '../history/event.ts';

/** A URL that may contain a secret: itself, or where it is. */
export type SecretUrl =
  | { readonly kind: 'value'; readonly url: string }
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string };

export interface NotifierOptions {
  /** Unique; for logs, metrics and the outbox. Never the URL. */
  readonly name: string;
  readonly kind: 'webhook' | 'slack' | 'ping';
  readonly url: SecretUrl;
  readonly headers: Readonly<Record<string, string>>;
  readonly events: readonly EventName[];
  /** undefined: all resources. Events of the monitor itself are always sent. */
  readonly groups: readonly string[] | undefined;
  /** Each time an outage has been open for so long, there is a reminder; null: never. */
  readonly remindAfterMs: number | null;
}
