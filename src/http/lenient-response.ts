// Reads an HTTP/1.1 response whose length fields contradict each other, by the rules of Go's net/http.
//
// undici refuses such a response, or reports it as cut off. Docker and containerd read it: chunked outranks Content-Length
// (RFC 9112 section 6.3), and the same Content-Length may come twice. So the request is sent once more, over a connection
// of its own that ends with the response.

import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { LengthError } from './failure.ts';
import type { WireRequest, WireResponse } from './wire.ts';

/** Of one line, and of all lines of a head together. Less than elsewhere: a line is searched again with every packet. */
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_INFORMATIONAL = 100;

/** Whether undici gave up a response because of its length fields. */
export function isLengthConflict(error: unknown): boolean {
  const { name, code, message } = error as { name?: unknown; code?: unknown; message?: unknown };
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return true;
  return name === 'HTTPParserError' && /Content-Length|Transfer-Encoding/.test(String(message));
}

/** For a request that may be repeated: GET or HEAD. */
export async function requestLeniently(socket: Socket, request: WireRequest): Promise<WireResponse> {
  const { origin, path, method, headers, signal } = request;
  const onAbort = (): void => void socket.destroy(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', onAbort));
  // The reader below sees it.
  socket.on('error', () => {});
  const fields = Object.entries({ host: new URL(origin).host, connection: 'close', ...headers });
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines}\r\n`);
  const source = createByteSource(socket);
  try {
    const head = await readHead(source);
    const hasBody = method !== 'HEAD' && head.statusCode !== 204 && head.statusCode !== 304;
    const pieces = hasBody ? bodyOf(source, head.headers) : [];
    const body = Readable.from(pieces, { objectMode: false }).once('close', () => socket.destroy());
    return { ...head, body };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

type Head = Pick<WireResponse, 'statusCode' | 'statusText'> & { readonly headers: Record<string, string[]> };

async function readHead(source: ByteSource): Promise<Head> {
  for (let responses = 0; responses <= MAX_INFORMATIONAL; responses += 1) {
    let bytes = 0;
    // Lines that have arrived are read without a turn of the event loop: without a limit, no timer would run.
    const nextLine = async (): Promise<string> => {
      const line = await source.line();
      bytes += line.length + 2;
      if (bytes > MAX_HEADER_BYTES) throw new LengthError('response headers too large');
      return line;
    };
    const [, status, statusText = ''] = /^HTTP\/1\.[01] (\d{3})(?: (.*))?$/.exec(await nextLine()) ?? [];
    if (status === undefined) throw new LengthError('it is not HTTP/1.1');
    const headers: Record<string, string[]> = Object.create(null);
    for (let line = await nextLine(); line !== ''; line = await nextLine()) {
      const [, name = '', value = ''] = /^([^:\s]+):[ \t]*(.*)$/.exec(line) ?? [];
      const key = name.toLowerCase();
      headers[key] ??= [];
      headers[key].push(value.trimEnd());
    }
    if (!status.startsWith('1')) return { statusCode: Number(status), statusText, headers };
  }
  throw new LengthError('too many 1xx responses');
}

function bodyOf(source: ByteSource, headers: Record<string, string[]>): AsyncIterable<Buffer> {
  const lengths = headers['content-length'] ?? [];
  const encodings = headers['transfer-encoding'] ?? [];
  const named = [
    ...lengths.map((value) => `Content-Length: ${value}`),
    ...encodings.map((value) => `Transfer-Encoding: ${value}`),
  ].join(' and ');
  if (encodings.length > 0) {
    if (encodings.every((value) => value.toLowerCase() === 'chunked')) return chunkedBody(source, named);
    throw new LengthError(`it has ${named}`);
  }
  const [length = ''] = lengths;
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
      if (length === 0) return;
      yield* source.take(length);
      if ((await source.line()) !== '') throw new Error('a chunk is longer than its size');
    }
  } catch (cause) {
    throw new LengthError(`it has ${named}, but its body is not chunked`, { cause });
  }
}

interface ByteSource {
  /** The next line without its end; rejects early if it begins otherwise. */
  line(beginning?: RegExp): Promise<string>;
  /** The next `length` bytes, in pieces. */
  take(length: number): AsyncGenerator<Buffer>;
}

/** Rejects where the connection ends too early. */
function createByteSource(socket: Socket): ByteSource {
  const chunks = (socket as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const readMore = async (): Promise<void> => {
    const { value, done } = await chunks.next();
    if (done) throw Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' });
    rest = rest.length === 0 ? value : Buffer.concat([rest, value]);
  };
  return {
    async line(beginning = /./s) {
      for (;;) {
        if (rest.length > 0 && !beginning.test(String.fromCharCode(rest[0] ?? 0)))
          throw new LengthError('unexpected data');
        const end = rest.indexOf('\n');
        if (end > MAX_HEADER_BYTES || (end < 0 && rest.length > MAX_HEADER_BYTES)) {
          throw new LengthError('response headers too large');
        }
        if (end < 0) {
          await readMore();
          continue;
        }
        const line = rest.subarray(0, end).toString('latin1').replace(/\r$/, '');
        rest = rest.subarray(end + 1);
        return line;
      }
    },
    async *take(length) {
      for (let left = length; left > 0; ) {
        if (rest.length === 0) await readMore();
        const piece = rest.subarray(0, left);
        rest = rest.subarray(piece.length);
        left -= piece.length;
        yield piece;
      }
    },
  };
}
