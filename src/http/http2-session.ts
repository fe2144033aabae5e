// One HTTP/2 connection (RFC 9113) that carries many requests at once, by node:http2; answers as undici's do.
//
// Node reports a stream that was cut off as one that ended, so whether a body is whole is decided here.

import { type ClientHttp2Stream, connect, constants } from 'node:http2';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { Answer, Limits, Question } from './exchange.ts';
import { Http2Error, LateError } from './failure.ts';

export interface Http2Session {
  /** Rejects with a StreamRefused where the server says that it did nothing with the request. */
  request(question: Question): Promise<Answer>;
  /** Whether it takes further requests. */
  isOpen(): boolean;
  /** Takes no further requests; those under way go on. */
  retire(): void;
  destroy(): void;
}

/** Nothing was done with the request: it may be sent once more (RFC 9113 section 8.7). */
export class StreamRefused extends Error {
  override readonly name = 'StreamRefused';
  readonly code = 'ECONNRESET';
  /** RFC 9113 section 7, HTTP_1_1_REQUIRED. */
  readonly needsHttp1: boolean;

  constructor(needsHttp1: boolean) {
    super(needsHttp1 ? 'the server wants HTTP/1.1' : 'the server refused the request unread');
    this.needsHttp1 = needsHttp1;
  }
}

const { NGHTTP2_CANCEL, NGHTTP2_HTTP_1_1_REQUIRED, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } =
  constants;
/** As long as undici keeps an HTTP/1.1 connection. */
const IDLE_MS = 4_000;
/** As much as undici reads of an HTTP/1.1 head. */
const MAX_HEAD_BYTES = 16 * 1024;
/** RFC 9110 section 15.2; more than one is rare. */
const MAX_PROVISIONAL = 100;

export function createHttp2Session(origin: string, socket: Socket, limits: Limits): Http2Session {
  const session = connect(origin, {
    createConnection: () => socket,
    settings: { enablePush: false, maxHeaderListSize: MAX_HEAD_BYTES },
  });
  let underWay = 0;
  let idle: NodeJS.Timeout | undefined;
  // Every stream hears of it.
  session.on('error', () => {});
  // A push that was on its way before our settings arrived.
  session.on('stream', (pushed) => pushed.on('error', () => {}).close(NGHTTP2_REFUSED_STREAM));
  session.unref();

  const isOpen = (): boolean => !session.closed && !session.destroyed;

  const retire = (): void => {
    if (isOpen()) session.close();
  };

  const begin = (question: Question): ClientHttp2Stream => {
    const { method, path, headers, body } = question;
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
    underWay += 1;
    stream.once('close', () => {
      underWay -= 1;
      if (underWay > 0 || session.destroyed) return;
      session.unref();
      idle = setTimeout(retire, IDLE_MS).unref();
    });
    return stream;
  };

  return {
    isOpen,
    retire,
    request: async (question) => {
      if (!isOpen()) throw closed();
      return answerOf(begin(question), question, limits, retire);
    },
    destroy() {
      clearTimeout(idle);
      session.destroy();
      socket.destroy();
    },
  };
}

/** `onLate`: the connection may be dead without a word; the next request should not wait for it too. */
function answerOf(
  stream: ClientHttp2Stream,
  { method, signal }: Question,
  { headersTimeoutMs, bodyTimeoutMs }: Limits,
  onLate: () => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let hasHead = false;
    let lengthBytes: number | undefined;
    let receivedBytes = 0;
    let hasEnded = false;
    let reason: Error | undefined;

    // There from the start: Node may tell of a piece of the body before it tells of the head.
    const body = new Readable({
      read: () => stream.resume(),
      destroy: (error, done) => {
        stream.close(NGHTTP2_CANCEL);
        done(error);
      },
    });

    // Whoever reads it hears of it; it may fail before anybody does, or when nobody will.
    body.on('error', () => {});

    const fail = (error: Error): void => {
      if (hasHead) body.destroy(error);
      else reject(error);
    };
    const giveUp = (error: Error): void => {
      fail(error);
      stream.close(NGHTTP2_CANCEL);
    };
    const onLimit = (phase: 'headers' | 'body') => (): void => {
      onLate();
      giveUp(new LateError(phase));
    };
    const onAbort = (): void => {
      if (!hasHead) onLate();
      giveUp(signal.reason);
    };
    let provisional = 0;
    stream.on('headers', () => {
      provisional += 1;
      if (provisional <= MAX_PROVISIONAL) return;
      giveUp(new Http2Error('provisional answers without end'));
      // It would go on all the same.
      stream.session?.destroy();
    });
    const timer = setTimeout(onLimit('headers'), headersTimeoutMs);
    signal.addEventListener('abort', onAbort, { once: true });

    stream.once('response', (fields, _flags, lines: readonly string[] = []) => {
      hasHead = true;
      clearTimeout(timer);
      stream.setTimeout(bodyTimeoutMs, onLimit('body'));
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
      const isWhole = hasEnded && stream.rstCode === NGHTTP2_NO_ERROR;
      const isShort = lengthBytes !== undefined && receivedBytes < lengthBytes;
      if (hasHead && isWhole && !isShort) body.push(null);
      else fail(brokenOff(stream, reason));
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

/** What Node says when it is us who saw the other side break the rules. */
const BROKEN_RULES = new Set(['ERR_HTTP2_ERROR', 'ERR_HTTP2_TOO_MANY_INVALID_FRAMES']);
/** The other side went away or gave up; it may do better. */
const GAVE_UP = new Set([NGHTTP2_NO_ERROR, NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR]);

function brokenOff({ rstCode = NGHTTP2_NO_ERROR }: ClientHttp2Stream, error: NodeJS.ErrnoException | undefined): Error {
  if (rstCode === NGHTTP2_REFUSED_STREAM) return new StreamRefused(false);
  if (rstCode === NGHTTP2_HTTP_1_1_REQUIRED) return new StreamRefused(true);
  const code = error?.code ?? '';
  if (error !== undefined && BROKEN_RULES.has(code)) return new Http2Error(error.message);
  if (error !== undefined && !code.startsWith('ERR_HTTP2')) return error;
  return GAVE_UP.has(rstCode) ? closed() : new Http2Error(error?.message ?? `error ${rstCode}`);
}

const closed = (): Error => Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' });
