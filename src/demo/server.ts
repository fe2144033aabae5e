// An HTTP server for one process: loopback, a port the system chooses, every request logged, faults on request.

import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import type { Answer } from './answer.ts';
import { deliver } from './delivery.ts';
import { applyFault } from './fault.ts';
import { createFaultScript, type FaultScript } from './fault-script.ts';
import type { LoggedRequest } from './logged-request.ts';

export interface ListenOptions {
  /** A loopback address or name, default 127.0.0.1; it is also what `name` and `origin` say. */
  readonly host?: string;
  /** Default 0: the system chooses. */
  readonly port?: number;
  /** Unset: plain http. */
  readonly tls?: TlsOptions;
  /** Older requests are forgotten (10 000); 0 keeps none. */
  readonly logLimit?: number;
}

export interface EmbeddedServer extends AsyncDisposable {
  /** `http://127.0.0.1:4711` */
  readonly origin: string;
  /** `127.0.0.1:4711`, as a reference names a registry. */
  readonly name: string;
  readonly log: readonly LoggedRequest[];
  /** TCP connections accepted so far. */
  readonly connections: number;
  /** The log as lines: `HEAD /v2/app/manifests/v1 200`. */
  transcript(): string[];
  readonly inject: FaultScript['inject'];
  /** Resolves when no request is under way. */
  idle(): Promise<void>;
  /** Ends every connection at once. */
  close(): Promise<void>;
}

type Entry = { -readonly [Field in keyof LoggedRequest]: LoggedRequest[Field] };

export async function startServer(
  answer: (request: LoggedRequest) => Answer,
  { host = '127.0.0.1', port = 0, tls, logLimit = 10_000 }: ListenOptions = {},
): Promise<EmbeddedServer> {
  const server = tls === undefined ? createHttpServer() : createHttpsServer(tls);
  // A server that closes idle connections races with the client's next request.
  server.keepAliveTimeout = 0;
  const log: Entry[] = [];
  const faults = createFaultScript();
  const tcpOf = new Map<string, { socket: Socket; number: number }>();
  let connections = 0;
  let underWay = 0;
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
    underWay += 1;
    response.on('error', () => {});
    const entry = logEntry(request, tcp.number);
    let complete = false;
    // Node finishes a response that lost its client too; before its own listener the socket still tells.
    response.prependOnceListener('finish', () => {
      complete = !request.socket.destroyed;
    });
    response.once('close', () => {
      entry.aborted = !complete;
      underWay -= 1;
      if (underWay > 0) return;
      for (const resolve of waiting) resolve();
      waiting = [];
    });
    if (logLimit > 0) log.push(entry);
    if (log.length > logLimit) log.shift();
    entry.body = await readBody(request);
    const fault = faults.faultFor(entry);
    const meant = fault === undefined ? answer(entry) : applyFault(fault, () => answer(entry));
    deliver(meant, fault?.delivery ?? { kind: 'whole' }, {
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
    idle: () => (underWay === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
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
