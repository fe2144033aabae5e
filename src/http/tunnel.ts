// Asks a proxy for a tunnel: CONNECT, RFC 9110 section 9.3.6.

import type { Socket } from 'node:net';
import { cleanText } from '../core/text.ts';
import { ConnectError } from './failure.ts';

const MAX_HEAD_BYTES = 16 * 1024;

/** `Basic …` for a proxy URL that holds a login (RFC 9110 section 11.7.2), else nothing. */
export function proxyAuthorization(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {};
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` };
}

/** Resolves when bytes written to the socket reach `origin`; rejects with a ConnectError of the proxy phase. */
export function openTunnel(socket: Socket, origin: URL, proxy: URL): Promise<void> {
  const authority = `${origin.hostname}:${origin.port || (origin.protocol === 'https:' ? '443' : '80')}`;
  const fields = Object.entries({ host: authority, ...proxyAuthorization(proxy) });
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const end = (problem: string | undefined, code?: string): void => {
      socket.off('data', onData).off('error', onError).off('close', onClose);
      if (problem === undefined) return resolve();
      reject(new ConnectError('proxy', problem, code === undefined ? {} : { code }));
    };
    const onError = (error: NodeJS.ErrnoException): void => end(error.message, error.code);
    const onClose = (): void => end('the proxy closed the connection', 'ECONNRESET');
    const onData = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const length = head.indexOf('\r\n\r\n');
      if (length < 0) {
        if (head.length > MAX_HEAD_BYTES) end('the proxy did not answer in HTTP');
        return;
      }
      const [, status, words = ''] =
        /^HTTP\/1\.[01] (\d{3})(?: ([^\r\n]*))?/.exec(head.toString('latin1', 0, length)) ?? [];
      if (status === undefined) return end('the proxy did not answer in HTTP');
      if (!status.startsWith('2'))
        return end(`the proxy answered ${status} ${cleanText(words, 80)}`.trim(), `HTTP_${status}`);
      socket.pause();
      const rest = head.subarray(length + 4);
      if (rest.length > 0) socket.unshift(rest);
      end(undefined);
    };
    socket.on('data', onData).on('error', onError).on('close', onClose);
    socket.write(
      `CONNECT ${authority} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
    );
  });
}
