// Servers on loopback ports of the system's choice, and a transport to ask them with; all end with the test.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer as createRawServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { HttpFailure } from '../../src/http/failure.ts';
import type { HttpRequest, HttpResponse } from '../../src/http/send.ts';
import { createTransport, type TransportSettings } from '../../src/http/transport.ts';
import { requestFor } from '../support/fake-send.ts';

export interface LoopbackServer {
  /** `http://127.0.0.1:4711` */
  readonly origin: string;
  readonly port: number;
  /** Connections accepted so far. */
  connections(): number;
}

/** An HTTP server, over TLS when `tls` is given. */
export function serve(
  t: TestContext,
  handler: RequestListener,
  { tls, host }: { tls?: ServerOptions; host?: string } = {},
): Promise<LoopbackServer> {
  const server = tls === undefined ? createServer(handler) : createSecureServer(tls, handler);
  // A client that turns away in the middle is part of the tests.
  server.on('tlsClientError', () => {});
  return listen(t, server, tls === undefined ? 'http' : 'https', host);
}

/** A TCP server that leaves everything to `onSocket`. */
export function serveRaw(t: TestContext, onSocket: (socket: Socket) => void): Promise<LoopbackServer> {
  return listen(t, createRawServer(onSocket), 'http', undefined);
}

/** Answers every request with these bytes, whatever was asked, then ends the connection. */
export const serveBytes = (t: TestContext, text: string): Promise<LoopbackServer> =>
  serveRaw(t, (socket) => socket.once('data', () => socket.end(text, 'latin1')));

async function listen(t: TestContext, server: Server, scheme: string, host = '127.0.0.1'): Promise<LoopbackServer> {
  let connections = 0;
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections += 1;
    open.add(socket.on('error', () => {}).once('close', () => open.delete(socket)));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  t.after(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  const origin = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { origin, port, connections: () => connections };
}

export interface Asker {
  /** The answer; a failure fails the test. */
  get(url: string, more?: Partial<HttpRequest>): Promise<HttpResponse>;
  /** The failure; an answer fails the test. */
  fail(url: string, more?: Partial<HttpRequest>): Promise<HttpFailure>;
  close(): Promise<void>;
}

/** A transport without proxies, unless `env` has some. */
export function ask(t: TestContext, settings: Partial<TransportSettings> = {}): Asker {
  const { send, close } = createTransport({ env: {}, ...settings });
  t.after(close);
  return {
    get: async (url, more) => {
      const outcome = await send(requestFor(url, more));
      if (!outcome.ok) throw new Error(`${url}: ${JSON.stringify(outcome.error)}`);
      return outcome.value;
    },
    fail: async (url, more) => {
      const outcome = await send(requestFor(url, more));
      if (outcome.ok) throw new Error(`${url} answered ${outcome.value.status}`);
      return outcome.error;
    },
    close,
  };
}

export const textOf = ({ body }: HttpResponse): string => Buffer.from(body).toString();

/** Calls back once, after undici has given the head of the next answer on. */
export function onceHeadIsRead(callback: () => void): void {
  const onHeaders = (): void => {
    unsubscribe('undici:request:headers', onHeaders);
    setImmediate(callback);
  };
  subscribe('undici:request:headers', onHeaders);
}
