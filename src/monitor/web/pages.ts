// What the server requires of the HTML pages: a reply for each path, and the files that they load.

import type { ReadableStream } from 'node:stream/web';

export interface PageRequest {
  /** The prefix of every link, without a slash at its end: empty, or the path of `url:` such as `/monitor`. */
  readonly base: string;
  readonly query: URLSearchParams;
}

/** The server adds the security headers, `Cache-Control: no-store` unless it is given, and compression. */
export interface PageReply {
  /** 200 by default. */
  readonly status?: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
  /** Sent instead of the body: for what is too large for memory. */
  readonly stream?: ReadableStream<Uint8Array>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface PageError {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

export interface Pages {
  /** `/` */
  dashboard(request: PageRequest): Promise<PageReply>;
  /** `/resources/{id}`; null: no such resource. */
  resource(id: string, request: PageRequest): Promise<PageReply | null>;
  /** `/assets/{version}/{name}`, one segment each; null: no such file. */
  asset(name: string): PageReply | null;
  /** An error for a browser; null: the problem document is sent as JSON. */
  error?(error: PageError, request: PageRequest): PageReply | null;
}

/**
 * Scripts and styles are files under `/assets`, images are SVG within the page or `data:`, `fetch` and `EventSource`
 * reach this server only; there are no inline styles and no inline scripts.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');
