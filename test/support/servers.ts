// Small servers on loopback ports, each for what the embedded registry cannot do.

import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createRawServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { basicCredential, type LoggedRequest } from '../../src/demo/logged-request.ts';
import { jsonReply, type Reply } from '../../src/demo/reply.ts';
import { type EmbeddedServer, startServer } from '../../src/demo/server.ts';
import { authority, type Identity } from './certificates.ts';

export interface LoopbackServer extends AsyncDisposable {
  /** `127.0.0.1:4711` */
  readonly name: string;
  /** `http://127.0.0.1:4711` */
  readonly origin: string;
  readonly port: number;
  /** How many were accepted so far. */
  connections(): number;
  /** Ends every connection. */
  close(): Promise<void>;
}

/** Listens on a port that the system chooses. A client that leaves early is no error. */
export async function listen(server: Server, scheme = 'http', host = '127.0.0.1'): Promise<LoopbackServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('tlsClientError', () => {});
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  const close = (): Promise<void> => {
    server.close();
    for (const socket of sockets) socket.destroy();
    return closed;
  };
  const { port } = server.address() as AddressInfo;
  const name = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const origin = `${scheme}://${name}`;
  return { name, origin, port, connections: () => connections, close, [Symbol.asyncDispose]: close };
}

/** TCP, without HTTP or with too much of it. Without `serve`, it accepts connections and stays silent. */
export const startRawServer = (serve: (socket: Socket) => void = () => {}): Promise<LoopbackServer> =>
  listen(
    createRawServer((socket) => {
      // Everything is read, so that the client never waits to send.
      socket.resume();
      serve(socket);
    }),
  );

/** Waits for the first request, sends `head` and then `piece` repeatedly, as fast as the peer reads. */
export const flood =
  (head: string, piece: string) =>
  (socket: Socket): void => {
    const chunk = Buffer.from(piece.repeat(Math.ceil(4096 / piece.length)));
    const pump = (): void => {
      while (!socket.destroyed && socket.write(chunk));
      if (!socket.destroyed) socket.once('drain', pump);
    };
    socket.once('data', () => {
      socket.write(head);
      pump();
    });
  };

export interface TlsWitness extends LoopbackServer {
  /** `GET /v2/ from client`, `… from nobody` without a certificate. */
  readonly log: readonly string[];
}

/** Requests a certificate from every client, accepts any or none, and logs which it got. */
export async function startTlsWitness(
  identity: Identity,
  respond: (request: IncomingMessage) => Reply,
): Promise<TlsWitness> {
  const log: string[] = [];
  const options = { ...identity, ca: authority().cert, requestCert: true, rejectUnauthorized: false };
  const server = createSecureServer(options, (request, response) => {
    const { subject } = (request.socket as TLSSocket).getPeerCertificate();
    log.push(`${request.method} ${request.url} from ${subject?.CN ?? 'nobody'}`);
    const { status, headers, body } = respond(request);
    response.writeHead(status, headers as Record<string, string>).end(body);
  });
  return { ...(await listen(server, 'https')), log };
}

export interface Gate extends LoopbackServer {
  /** The most gathered requests that were ever running concurrently. */
  mostConcurrent(): number;
}

export interface GateOptions {
  /** `http://host:port` of the server behind. */
  readonly origin: string;
  /** Paths of the requests that are gathered; all others pass immediately. */
  readonly gathers: RegExp;
  /** No gathered request passes until there are that many. */
  readonly until: number;
}

/** Forwards to another server, but lets gathered requests through only together: proof that they are concurrent. */
export async function startGate({ origin, gathers, until }: GateOptions): Promise<Gate> {
  const waiting: (() => void)[] = [];
  let received = 0;
  let running = 0;
  let most = 0;
  const gathered = (): Promise<void> =>
    new Promise((resolve) => {
      received += 1;
      running += 1;
      most = Math.max(most, running);
      waiting.push(resolve);
      if (received >= until) for (const pass of waiting.splice(0)) pass();
    });
  const server = createServer(async (request, response) => {
    const { method, url = '', headers } = request;
    const isGathered = gathers.test(url);
    if (isGathered) await gathered();
    const upstream = httpRequest(`${origin}${url}`, { method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    upstream.on('error', () => response.destroy());
    response.once('close', () => {
      if (isGathered) running -= 1;
    });
    request.pipe(upstream);
  });
  return { ...(await listen(server)), mostConcurrent: () => most };
}

/** The response, given all secrets in one text (`words`) and one of them alone (`word`). */
export type Echo = (echoed: { readonly words: string; readonly word: string; readonly origin: string }) => Reply;

export interface EchoOptions {
  readonly scheme: 'Basic' | 'Bearer';
  /** What the token service issues; unset: it echoes instead. */
  readonly token?: string;
  readonly echo: Echo;
}

/** A registry and token service that repeats the secrets it was sent wherever the test says. */
export async function startEchoServer({ scheme, token, echo }: EchoOptions): Promise<EmbeddedServer> {
  const secrets = new Set<string>();
  const echoAll = (): Reply => {
    const all = [...secrets];
    return echo({ words: all.join(' '), word: all[0] ?? '', origin: server.origin });
  };
  const server: EmbeddedServer = await startServer((request) => {
    for (const secret of secretsOf(request)) secrets.add(secret);
    if (request.path === '/token') return token === undefined ? echoAll() : jsonReply(200, { token });
    if (secrets.size > 0) return echoAll();
    const challenge = scheme === 'Basic' ? 'Basic realm="echo"' : `Bearer realm="${server.origin}/token"`;
    return { status: 401, headers: { 'www-authenticate': challenge } };
  });
  return server;
}

/** Both decoded and as they were sent. */
function secretsOf({ headers, body }: LoggedRequest): string[] {
  const { authorization, 'proxy-authorization': proxyAuthorization } = headers;
  const sent = [authorization, proxyAuthorization].flatMap((header) => [
    basicCredential(header)?.password,
    header?.split(' ')[1],
  ]);
  return [...sent, new URLSearchParams(body).get('refresh_token')].flatMap((text) => text || []);
}
