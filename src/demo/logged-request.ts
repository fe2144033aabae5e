// One request as the embedded servers saw it.

import type { IncomingHttpHeaders } from 'node:http';

export interface LoggedRequest {
  readonly method: string;
  /** As sent: path and query. */
  readonly url: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** 1-based number of the connection it came on. */
  readonly connection: number;
  /** null until headers were sent. */
  readonly status: number | null;
  /** Bytes of body handed to the connection. */
  readonly bytesSent: number;
  /** The client left, or the connection broke, before the answer was complete. */
  readonly aborted: boolean;
}
