// A TCP server that does whatever a test tells it to: for peers that speak no HTTP, or too much of it.

import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface RawServer extends AsyncDisposable {
  /** `127.0.0.1:4711` */
  readonly name: string;
  readonly connections: number;
  close(): Promise<void>;
}

/** `serve` is called for every connection; without it the peer takes the connection and stays silent. */
export async function startRawServer(serve: (socket: Socket) => void = () => undefined): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    // What comes is taken, so that the client never waits to send.
    socket.resume();
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  const close = (): Promise<void> => {
    server.close();
    for (const socket of sockets) socket.destroy();
    return closed;
  };
  return {
    name: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Waits for the first request, sends `head` and then `piece` again and again, as fast as the peer reads. */
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
