// An HTTP proxy on loopback: tunnels and absolute-form requests, logged; every name it is told is on this machine.

import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { TLSSocket } from 'node:tls';

export interface LoopbackProxy {
  readonly origin: string;
  readonly port: number;
  /** Method and target of every request, and the login that came with it. */
  readonly log: readonly string[];
}

/** Over TLS when `tls` is given; then `onSecure` sees every connection. */
export async function startProxy(
  t: TestContext,
  tls?: ServerOptions,
  onSecure: (socket: TLSSocket) => void = () => {},
): Promise<LoopbackProxy> {
  const log: string[] = [];
  const open = new Set<Socket>();
  const track = (socket: Socket): Socket => {
    open.add(socket);
    return socket.on('error', () => socket.destroy()).once('close', () => open.delete(socket));
  };
  const write = ({ method, url, headers }: IncomingMessage): void => {
    log.push([method, url, headers['proxy-authorization']].filter(Boolean).join(' '));
  };
  const forward = (request: IncomingMessage, response: ServerResponse): void => {
    write(request);
    const { port, pathname } = new URL(request.url ?? '');
    const { headers } = request;
    httpRequest({ host: '127.0.0.1', port, path: pathname, headers }, (answer) => {
      answer.pipe(response.writeHead(answer.statusCode ?? 500, answer.headers));
    }).end();
  };
  const server = tls === undefined ? createServer(forward) : createSecureServer(tls, forward);
  server.on('connection', track).on('secureConnection', onSecure);
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    write(request);
    const upstream = track(connect(Number(request.url?.split(':').at(-1)), '127.0.0.1'));
    upstream.once('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\nvia: test\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return { origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`, port, log };
}
