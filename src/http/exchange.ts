// What is asked over a connection and what comes back, whichever HTTP version it speaks.

import type { Readable } from 'node:stream';

export interface Question {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly statusCode: number;
  /** Empty over HTTP/2, which has none. */
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
}

export interface Limits {
  /** From the request to the head of its answer. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of a body. */
  readonly bodyTimeoutMs: number;
}
