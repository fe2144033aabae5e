// An HTTP server on a loopback port, for this process: it logs every request, and faults can be injected.

import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { applyFault, createFaults, type Faults } from './fault.ts';
import type { LoggedRequest } from './logged-request.ts';
import { type Reply, sendReply } from './reply.ts';

export interface ListenOptions {
  /** A loopback address or name, also used in `name` and `origin`; default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: the system chooses. */
  readonly port?: number;
  /** Unset: plain HTTP. */
  readonly tls?: TlsOptions;
  /** How many of the latest requests are kept, default 10,000. */
  readonly logLimit?: number;
}

export interface EmbeddedServer extends AsyncDisposable {
  /** `http://127.0.0.1:4711` */
  readonly origin: string;
  /** `127.0.0.1:4711`, the registry in a reference. */
  readonly name: string;
  readonly log: readonly LoggedRequest[];
  /** TCP connections accepted so far. */
  readonly connections: number;
  /** The log as lines: `HEAD /v2/app/manifests/v1 200`. */
  transcript(): string[];
  readonly inject: Faults['inject'];
  /** Resolves when no request is running. */
  idle(): Promise<void>;
  /** Ends every connection immediately. */
  close(): Promise<void>;
}

type Entry = { -readonly [Field in keyof LoggedRequest]: LoggedRequest[Field] };

export async function startServer(
  respond: (request: LoggedRequest) => Reply,
  { host = '127.0.0.1', port = 0, tls, logLimit = 10_000 }: ListenOptions = {},
): Promise<EmbeddedServer> {
  const server = tls === undefined ? createHttpServer() : createHttpsServer(tls);
  // A server that closes idle connections races with the client's next request.
  server.keepAliveTimeout = 0;
  const log: Entry[] = [];
  const faults = createFaults();
  const tcpOf = new Map<string, { socket: Socket; number: number }>();
  let connections = 0;
  let running = 0;
  let waiting: (() => void)[] = [];

  server.on('connection', (socket: Socket) => {
    connections += 1;
    const key = peerOf(socket);
    tcpOf.set(key, { socket, number: connections });
    socket.once('close', () => tcpOf.delete(key));
  });

  server.on('request', async (request, response) => {
    const tcp = tcpOf.get(peerOf(request.socket));
    if (tcp === undefined) return;
    running += 1;
    response.on('error', () => {});
    const entry = logEntry(request, tcp.number);
    let complete = false;
    // Node.js also finishes a response whose client has gone; the socket shows it only before Node's own listener runs.
    response.prependOnceListener('finish', () => {
      complete = !request.socket.destroyed;
    });
    response.once('close', () => {
      entry.aborted = !complete;
      running -= 1;
      if (running > 0) return;
      for (const resolve of waiting) resolve();
      waiting = [];
    });
    if (logLimit > 0) log.push(entry);
    if (log.length > logLimit) log.shift();
    entry.body = await readBody(request);
    const fault = faults.faultFor(entry);
    const reply = fault === undefined ? respond(entry) : applyFault(fault, () => respond(entry));
    const deliver = fault?.deliver ?? sendReply;
    deliver(reply, {
      request,
      response,
      tcp: tcp.socket,
      noteStatus: (status) => {
        entry.status = status;
      },
      noteBytes: (count) => {
        entry.bytesSent += count;
      },
    });
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const name = `${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;

  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  const close = (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    for (const { socket } of tcpOf.values()) socket.destroy();
    return closed;
  };

  return {
    origin: `${tls === undefined ? 'http' : 'https'}://${name}`,
    name,
    log,
    get connections() {
      return connections;
    },
    transcript: () => log.map(({ method, url, status }) => `${method} ${url} ${status ?? '-'}`),
    inject: faults.inject,
    idle: () => (running === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Under TLS the request's socket is another object, of the same peer. */
function peerOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}

function logEntry(request: IncomingMessage, connection: number): Entry {
  const { method = '', url = '', headers } = request;
  const queryAt = url.indexOf('?');
  return {
    method,
    url,
    path: queryAt < 0 ? url : url.slice(0, queryAt),
    query: new URLSearchParams(queryAt < 0 ? '' : url.slice(queryAt)),
    headers,
    body: '',
    connection,
    status: null,
    bytesSent: 0,
    aborted: false,
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  if (request.method === 'GET' || request.method === 'HEAD') return '';
  try {
    let text = '';
    for await (const chunk of request) text += chunk;
    return text;
  } catch {
    return '';
  }
}
