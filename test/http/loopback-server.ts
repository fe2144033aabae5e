// Servers on loopback ports of the system's choice, and a transport to ask them with; all end with the test.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import { createServer as createRawServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { HttpFailure } from '../../src/http/failure.ts';
import type { HttpRequest, HttpResponse } from '../../src/http/send.ts';
import { createTransport, type TransportSettings } from '../../src/http/transport.ts';
import { requestFor } from '../support/fake-send.ts';
import { type ProxyOptions, startProxy as startLoopbackProxy, type TestProxy } from '../support/proxy.ts';
import { type LoopbackServer, listen } from '../support/servers.ts';

/** An HTTP server, over TLS when `tls` is given. */
export function serve(
  t: TestContext,
  handler: RequestListener,
  { tls, host }: { tls?: ServerOptions; host?: string } = {},
): Promise<LoopbackServer> {
  const server = tls === undefined ? createServer(handler) : createSecureServer(tls, handler);
  return untilEnd(t, listen(server, tls === undefined ? 'http' : 'https', host));
}

/** A TCP server that leaves everything to `onSocket`. */
export function serveRaw(t: TestContext, onSocket: (socket: Socket) => void): Promise<LoopbackServer> {
  return untilEnd(t, listen(createRawServer(onSocket)));
}

/** Answers every request with these bytes, whatever was asked, then ends the connection. */
export const serveBytes = (t: TestContext, text: string): Promise<LoopbackServer> =>
  serveRaw(t, (socket) => socket.once('data', () => socket.end(text, 'latin1')));

/** A proxy to this machine, whatever the host. */
export async function startProxy(t: TestContext, options: ProxyOptions = {}): Promise<TestProxy> {
  const proxy = await startLoopbackProxy({ toLoopback: true, ...options });
  t.after(proxy.close);
  return proxy;
}

async function untilEnd(t: TestContext, server: Promise<LoopbackServer>): Promise<LoopbackServer> {
  const listening = await server;
  t.after(listening.close);
  return listening;
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
