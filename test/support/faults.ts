// What can go wrong between a registry and a client, by name. A fault is applied to the reply that would be sent.

import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Fault } from '../../src/demo/fault.ts';
import { bodyOf, type Exchange, errorReply, type Reply, sendHead } from '../../src/demo/reply.ts';

export { captivePortal, type Fault, tooManyRequests, unavailable } from '../../src/demo/fault.ts';

export const replyWith = (reply: Reply): Fault => ({ reply });

/** The connection is reset before any response. */
export const reset = (): Fault => ({ deliver: (_, { tcp }) => tcp.resetAndDestroy() });

/** The request is read and never answered. */
export const hang = (): Fault => ({ deliver: () => undefined });

/** Sends exactly these Latin-1 characters, which need not be HTTP, then closes the connection. */
export const raw = (text: string): Fault => ({ deliver: (_, { request }) => request.socket.end(text, 'latin1') });

/** The headers and that many bytes of the body arrive, then nothing more. */
export const stall = (afterBytes = 0): Fault =>
  inBody((body, { response, send }) => {
    response.flushHeaders();
    send(body.subarray(0, afterBytes));
  });

/** The connection closes in the middle of the body. */
export const cut = (afterBytes = 1): Fault =>
  inBody((body, { response, send }) => {
    // Without a byte to write, the headers alone are flushed.
    response.flushHeaders();
    send(body.subarray(0, afterBytes), () => response.destroy());
  });

/** The body arrives byte by byte. */
export const drip = (intervalMs = 20): Fault =>
  inBody((body, { response, send }) => {
    let at = 0;
    response.flushHeaders();
    const timer = setInterval(() => {
      if (at < body.length) send(body.subarray(at, ++at));
      else response.end();
    }, intervalMs);
    response.once('close', () => clearInterval(timer));
  });

/** The body never ends; it arrives as fast as the client reads, and no faster. */
export const endless = (): Fault =>
  inBody((body, { response, send }) => {
    const chunk = Buffer.alloc(64 * 1024, ' ');
    const pump = (): void => {
      while (!response.destroyed) {
        if (send(chunk)) continue;
        response.once('drain', pump);
        return;
      }
    };
    send(body);
    pump();
  }, 'chunked');

/** About a thousandth of `inflatedBytes` on the wire. */
export const gzipBomb = (inflatedBytes = 256 * MEBIBYTE): Fault => ({
  headers: { 'content-encoding': 'gzip' },
  changeBody: () => bombOf(inflatedBytes),
});

/** `location` is sent verbatim: absolute, relative, a loop, or somewhere no client should follow. */
export const redirect = (location: string, status = 307): Fault => ({ reply: { status, headers: { location } } });

export const wrongDigestHeader = (): Fault => ({ headers: { 'docker-content-digest': `sha256:${'0'.repeat(64)}` } });

export const withoutDigestHeader = (): Fault => ({ headers: { 'docker-content-digest': undefined } });

export const contentType = (value: string | undefined): Fault => ({ headers: { 'content-type': value } });

/** Half the body, with the length of half the body: JSON that stops short in a complete response. */
export const truncated = (): Fault => ({ changeBody: (body) => body.subarray(0, body.length >> 1) });

/** One byte differs, so the digest does not match. */
export const corrupted = (): Fault => ({
  changeBody: (body) => body.map((byte, index) => (index === body.length - 1 ? byte ^ 1 : byte)),
});

/** 401 whatever credential is sent. */
export const unauthorized = (challenge: string | readonly string[] = 'Basic realm="nobody"'): Fault => ({
  reply: errorReply(401, 'UNAUTHORIZED', 'authentication required', null, { 'www-authenticate': challenge }),
});

/** An error message that would color, retitle and rewrite the terminal it is printed on. */
export const terminalEscapes = (status = 403): Fault => ({
  reply: errorReply(status, 'DENIED', '\u001b[31mred\u001b]0;title\u0007\r\nverdict: pullable\u202e\u009b2J'),
});

interface BodyWriter {
  readonly response: ServerResponse;
  /** False when the connection is full. */
  readonly send: (bytes: Uint8Array, sent?: () => void) => boolean;
}

/** The head is sent as usual, the body by `write`. A HEAD has no body for a fault to change. */
function inBody(write: (body: Uint8Array, writer: BodyWriter) => void, coding?: 'chunked'): Fault {
  const deliver = (reply: Reply, exchange: Exchange): void => {
    const { request, response, noteBytes } = exchange;
    const body = bodyOf(reply);
    sendHead(reply, exchange, coding === undefined ? body.length : undefined);
    const send: BodyWriter['send'] = (bytes, sent) => {
      noteBytes(bytes.length);
      return response.write(bytes, sent);
    };
    if (request.method === 'HEAD') response.end();
    else write(body, { response, send });
  };
  return { deliver };
}

const MEBIBYTE = 1024 * 1024;

/** RFC 1952 section 2.2: concatenated gzip members inflate to their contents, concatenated. */
function bombOf(inflatedBytes: number): Uint8Array {
  const member = gzipSync(Buffer.alloc(MEBIBYTE, ' '));
  return Buffer.concat(Array.from({ length: Math.ceil(inflatedBytes / MEBIBYTE) }, () => member));
}
