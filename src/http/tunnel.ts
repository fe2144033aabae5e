// Opens a tunnel through a proxy: CONNECT, RFC 9110 section 9.3.6.

import type { Socket } from 'node:net';
import { userinfoOf } from '../core/userinfo.ts';
import { ConnectError } from './failure.ts';
import { proxySchemes } from './proxy-challenge.ts';
import type { Quote } from './send.ts';

const MAX_HEADER_BYTES = 16 * 1024;

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
    let head = Buffer.alloc(0);
    const end = (settle: () => void): void => {
      socket.off('data', onData).off('error', onError).off('close', onClose);
      settle();
    };
    const fail = (error: ConnectError): void => end(() => reject(error));
    const onError = (cause: Error): void => fail(new ConnectError('proxy', cause.message, { cause }));
    const onClose = (): void =>
      fail(new ConnectError('proxy', 'the proxy closed the connection', { code: 'ECONNRESET' }));
    const onData = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const length = head.indexOf('\r\n\r\n');
      if (length < 0 && head.length <= MAX_HEADER_BYTES) return;
      const text = head.toString('latin1');
      const [, status, reason = ''] = /^HTTP\/1\.[01] (\d{3})(?: ([^\r\n]*))?\r\n/.exec(text) ?? [];
      if (length < 0 || status === undefined) {
        return fail(new ConnectError('proxy', 'it does not respond like an HTTP proxy'));
      }
      if (!status.startsWith('2')) {
        const challenges = [...text.matchAll(/^proxy-authenticate:(.*)$/gim)].map(([, value = '']) => value);
        return fail(proxyRefusal({ status, reason, challenges }, quote));
      }
      socket.pause();
      const rest = head.subarray(length + 4);
      if (rest.length > 0) socket.unshift(rest);
      end(resolve);
    };
    socket.on('data', onData).on('error', onError).on('close', onClose);
    socket.write(
      `CONNECT ${authority} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
    );
  });
}
