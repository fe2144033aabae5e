// Reads an HTTP/1.1 response that undici refuses, by the rules of Go's net/http: docker, podman and containerd pull where
// the head is written in an old way (see response-head.ts), or its length fields contradict each other. Chunked outranks
// Content-Length (RFC 9112 section 6.3), and the same Content-Length may come twice.
//
// The request is sent once more, over a connection of its own that ends with the response: whatever follows the response
// is never taken for another one.

import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { LengthError, MalformedResponseError } from './failure.ts';
import { createHeadReader, type ResponseHead } from './response-head.ts';
import type { WireRequest, WireResponse } from './wire.ts';

/** Of a line between two chunks, as in Go. */
const MAX_CHUNK_LINE_BYTES = 4096;
const MAX_INFORMATIONAL = 100;

/** Whether undici gave up a response that clients written in Go may read. */
export function mayBeReadByGo(error: unknown): boolean {
  const { name, code, message } = error as { name?: unknown; code?: unknown; message?: unknown };
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return true;
  // A 100 that was not requested.
  if (name === 'SocketError') return message === 'bad response';
  // The last is a chunked body without its last chunk.
  return name === 'HTTPParserError' && !/Expected HTTP\/|Invalid EOF state/.test(String(message));
}

/** For a request that may be repeated: GET or HEAD. */
export async function requestLeniently(socket: Socket, request: WireRequest): Promise<WireResponse> {
  const { origin, path, method, headers, signal } = request;
  const onAbort = (): void => void socket.destroy(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', onAbort));
  // The reader below sees it.
  socket.on('error', () => {});
  const sent = Object.entries({ host: new URL(origin).host, connection: 'close', ...headers });
  const lines = sent.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines}\r\n`, 'latin1');
  request.onSent?.();
  const source = createByteSource(socket);
  try {
    const head = await readHead(source);
    if (!head.isBeforeHttp11) requireKnownCoding(head.headers);
    const hasBody = method !== 'HEAD' && head.statusCode >= 200 && head.statusCode !== 204 && head.statusCode !== 304;
    const pieces = hasBody ? bodyOf(source, head) : [];
    const body = Readable.from(pieces, { objectMode: false }).once('close', () => socket.destroy());
    const { statusCode, statusText, headers: fields } = head;
    return { statusCode, statusText, headers: fields, body };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** The final one: Go passes over 1xx responses other than 101 (RFC 9110 section 15.2). */
async function readHead(source: ByteSource): Promise<ResponseHead> {
  for (let responses = 0; responses <= MAX_INFORMATIONAL; responses += 1) {
    const head = await source.head();
    if (head.statusCode >= 200 || head.statusCode === 101) return head;
  }
  throw new MalformedResponseError('too many 1xx responses');
}

/** Go reads `chunked` only, and only in one field; it refuses the response to a HEAD as well. */
export function requireKnownCoding(headers: WireResponse['headers']): void {
  const encodings = linesOf(headers, 'transfer-encoding');
  if (encodings.length === 0 || (encodings.length === 1 && encodings[0]?.toLowerCase() === 'chunked')) return;
  throw new LengthError(`it has ${namesOf(headers)}`);
}

const linesOf = (headers: WireResponse['headers'], name: string): readonly string[] => [headers[name] ?? []].flat();

/** `Content-Length: 5 and Transfer-Encoding: chunked` */
const namesOf = (headers: WireResponse['headers']): string =>
  ['Content-Length', 'Transfer-Encoding']
    .flatMap((name) => linesOf(headers, name.toLowerCase()).map((value) => `${name}: ${value}`))
    .join(' and ');

function bodyOf(source: ByteSource, { headers, isBeforeHttp11 }: ResponseHead): AsyncIterable<Buffer> {
  const lengths = linesOf(headers, 'content-length');
  const named = namesOf(headers);
  if (!isBeforeHttp11 && headers['transfer-encoding'] !== undefined) return chunkedBody(source, named);
  const [length] = lengths;
  if (length === undefined) return source.untilEnd();
  if (lengths.some((other) => other !== length) || !/^\d{1,15}$/.test(length)) {
    throw new LengthError(`it has contradictory lengths (${named})`);
  }
  return source.take(Number(length));
}

/** RFC 9112 section 7.1: `chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF`. */
async function* chunkedBody(source: ByteSource, named: string): AsyncGenerator<Buffer> {
  try {
    for (;;) {
      const size = /^([0-9a-f]{1,12})[ \t]*(?:;.*)?$/i.exec(await source.line(/[0-9a-f]/i))?.[1];
      if (size === undefined) throw new Error('no chunk size');
      const length = Number.parseInt(size, 16);
      if (length === 0) {
        // The trailer section.
        while ((await source.line()) !== '') {}
        return;
      }
      yield* source.take(length);
      if ((await source.line()) !== '') throw new Error('a chunk is longer than its size');
    }
  } catch (cause) {
    throw new LengthError(`it has ${named}, but its body is not chunked`, { cause });
  }
}

interface ByteSource {
  head(): Promise<ResponseHead>;
  /** The next line without its end; rejects early if it begins otherwise. */
  line(beginning?: RegExp): Promise<string>;
  /** The next `length` bytes, in pieces. */
  take(length: number): AsyncGenerator<Buffer>;
  /** Everything until the server ends the connection. */
  untilEnd(): AsyncGenerator<Buffer>;
}

/** Rejects where the connection ends too early. */
function createByteSource(socket: Socket): ByteSource {
  const chunks = (socket as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const next = async (): Promise<Buffer | undefined> => {
    if (rest.length === 0) return (await chunks.next()).value;
    const bytes = rest;
    rest = Buffer.alloc(0);
    return bytes;
  };
  const nextOrFail = async (): Promise<Buffer> => {
    const bytes = await next();
    if (bytes === undefined) throw Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' });
    return bytes;
  };
  return {
    async head() {
      const read = createHeadReader();
      for (;;) {
        const found = read(await nextOrFail());
        if (found === undefined) continue;
        rest = found.rest;
        return found.head;
      }
    },
    async line(beginning = /./s) {
      let line = '';
      for (;;) {
        const bytes = await nextOrFail();
        const end = bytes.indexOf('\n');
        line += bytes.toString('latin1', 0, end < 0 ? bytes.length : end + 1);
        if (!beginning.test(line.charAt(0))) throw new LengthError('unexpected data');
        if (line.length > MAX_CHUNK_LINE_BYTES) throw new LengthError('a line is too long');
        if (end < 0) continue;
        rest = bytes.subarray(end + 1);
        if (!line.endsWith('\r\n')) throw new LengthError('a line ends with LF alone');
        return line.slice(0, -2);
      }
    },
    async *take(length) {
      for (let left = length; left > 0; ) {
        const bytes = await nextOrFail();
        const piece = bytes.subarray(0, left);
        rest = bytes.subarray(piece.length);
        left -= piece.length;
        yield piece;
      }
    },
    async *untilEnd() {
      for (let bytes = await next(); bytes !== undefined; bytes = await next()) yield bytes;
    },
  };
}
