// One request and one response on a connection, whatever the HTTP version.

import type { Readable } from 'node:stream';

export interface WireRequest {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** For the response headers, and between two chunks of the body; unset: until the signal aborts. */
  readonly patienceMs: number | undefined;
}

export interface WireResponse {
  readonly statusCode: number;
  /** Empty over HTTP/2, which has none. */
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
}
