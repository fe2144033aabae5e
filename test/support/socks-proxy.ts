// A SOCKS 5 proxy without authentication (RFC 1928): every CONNECT goes to the same port of this machine.

import { connect, createServer, type Socket } from 'node:net';
import { type LoopbackServer, listen } from './servers.ts';

const VERSION = 5;
/** The kinds of an address, and the bytes of each; a name has its length before it. */
const IPV4 = 1;
const NAME = 3;
const IPV6 = 4;

export const startSocksProxy = (): Promise<LoopbackServer> =>
  listen(
    createServer((client) => {
      client.once('data', () => {
        client.write(Buffer.of(VERSION, 0));
        client.once('data', (request: Buffer) => tunnel(client, portOf(request)));
      });
    }),
    'socks5',
  );

/** A client sends its request in one packet, as it waits for the reply. */
function portOf(request: Buffer): number {
  const lengths: Readonly<Record<number, number>> = { [IPV4]: 4, [NAME]: 1 + (request[4] ?? 0), [IPV6]: 16 };
  return request.readUInt16BE(4 + (lengths[request[3] ?? 0] ?? 0));
}

function tunnel(client: Socket, port: number): void {
  const upstream = connect(port, '127.0.0.1', () => {
    client.write(Buffer.of(VERSION, 0, 0, IPV4, 0, 0, 0, 0, 0, 0));
    upstream.pipe(client).pipe(upstream);
  });
  upstream.on('error', () => upstream.destroy()).once('close', () => client.destroy());
  client.once('close', () => upstream.destroy());
}
