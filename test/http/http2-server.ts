// HTTP/2 servers on loopback: one that behaves, and one whose frames a test writes itself (RFC 9113 section 4.1).

import type { IncomingHttpHeaders } from 'node:http2';
import { createSecureServer, type SecureServerOptions, type ServerHttp2Stream } from 'node:http2';
import type { Server } from 'node:net';
import type { TestContext } from 'node:test';
import { createServer, type TLSSocket } from 'node:tls';
import { serverIdentity } from '../support/certificates.ts';
import { type LoopbackServer, listen } from '../support/servers.ts';

/** Speaks HTTP/1.1 too, to whoever wants it, and answers 200 and `http/1.1`. */
export function serveHttp2(
  t: TestContext,
  onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
  options: SecureServerOptions = {},
): Promise<LoopbackServer> {
  const server = createSecureServer({ ...serverIdentity(), allowHTTP1: true, ...options }, (request, response) => {
    if (request.httpVersionMajor === 1) response.end('http/1.1');
  });
  server.on('session', (session) => session.on('error', () => {}));
  server.on('stream', (stream, headers) =>
    onStream(
      stream.on('error', () => {}),
      headers,
    ),
  );
  return untilEnd(t, server);
}

/** Calls back once the client has sent a request; the settings are exchanged already. */
export function serveFrames(t: TestContext, onRequest: (socket: TLSSocket) => void): Promise<LoopbackServer> {
  const server = createServer({ ...serverIdentity(), ALPNProtocols: ['h2'] }, (socket) => {
    let received = Buffer.of();
    const onData = (bytes: Buffer): void => {
      received = Buffer.concat([received, bytes]);
      if (!holdsRequest(received)) return;
      socket.off('data', onData).resume();
      socket.write(Buffer.concat([settings, frame(4, ACK, 0)]));
      onRequest(socket);
    };
    socket.on('error', () => {}).on('data', onData);
  });
  return untilEnd(t, server);
}

/** The preface of the client (RFC 9113 section 3.4) comes before its frames; its request may be in a later packet. */
const PREFACE_LENGTH = 24;

function holdsRequest(bytes: Buffer): boolean {
  for (let at = PREFACE_LENGTH; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) {
    if (bytes[at + 3] === HEADERS) return true;
  }
  return false;
}

/** The same bytes again and again, as fast as the other side takes them, after the `first`. */
export function flood(socket: TLSSocket, bytes: Buffer, first: Buffer = Buffer.of()): void {
  socket.write(first);
  const pack = Buffer.concat(Array<Buffer>(1000).fill(bytes));
  const more = (): void => {
    if (socket.writable) socket.write(pack, () => setImmediate(more));
  };
  more();
}

const HEADERS = 1;
const ACK = 1;
export const END = 1;
const END_HEADERS = 4;

export function frame(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.of()): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

const words = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, at * 4);
  return bytes;
};

/** A field that is in no table (RFC 7541 section 6.2.2), of less than 127 bytes. */
export const field = (name: string, value: string): Buffer =>
  Buffer.concat([Buffer.of(0, name.length), Buffer.from(name), Buffer.of(value.length), Buffer.from(value)]);

/** `:status: 200` is entry 8 of the static table. */
const OK = Buffer.of(0x88);
export const settings = frame(4, 0, 0);
export const ping = frame(6, 0, 0, Buffer.alloc(8));
export const head = (...fields: Buffer[]): Buffer => frame(1, END_HEADERS, 1, Buffer.concat([OK, ...fields]));
export const openHead = frame(1, 0, 1, OK);
export const continuation = frame(9, 0, 1, field('x', 'y'));
export const provisional = frame(1, END_HEADERS, 1, field(':status', '103'));
export const data = (text: string, flags = 0): Buffer => frame(0, flags, 1, Buffer.from(text));
export const reset = (code: number): Buffer => frame(3, 0, 1, words(code));
export const goaway = (lastStream: number, code: number): Buffer => frame(7, 0, 0, words(lastStream, code));
/** `GET https://a/` as stream 2. */
export const push = frame(5, END_HEADERS, 1, Buffer.of(0, 0, 0, 2, 0x82, 0x84, 0x87, 0x41, 1, 97));

async function untilEnd(t: TestContext, server: Server): Promise<LoopbackServer> {
  const listening = await listen(server, 'https');
  t.after(listening.close);
  return listening;
}
