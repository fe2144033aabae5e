// Certificates for tests, made by the openssl program, each once per process.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requirePrograms } from '../support/require-programs.ts';

/** PEM texts. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** For a test's `skip`. */
export const withoutOpenssl: string | false = requirePrograms('openssl');

const made = new Map<string, Identity>();
let folder = '';

/** Signs every identity; a client trusts its `cert`. */
export const authority = (): Identity =>
  once('authority', (key, cert) =>
    openssl(['req', '-x509', ...NEW_KEY, '-days', '2', '-subj', '/CN=test authority', '-keyout', key, '-out', cert]),
  );

/** `names` as in `DNS:localhost,IP:127.0.0.1`; `days` below zero: expired. */
export const identity = (names: string, days = 2): Identity =>
  once(`${names} ${days}`, (key, cert) => {
    authority();
    const [ca, request, extensions] = [join(folder, 'authority'), `${key}.csr`, `${key}.ext`];
    writeFileSync(extensions, `subjectAltName=${names}\n`);
    openssl(['req', ...NEW_KEY, '-subj', '/CN=test', '-keyout', key, '-out', request]);
    const signer = ['-CA', `${ca}.crt`, '-CAkey', `${ca}.key`, '-CAcreateserial', '-days', String(days)];
    openssl(['x509', '-req', '-in', request, ...signer, '-extfile', extensions, '-out', cert]);
  });

/** Signed by nobody but itself. */
export const selfSigned = (names: string): Identity =>
  once(`self-signed ${names}`, (key, cert) => {
    const subject = ['-subj', '/CN=test', '-addext', `subjectAltName=${names}`];
    openssl(['req', '-x509', ...NEW_KEY, '-days', '2', ...subject, '-keyout', key, '-out', cert]);
  });

export const LOOPBACK = 'DNS:localhost,IP:127.0.0.1,IP:127.0.0.2';

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

function once(name: string, make: (key: string, cert: string) => void): Identity {
  const known = made.get(name);
  if (known !== undefined) return known;
  if (folder === '') {
    folder = mkdtempSync(join(tmpdir(), 'kairos-pull-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  }
  const path = join(folder, name === 'authority' ? name : String(made.size));
  make(`${path}.key`, `${path}.crt`);
  const identity = { key: readFileSync(`${path}.key`, 'utf8'), cert: readFileSync(`${path}.crt`, 'utf8') };
  made.set(name, identity);
  return identity;
}

const openssl = (args: readonly string[]): void => {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
};
