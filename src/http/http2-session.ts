// One HTTP/2 connection (RFC 9113) that carries many concurrent requests, over node:http2.
//
// Node reports a stream that was cut off as one that ended, so whether a body is complete is decided here.

import { type ClientHttp2Stream, connect } from 'node:http2';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { Http2Error, PhaseTimeoutError } from './failure.ts';
import { MAX_HEADER_BYTES, type WireRequest, type WireResponse } from './wire.ts';

export interface Http2Session {
  /** Rejects with a StreamRefused if the server did not process the request. */
  request(request: WireRequest): Promise<WireResponse>;
  /** Whether it accepts further requests. */
  isOpen(): boolean;
  /** Accepts no further requests; running ones finish. */
  retire(): void;
  destroy(): void;
}

/** The request was not processed: it may be sent once more (RFC 9113 section 8.7). */
export class StreamRefused extends Error {
  override readonly name = 'StreamRefused';
  readonly code = 'ECONNRESET';
  /** RFC 9113 section 7, HTTP_1_1_REQUIRED. */
  readonly needsHttp1: boolean;

  constructor(needsHttp1: boolean) {
    super(needsHttp1 ? 'the server requires HTTP/1.1' : 'the server refused the request without processing it');
    this.needsHttp1 = needsHttp1;
  }
}

/** RFC 9113 section 7. Node's names for them would load its HTTP/2, which most runs do not use. */
const NO_ERROR = 0x00;
const INTERNAL_ERROR = 0x02;
const REFUSED_STREAM = 0x07;
const CANCEL = 0x08;
const HTTP_1_1_REQUIRED = 0x0d;

/** As long as undici keeps an idle HTTP/1.1 connection. */
const IDLE_MS = 4_000;
/** 1xx responses, RFC 9110 section 15.2; more than one is rare. */
const MAX_INFORMATIONAL = 100;

export function createHttp2Session(origin: string, socket: Socket): Http2Session {
  const session = connect(origin, {
    createConnection: () => socket,
    settings: { enablePush: false, maxHeaderListSize: MAX_HEADER_BYTES },
  });
  let running = 0;
  let idle: NodeJS.Timeout | undefined;
  // Every stream reports it.
  session.on('error', () => {});
  // A push that was sent before our settings arrived.
  session.on('stream', (pushed) => pushed.on('error', () => {}).close(REFUSED_STREAM));
  session.unref();

  const isOpen = (): boolean => !session.closed && !session.destroyed;

  const retire = (): void => {
    if (isOpen()) session.close();
  };

  const open = ({ method, path, headers, body, onSent }: WireRequest): ClientHttp2Stream => {
    clearTimeout(idle);
    session.ref();
    const stream = session.request(
      {
        ':method': method,
        ':path': path,
        ...headers,
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      },
      { endStream: body === undefined },
    );
    if (body !== undefined) stream.end(body);
    onSent?.();
    running += 1;
    stream.once('close', () => {
      running -= 1;
      if (running > 0 || session.destroyed) return;
      session.unref();
      idle = setTimeout(retire, IDLE_MS).unref();
    });
    return stream;
  };

  return {
    isOpen,
    retire,
    request: async (request) => {
      if (!isOpen()) throw closed();
      return readStream(open(request), request, retire);
    },
    destroy() {
      clearTimeout(idle);
      session.destroy();
      socket.destroy();
    },
  };
}

/** `onTimeout`: the connection may be silently dead; the next request should not wait for it as well. */
function readStream(
  stream: ClientHttp2Stream,
  { method, signal, patienceMs }: WireRequest,
  onTimeout: () => void,
): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    let hasHeaders = false;
    let lengthBytes: number | undefined;
    let receivedBytes = 0;
    let hasEnded = false;
    let reason: Error | undefined;

    // Created first: Node may emit a chunk of the body before the headers.
    const body = new Readable({
      read: () => stream.resume(),
      destroy: (error, done) => {
        stream.close(CANCEL);
        done(error);
      },
    });

    // Its reader sees the error; it may fail before there is one, or without one.
    body.on('error', () => {});

    const fail = (error: Error): void => {
      if (hasHeaders) body.destroy(error);
      else reject(error);
    };
    const cancel = (error: Error): void => {
      fail(error);
      stream.close(CANCEL);
    };
    const expire = (phase: 'headers' | 'body') => (): void => {
      onTimeout();
      cancel(new PhaseTimeoutError(phase));
    };
    const onAbort = (): void => {
      if (!hasHeaders) onTimeout();
      cancel(signal.reason);
    };
    let informational = 0;
    stream.on('headers', () => {
      informational += 1;
      if (informational <= MAX_INFORMATIONAL) return;
      cancel(new Http2Error('too many 1xx responses'));
      // Node would go on reading.
      stream.session?.destroy();
    });
    const timer = patienceMs === undefined ? undefined : setTimeout(expire('headers'), patienceMs);
    signal.addEventListener('abort', onAbort, { once: true });

    stream.once('response', (fields, _flags, lines: readonly string[] = []) => {
      hasHeaders = true;
      clearTimeout(timer);
      if (patienceMs !== undefined) stream.setTimeout(patienceMs, expire('body'));
      const headers = linesOf(lines);
      if (method !== 'HEAD') lengthBytes = Number(headers['content-length']?.[0] ?? Number.NaN);
      resolve({ statusCode: Number(fields[':status']), statusText: '', headers, body });
    });
    stream.on('data', (bytes: Uint8Array) => {
      receivedBytes += bytes.length;
      if (!body.push(bytes)) stream.pause();
    });
    stream.once('end', () => {
      hasEnded = true;
    });
    stream.once('error', (error) => {
      reason = error;
    });
    stream.once('close', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      const isComplete = hasEnded && stream.rstCode === NO_ERROR;
      const isShort = lengthBytes !== undefined && receivedBytes < lengthBytes;
      if (hasHeaders && isComplete && !isShort) body.push(null);
      else fail(errorOf(stream, reason));
    });
  });
}

/** Field lines of one name stay apart. */
function linesOf(lines: readonly string[]): Record<string, string[]> {
  const headers: Record<string, string[]> = Object.create(null);
  for (let at = 0; at < lines.length; at += 2) {
    const [name = '', value = ''] = lines.slice(at, at + 2);
    if (!name.startsWith(':')) headers[name] = [...(headers[name] ?? []), value];
  }
  return headers;
}

/** Node's codes for a peer that broke the protocol. */
const PROTOCOL_ERRORS = new Set(['ERR_HTTP2_ERROR', 'ERR_HTTP2_TOO_MANY_INVALID_FRAMES']);
/** The peer closed or cancelled the stream: a retry may succeed. */
const CANCELLED = new Set([NO_ERROR, CANCEL, INTERNAL_ERROR]);

function errorOf({ rstCode = NO_ERROR }: ClientHttp2Stream, error: NodeJS.ErrnoException | undefined): Error {
  if (rstCode === REFUSED_STREAM) return new StreamRefused(false);
  if (rstCode === HTTP_1_1_REQUIRED) return new StreamRefused(true);
  const code = error?.code ?? '';
  if (error !== undefined && PROTOCOL_ERRORS.has(code)) return new Http2Error(error.message);
  if (error !== undefined && !code.startsWith('ERR_HTTP2')) return error;
  return CANCELLED.has(rstCode) ? closed() : new Http2Error(error?.message ?? `error ${rstCode}`);
}

const closed = (): Error => Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' });
