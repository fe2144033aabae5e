// An HTTP proxy: CONNECT tunnels and absolute-form requests, logged, and only to loopback addresses.

import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import type { TLSSocket, TlsOptions } from 'node:tls';
import { basicCredential } from '../../src/demo/logged-request.ts';
import { type LoopbackServer, listen } from './servers.ts';

export interface ProxyOptions {
  /** Unset: none is required. */
  readonly credential?: { readonly username: string; readonly password: string };
  /** The challenges of a 407; default Basic. */
  readonly challenges?: readonly string[];
  /** The status of every response. */
  readonly refuseWith?: number;
  /** From the requested `host:port` to the real one, so that tests can use any name without DNS. */
  readonly routes?: Readonly<Record<string, string>>;
  /** Every host is this machine. */
  readonly toLoopback?: boolean;
  /** An https:// proxy. */
  readonly tls?: TlsOptions;
  readonly onSecure?: (socket: TLSSocket) => void;
}

export interface ProxiedRequest {
  readonly method: string;
  /** `host:port` for CONNECT, the absolute URL otherwise. */
  readonly target: string;
  readonly authorization: string | undefined;
  readonly status: number;
}

export interface TestProxy extends LoopbackServer {
  readonly log: readonly ProxiedRequest[];
}

export async function startProxy(options: ProxyOptions = {}): Promise<TestProxy> {
  const {
    credential,
    challenges = [BASIC],
    refuseWith,
    routes = {},
    toLoopback = false,
    tls,
    onSecure = () => {},
  } = options;
  const log: ProxiedRequest[] = [];
  const server = tls === undefined ? createServer() : createSecureServer(tls);

  /** Where to connect, or the status that refuses. Logs either. */
  function admit(request: IncomingMessage, target: string, hostAndPort: string): string | number {
    const authorization = request.headers['proxy-authorization'];
    const sent = basicCredential(authorization);
    const isKnown =
      credential === undefined || (sent?.username === credential.username && sent.password === credential.password);
    const address = toLoopback ? `127.0.0.1:${splitAddress(hostAndPort).port}` : (routes[hostAndPort] ?? hostAndPort);
    const status = isKnown ? (refuseWith ?? (isLoopback(address) ? 200 : 502)) : 407;
    log.push({ method: request.method ?? '', target, authorization, status });
    return status === 200 ? address : status;
  }

  server.on('secureConnection', onSecure);

  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    client.on('error', () => client.destroy());
    const admitted = admit(request, request.url ?? '', request.url ?? '');
    if (typeof admitted === 'number') {
      const fields = admitted === 407 ? challenges.map((challenge) => `Proxy-Authenticate: ${challenge}\r\n`) : [];
      client.end(`HTTP/1.1 ${admitted} Refused\r\n${fields.join('')}Content-Length: 0\r\nConnection: close\r\n\r\n`);
      return;
    }
    const upstream = connect(splitAddress(admitted), () => {
      client.write('HTTP/1.1 200 Connection established\r\nvia: test\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => upstream.destroy()).once('close', () => client.destroy());
    client.once('close', () => upstream.destroy());
  });

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const url = URL.canParse(request.url ?? '') ? new URL(request.url ?? '') : null;
    const admitted = url === null ? 400 : admit(request, url.href, `${url.hostname}:${url.port || 80}`);
    if (typeof admitted === 'number' || url === null) {
      const fields = admitted === 407 ? { 'proxy-authenticate': [...challenges] } : {};
      response.writeHead(Number(admitted), { ...fields, 'content-length': 0 }).end();
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

  return { ...(await listen(server, tls === undefined ? 'http' : 'https')), log };
}

const BASIC = 'Basic realm="test proxy"';

function splitAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) };
}

function isLoopback(address: string): boolean {
  return /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\]):\d+$/.test(address);
}
