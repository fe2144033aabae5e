// How an answer goes on the wire: whole and at once, or in one of the ways networks and servers go wrong.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer } from './answer.ts';

/** A HEAD has no body to do anything with: there, the kinds from `cut` on deliver whole. */
export type Delivery =
  | { readonly kind: 'whole' }
  /** TCP reset before the first byte. */
  | { readonly kind: 'reset' }
  /** Nothing, until the client gives up. */
  | { readonly kind: 'hang' }
  /** These very characters (Latin-1) instead of HTTP, then the end. */
  | { readonly kind: 'raw'; readonly text: string }
  /** Headers and so many bytes of the body, then the connection closes. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** Headers and so many bytes of the body, then silence. */
  | { readonly kind: 'stall'; readonly afterBytes: number }
  /** One byte at a time. */
  | { readonly kind: 'drip'; readonly intervalMs: number }
  /** A body without length or end: the answer's own, then `chunk` again and again. */
  | { readonly kind: 'endless'; readonly chunk: Uint8Array };

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The TCP connection, below TLS. */
  readonly tcp: Socket;
  /** Told the status once it is sent, and every piece of body. */
  readonly noteStatus: (status: number) => void;
  readonly noteBytes: (count: number) => void;
}

export function deliver(answer: Answer, delivery: Delivery, exchange: Exchange): void {
  const { request, response, tcp } = exchange;
  if (delivery.kind === 'hang') return;
  if (delivery.kind === 'reset') {
    tcp.resetAndDestroy();
    return;
  }
  if (delivery.kind === 'raw') {
    request.socket.end(delivery.text, 'latin1');
    return;
  }
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : (answer.body ?? new Uint8Array());
  const knowsLength = delivery.kind !== 'endless' && answer.status !== 204 && answer.status !== 304;
  const length = knowsLength ? { 'content-length': String(body.length) } : {};
  response.writeHead(answer.status, { ...length, ...answer.headers } as Record<string, string | string[]>);
  exchange.noteStatus(answer.status);
  if (request.method === 'HEAD') response.end();
  else sendBody(body, delivery, exchange);
}

function sendBody(body: Uint8Array, delivery: Delivery, { response, noteBytes }: Exchange): void {
  const send = (bytes: Uint8Array, sent?: () => void): boolean => {
    noteBytes(bytes.length);
    return response.write(bytes, sent);
  };

  switch (delivery.kind) {
    case 'cut':
      // Without a byte to write, the headers alone are flushed.
      response.flushHeaders();
      send(body.subarray(0, delivery.afterBytes), () => response.destroy());
      return;
    case 'stall':
      response.flushHeaders();
      send(body.subarray(0, delivery.afterBytes));
      return;
    case 'drip':
      drip(body, delivery.intervalMs, response, send);
      return;
    case 'endless':
      send(body);
      pump(delivery.chunk, response, send);
      return;
    default:
      noteBytes(body.length);
      response.end(body);
  }
}

function drip(
  body: Uint8Array,
  intervalMs: number,
  response: ServerResponse,
  send: (bytes: Uint8Array) => boolean,
): void {
  let at = 0;
  response.flushHeaders();
  const timer = setInterval(() => {
    if (at < body.length) send(body.subarray(at, ++at));
    else response.end();
  }, intervalMs);
  response.once('close', () => clearInterval(timer));
}

/** As fast as the client reads, and no faster. */
function pump(chunk: Uint8Array, response: ServerResponse, send: (bytes: Uint8Array) => boolean): void {
  while (!response.destroyed) {
    if (send(chunk)) continue;
    response.once('drain', () => pump(chunk, response, send));
    return;
  }
}
