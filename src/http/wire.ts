// One request and one response on a connection, whatever the HTTP version.

import type { Readable } from 'node:stream';

export interface WireRequest {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface WireResponse {
  readonly statusCode: number;
  /** Empty over HTTP/2, which has none. */
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
}

export interface Timeouts {
  /** From the request to the response headers. */
  readonly headersTimeoutMs: number;
  /** Between two chunks of a body. */
  readonly bodyTimeoutMs: number;
}
