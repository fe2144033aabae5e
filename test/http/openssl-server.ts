// A TLS server of the openssl program, which refuses clients as servers in use do: by an alert.

import { spawn } from 'node:child_process';
import type { TestContext } from 'node:test';
import { filesOf, type Identity } from '../support/certificates.ts';

/** Returns its port. It answers every request with a page. */
export async function startOpensslServer(t: TestContext, identity: Identity, options: readonly string[]) {
  const { cert, key } = filesOf(identity);
  const files = ['-cert', cert, '-key', key, '-cert2', cert, '-key2', key];
  const server = spawn('openssl', ['s_server', '-accept', '127.0.0.1:0', '-www', ...files, ...options]);
  t.after(() => server.kill('SIGKILL'));
  return new Promise<number>((resolve, reject) => {
    let printed = '';
    const onText = (text: string): void => {
      printed += text;
      const port = /ACCEPT .*:(\d+)/.exec(printed)?.[1];
      if (port !== undefined) resolve(Number(port));
    };
    server.stdout.setEncoding('utf8').on('data', onText);
    server.stderr.setEncoding('utf8').on('data', onText);
    server.once('close', () => reject(new Error(`openssl s_server ended: ${printed}`)));
  });
}
