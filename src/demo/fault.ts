// What can go wrong between a registry and a client, by name. A fault is laid over the answer that would be given.

import { gzipSync } from 'node:zlib';
import { type Answer, errorAnswer, type Headers, textAnswer } from './answer.ts';
import type { Delivery } from './delivery.ts';

export interface Fault {
  /** Stands in for the true answer. */
  readonly answer?: Answer;
  /** Laid over the answer's headers; undefined takes one away. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly changeBody?: (body: Uint8Array) => Uint8Array;
  readonly delivery?: Delivery;
}

export function applyFault(fault: Fault, trueAnswer: () => Answer): Answer {
  const answer = fault.answer ?? trueAnswer();
  const headers = Object.entries({ ...answer.headers, ...fault.headers }).filter(([, value]) => value !== undefined);
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : (answer.body ?? new Uint8Array());
  return {
    status: answer.status,
    headers: Object.fromEntries(headers) as Headers,
    body: fault.changeBody?.(body) ?? body,
  };
}

/** The connection is reset before any answer. */
export const reset = (): Fault => ({ delivery: { kind: 'reset' } });

/** The request is taken and never answered. */
export const hang = (): Fault => ({ delivery: { kind: 'hang' } });

/** The headers come, and so many bytes of the body, then nothing any more. */
export const stall = (afterBytes = 0): Fault => ({ delivery: { kind: 'stall', afterBytes } });

/** The connection closes in the middle of the body. */
export const cut = (afterBytes = 1): Fault => ({ delivery: { kind: 'cut', afterBytes } });

/** The body comes byte by byte. */
export const drip = (intervalMs = 20): Fault => ({ delivery: { kind: 'drip', intervalMs } });

/** The body never ends; it comes as fast as the client reads. */
export const endless = (): Fault => ({ delivery: { kind: 'endless', chunk: Buffer.alloc(64 * 1024, ' ') } });

/** Something that is not HTTP, or not quite: these very characters. */
export const raw = (text: string): Fault => ({ delivery: { kind: 'raw', text } });

/** About a thousandth of `inflatedBytes` on the wire. */
export const gzipBomb = (inflatedBytes = 256 * MEBIBYTE): Fault => ({
  headers: { 'content-encoding': 'gzip' },
  changeBody: () => bombOf(inflatedBytes),
});

export const answering = (answer: Answer): Fault => ({ answer });

/** `location` goes out as it is: absolute, relative, a loop, or somewhere nobody should follow. */
export const redirect = (location: string, status = 307): Fault => ({ answer: { status, headers: { location } } });

/** `retryAfter` as the header says it: seconds or an HTTP-date. */
export const tooManyRequests = (retryAfter?: string): Fault => {
  const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  return { answer: errorAnswer(429, 'TOOMANYREQUESTS', 'too many requests', undefined, headers) };
};

export const unavailable = (): Fault => ({
  answer: textAnswer(503, '<html><body><h1>503 Service Unavailable</h1></body></html>\n', HTML),
});

/** What a hotel network or a company's filter says instead of the registry: 200, and HTML. */
export const captivePortal = (): Fault => ({
  answer: textAnswer(200, '<!DOCTYPE html><html><head><title>Sign in to Guest WiFi</title></head></html>\n', HTML),
});

export const wrongDigestHeader = (): Fault => ({ headers: { 'docker-content-digest': `sha256:${'0'.repeat(64)}` } });

export const withoutDigestHeader = (): Fault => ({ headers: { 'docker-content-digest': undefined } });

export const contentType = (value: string | undefined): Fault => ({ headers: { 'content-type': value } });

/** Half the body, with the length of half the body: JSON that stops short, well delivered. */
export const truncated = (): Fault => ({ changeBody: (body) => body.subarray(0, body.length >> 1) });

/** One byte is another one: whatever was hashed, this is not it. */
export const corrupted = (): Fault => ({
  changeBody: (body) => body.map((byte, index) => (index === body.length - 1 ? byte ^ 1 : byte)),
});

/** 401 whatever is sent. */
export const unauthorized = (challenge: string | readonly string[] = 'Basic realm="nobody"'): Fault => ({
  answer: errorAnswer(401, 'UNAUTHORIZED', 'authentication required', null, { 'www-authenticate': challenge }),
});

/** An error message that would colour, retitle and rewrite the terminal it is printed on. */
export const terminalEscapes = (status = 403): Fault => ({
  answer: errorAnswer(status, 'DENIED', '\u001b[31mred\u001b]0;title\u0007\r\nverdict: pullable\u202e\u009b2J'),
});

const MEBIBYTE = 1024 * 1024;
const HTML = { 'content-type': 'text/html; charset=utf-8' };

/** RFC 1952 2.2: gzip members one after another inflate to their contents one after another. */
function bombOf(inflatedBytes: number): Uint8Array {
  const member = gzipSync(Buffer.alloc(MEBIBYTE, ' '));
  return Buffer.concat(Array.from({ length: Math.ceil(inflatedBytes / MEBIBYTE) }, () => member));
}
