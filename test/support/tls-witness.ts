// An HTTPS server that asks every client for a certificate, takes any answer, and remembers who came with what.

import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { authority, type Identity } from './certificates.ts';

export interface Witnessed {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface TlsWitness extends AsyncDisposable {
  /** `127.0.0.1:4711` */
  readonly name: string;
  readonly origin: string;
  /** `GET /v2/ from client`, `… from nobody` without a certificate. */
  readonly log: readonly string[];
}

export async function startTlsWitness(
  identity: Identity,
  answer: (request: IncomingMessage) => Witnessed,
): Promise<TlsWitness> {
  const log: string[] = [];
  const options = { ...identity, ca: authority().cert, requestCert: true, rejectUnauthorized: false };
  const server = createServer(options, (request, response) => {
    const { subject } = (request.socket as TLSSocket).getPeerCertificate();
    log.push(`${request.method} ${request.url} from ${subject?.CN ?? 'nobody'}`);
    const { status, headers = {}, body } = answer(request);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const name = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { name, origin: `https://${name}`, log, [Symbol.asyncDispose]: close };
}
