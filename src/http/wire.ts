// One request and one response on a connection, whatever the HTTP version.

import type { Readable } from 'node:stream';

/** Of all response headers together. Go reads 10 MiB of HTTP/1.1; no registry needs as much. */
export const MAX_HEADER_BYTES = 1024 * 1024;

export interface WireRequest {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** For the response headers, and between two chunks of the body; unset: until the signal aborts. */
  readonly patienceMs: number | undefined;
  /** Called when it is written to a connection that is open. */
  readonly onSent?: () => void;
}

export interface WireResponse {
  readonly statusCode: number;
  /** Empty over HTTP/2, which has none. */
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
}
