// Whether a server that does not use TLS is an HTTP server: Node does not show the bytes that failed the handshake, so a
// second connection gets what looks like one. No request is sent.

import type { Socket } from 'node:net';

/** The record of a handshake, with the end of a line: an HTTP server rejects it as soon as it has read it. */
const RECORD = Buffer.from('\x16\x03\x01\x00\x05\x01\r\n\r\n', 'latin1');
const PATIENCE_MS = 500;

/** `socket` is connected, and is destroyed. */
export async function repliesInHttp(socket: Socket): Promise<boolean> {
  const first = await new Promise<string>((resolve) => {
    const giveUp = (): void => resolve('');
    socket.once('data', (bytes) => resolve(bytes.toString('latin1', 0, 7)));
    socket.once('error', giveUp).once('close', giveUp).setTimeout(PATIENCE_MS, giveUp);
    socket.write(RECORD);
  });
  socket.destroy();
  return first === 'HTTP/1.';
}
