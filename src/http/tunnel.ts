// Opens a tunnel through a proxy: CONNECT, RFC 9110 section 9.3.6.

import type { Socket } from 'node:net';
import { userinfoOf } from '../core/userinfo.ts';
import { ConnectError } from './failure.ts';
import { proxySchemes } from './proxy-challenge.ts';
import { createHeadReader } from './response-head.ts';
import type { Quote } from './send.ts';

/** `Basic …` for a proxy URL with credentials (RFC 9110 section 11.7.2), otherwise nothing. */
export function proxyAuthorization(proxy: URL): Record<string, string> {
  const { username, password } = userinfoOf(proxy);
  if (username === '' && password === '') return {};
  return { 'proxy-authorization': `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

/** The proxy refused the request. `challenges`: its Proxy-Authenticate field lines. */
export function proxyRefusal(
  { status, reason, challenges }: { status: string; reason: string; challenges: readonly string[] },
  quote: Quote,
): ConnectError {
  const facts = { proxySchemes: proxySchemes(challenges).map((scheme) => quote(scheme, 30)) };
  const message = `the proxy returned ${status} ${quote(reason, 80)}`.trim();
  return new ConnectError('proxy', message, { code: `HTTP_${status}`, facts });
}

/** Resolves when the socket is connected to `origin`; rejects with a ConnectError of the proxy phase. */
export function openTunnel(socket: Socket, origin: URL, proxy: URL, quote: Quote): Promise<void> {
  const authority = `${origin.hostname}:${origin.port || '443'}`;
  const fields = Object.entries({ host: authority, ...proxyAuthorization(proxy) });
  return new Promise((resolve, reject) => {
    const read = createHeadReader();
    const end = (settle: () => void): void => {
      socket.off('data', onData).off('error', onError).off('close', onClose);
      settle();
    };
    const fail = (error: ConnectError): void => end(() => reject(error));
    const onError = (cause: Error): void => fail(new ConnectError('proxy', cause.message, { cause }));
    const onClose = (): void =>
      fail(new ConnectError('proxy', 'the proxy closed the connection', { code: 'ECONNRESET' }));
    const onData = (chunk: Buffer): void => {
      let found: ReturnType<typeof read>;
      try {
        found = read(chunk);
      } catch (cause) {
        return fail(new ConnectError('proxy', 'it does not respond like an HTTP proxy', { cause }));
      }
      if (found === undefined) return;
      const { head, rest } = found;
      // Clients written in Go accept no other status of success.
      if (head.statusCode !== 200) {
        const challenges = head.headers['proxy-authenticate'] ?? [];
        return fail(proxyRefusal({ status: String(head.statusCode), reason: head.statusText, challenges }, quote));
      }
      socket.pause();
      if (rest.length > 0) socket.unshift(rest);
      end(resolve);
    };
    socket.on('data', onData).on('error', onError).on('close', onClose);
    socket.write(
      `CONNECT ${authority} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
    );
  });
}
