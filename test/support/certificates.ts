// Certificates for tests, made by the openssl program in a temporary folder, each once per process.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requirePrograms } from './require-programs.ts';

/** PEM texts. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** For a test's `skip`: false where the program is present. */
export const withoutOpenssl: string | false = requirePrograms('openssl');

const LOOPBACK = ['DNS:localhost', 'IP:127.0.0.1', 'IP:::1'];
const EC_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

let folder: string | undefined;
const made = new Map<string, Identity>();

/** The private authority that signs every identity but the self-signed one; clients trust its `cert`. */
export const authority = (): Identity =>
  once('authority', (path) => {
    const subject = ['-subj', '/CN=kairos-pull test authority'];
    const usage = ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
    openssl(
      'req',
      '-x509',
      ...EC_KEY,
      ...subject,
      ...usage,
      '-days',
      '30',
      '-keyout',
      `${path}.key`,
      '-out',
      `${path}.crt`,
    );
  });

/** For localhost, 127.0.0.1, ::1 and the DNS names given. */
export const serverIdentity = (...names: string[]): Identity =>
  signed(`server ${names.join(' ')}`, [...LOOPBACK, ...names.map((name) => `DNS:${name}`)]);

export const expiredIdentity = (): Identity => signed('expired', LOOPBACK, -1);

export const wrongNameIdentity = (): Identity => signed('wrong-name', ['DNS:elsewhere.example']);

/** To show to a server that asks for a certificate. */
export const clientIdentity = (): Identity => signed('client', ['DNS:client.example']);

/** Signed by nobody but itself. */
export const selfSignedIdentity = (): Identity =>
  once('self-signed', (path) => {
    const names = ['-subj', '/CN=localhost', '-addext', `subjectAltName=${LOOPBACK.join(',')}`];
    openssl('req', '-x509', ...EC_KEY, ...names, '-days', '30', '-keyout', `${path}.key`, '-out', `${path}.crt`);
  });

function signed(name: string, subjectAltNames: readonly string[], days = 30): Identity {
  authority();
  return once(name, (path) => {
    const ca = join(openFolder(), 'authority');
    openssl('req', ...EC_KEY, '-subj', `/CN=${name.trim()}`, '-keyout', `${path}.key`, '-out', `${path}.csr`);
    writeFileSync(`${path}.ext`, `subjectAltName=${subjectAltNames.join(',')}\nbasicConstraints=CA:FALSE\n`);
    const signer = ['-CA', `${ca}.crt`, '-CAkey', `${ca}.key`, '-CAcreateserial', '-extfile', `${path}.ext`];
    openssl('x509', '-req', '-in', `${path}.csr`, ...signer, '-days', String(days), '-out', `${path}.crt`);
  });
}

function once(name: string, make: (path: string) => void): Identity {
  const known = made.get(name);
  if (known !== undefined) return known;
  const path = join(openFolder(), name.replaceAll(/[^\w.-]/g, '_'));
  make(path);
  const identity = { key: readFileSync(`${path}.key`, 'utf8'), cert: readFileSync(`${path}.crt`, 'utf8') };
  made.set(name, identity);
  return identity;
}

function openFolder(): string {
  if (folder === undefined) {
    const created = mkdtempSync(join(tmpdir(), 'kairos-pull-certificates-'));
    process.once('exit', () => rmSync(created, { recursive: true, force: true }));
    folder = created;
  }
  return folder;
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
