// A Kubernetes cluster to read from: where its API is, and how requests are authorized.

import type { Outcome } from '../core/outcome.ts';
import type { TlsChoice } from '../http/tls-store.ts';

export interface Cluster {
  /** As in messages: `the context prod`, `the cluster of this pod`. */
  readonly name: string;
  /** The path of its URL is the prefix of all paths. */
  readonly server: URL;
  /** That of the context or of the pod. */
  readonly namespace: string;
  /** `http(s)://host:port`; unset: as the environment says. */
  readonly proxy?: string | undefined;
  /** Read for each listing, so that a token may rotate. The error is a sentence without secrets. */
  identify(signal: AbortSignal): Promise<Outcome<Identity, string>>;
}

/** What is sent to the server of the cluster, and to no other host. */
export interface Identity {
  readonly tls: TlsChoice;
  /** The value of Authorization; unset: none. */
  readonly authorization?: string | undefined;
  /** Tokens and passwords, to hide them in what the server says. */
  readonly secrets: readonly string[];
}

/** How `identify` proves who it is; read with the files it names. */
export const bearer = (token: string): Pick<Identity, 'authorization' | 'secrets'> => ({
  authorization: `Bearer ${token}`,
  secrets: [token],
});

/** RFC 6750, b64token, and what other tokens contain: nothing that could end the field. */
export const isToken = (text: string): boolean => /^[\x21-\x7e]+$/.test(text);
