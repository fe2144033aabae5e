// What a server sends, before a fault changes it, and how it goes on the wire.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export type Headers = Readonly<Record<string, string | readonly string[]>>;

export interface Reply {
  readonly status: number;
  /** Lowercase names; a list is sent as several field lines. `content-length` is added from the body. */
  readonly headers?: Headers;
  readonly body?: string | Uint8Array;
}

/** As Go's JSON encoder writes it: with a newline at the end. */
export function jsonReply(status: number, value: unknown, headers: Headers = {}): Reply {
  const body = `${JSON.stringify(value)}\n`;
  return { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body };
}

/** distribution-spec "Error Codes": `{"errors": [{"code": …, "message": …, "detail": …}]}`. */
export function errorReply(
  status: number,
  code: string,
  message: string,
  detail?: unknown,
  headers: Headers = {},
): Reply {
  return jsonReply(status, { errors: [{ code, message, detail }] }, headers);
}

export function textReply(status: number, body: string, headers: Headers = {}): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body };
}

export const bodyOf = ({ body = '' }: Reply): Uint8Array => (typeof body === 'string' ? Buffer.from(body) : body);

/** One request and the connection to send its reply on. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The TCP connection, below TLS. */
  readonly tcp: Socket;
  /** For the log: call both when sending. */
  readonly noteStatus: (status: number) => void;
  readonly noteBytes: (count: number) => void;
}

/** Sends the whole reply immediately. */
export function sendReply(reply: Reply, exchange: Exchange): void {
  const body = bodyOf(reply);
  sendHead(reply, exchange, body.length);
  if (exchange.request.method !== 'HEAD') exchange.noteBytes(body.length);
  exchange.response.end(body);
}

/** Without `length`, the body is chunked. */
export function sendHead({ status, headers }: Reply, { response, noteStatus }: Exchange, length?: number): void {
  const hasLength = length !== undefined && status !== 204 && status !== 304;
  const fields = { ...(hasLength && { 'content-length': String(length) }), ...headers };
  response.writeHead(status, fields as Record<string, string | string[]>);
  noteStatus(status);
}
