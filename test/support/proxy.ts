// An HTTP proxy for tests: CONNECT tunnels and absolute-form requests, logged, and never further than loopback.

import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { basicCredential } from '../../src/demo/logged-request.ts';

export interface ProxyOptions {
  /** Unset: nobody has to log in. */
  readonly login?: { readonly username: string; readonly password: string };
  /** Answer every request with this status. */
  readonly refuseWith?: number;
  /** `host:port` as asked to the `host:port` meant, so that tests can use any name without DNS. */
  readonly routes?: Readonly<Record<string, string>>;
  /** Speak TLS to the client: an https:// proxy. */
  readonly tls?: TlsOptions;
}

export interface ProxiedRequest {
  readonly method: string;
  /** `host:port` for CONNECT, the absolute URL otherwise. */
  readonly target: string;
  readonly authorization: string | undefined;
  readonly status: number;
}

export interface TestProxy extends AsyncDisposable {
  /** `http://127.0.0.1:4711` */
  readonly origin: string;
  readonly log: readonly ProxiedRequest[];
  close(): Promise<void>;
}

export async function startProxy({ login, refuseWith, routes = {}, tls }: ProxyOptions = {}): Promise<TestProxy> {
  const log: ProxiedRequest[] = [];
  const sockets = new Set<Socket>();
  const server = tls === undefined ? createServer() : createSecureServer(tls);

  /** Where to connect, or the status that refuses. Logs either. */
  function admit(request: IncomingMessage, target: string, hostAndPort: string): string | number {
    const authorization = request.headers['proxy-authorization'];
    const sent = basicCredential(authorization);
    const known = login === undefined || (sent?.username === login.username && sent.password === login.password);
    const address = routes[hostAndPort] ?? hostAndPort;
    const status = known ? (refuseWith ?? (isLoopback(address) ? 200 : 502)) : 407;
    log.push({ method: request.method ?? '', target, authorization, status });
    return status === 200 ? address : status;
  }

  function track(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  }

  server.on('connection', track);

  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    client.on('error', () => client.destroy());
    const admitted = admit(request, request.url ?? '', request.url ?? '');
    if (typeof admitted === 'number') {
      const challenge = admitted === 407 ? 'Proxy-Authenticate: Basic realm="test proxy"\r\n' : '';
      client.end(`HTTP/1.1 ${admitted} Refused\r\n${challenge}Content-Length: 0\r\nConnection: close\r\n\r\n`);
      return;
    }
    const upstream = connect(splitAddress(admitted), () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    track(upstream);
    upstream.once('close', () => client.destroy());
    client.once('close', () => upstream.destroy());
  });

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const url = URL.canParse(request.url ?? '') ? new URL(request.url ?? '') : null;
    const admitted = url === null ? 400 : admit(request, url.href, `${url.hostname}:${url.port || 80}`);
    if (typeof admitted === 'number' || url === null) {
      const challenge = admitted === 407 ? { 'proxy-authenticate': 'Basic realm="test proxy"' } : {};
      response.writeHead(Number(admitted), { ...challenge, 'content-length': 0 }).end();
      return;
    }
    const { 'proxy-authorization': _, 'proxy-connection': __, ...headers } = request.headers;
    const { host, port } = splitAddress(admitted);
    const path = `${url.pathname}${url.search}`;
    const upstream = httpRequest({ host, port, path, method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    upstream.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    request.pipe(upstream);
  });

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  const close = (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    for (const socket of sockets) socket.destroy();
    return closed;
  };
  const origin = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, log, close, [Symbol.asyncDispose]: close };
}

function splitAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) };
}

function isLoopback(address: string): boolean {
  return /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\]):\d+$/.test(address);
}
