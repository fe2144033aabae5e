// One request as an embedded server received it, and the credential it carries.

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
  /** Bytes of body written to the connection. */
  readonly bytesSent: number;
  /** The client left, or the connection broke, before the response was complete. */
  readonly aborted: boolean;
}

export interface BasicCredential {
  readonly username: string;
  readonly password: string;
}

/** `Basic base64(user-id ":" password)`, RFC 7617 section 2. */
export function basicCredential(authorization: string | undefined): BasicCredential | undefined {
  const match = /^basic +(\S+)$/i.exec(authorization ?? '');
  if (match === null) return undefined;
  const pair = Buffer.from(match[1] ?? '', 'base64').toString();
  const colon = pair.indexOf(':');
  return colon < 0 ? undefined : { username: pair.slice(0, colon), password: pair.slice(colon + 1) };
}
