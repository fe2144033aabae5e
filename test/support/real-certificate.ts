// Makes a private certificate authority and a server certificate for 127.0.0.1, with the openssl program.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from './real-program.ts';

export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** PEM files in `folder`: `ca` signs what a client may trust, `server` is for a server on 127.0.0.1 or localhost. */
export async function makeCertificates(folder: string): Promise<{ ca: CertificateFiles; server: CertificateFiles }> {
  const ca = { cert: join(folder, 'ca.crt'), key: join(folder, 'ca.key') };
  const server = { cert: join(folder, 'server.crt'), key: join(folder, 'server.key') };
  const request = join(folder, 'server.csr');
  const extensions = join(folder, 'server.ext');
  writeFileSync(extensions, 'subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth\n');
  const signer = ['-subj', '/CN=kairos-pull test CA', '-addext', 'keyUsage=critical,keyCertSign'];
  await mustRun('openssl', ['req', '-x509', ...NEW_KEY, '-days', '2', ...signer, '-keyout', ca.key, '-out', ca.cert]);
  await mustRun('openssl', ['req', ...NEW_KEY, '-subj', '/CN=127.0.0.1', '-keyout', server.key, '-out', request]);
  const sign = ['x509', '-req', '-in', request, '-CA', ca.cert, '-CAkey', ca.key, '-CAcreateserial', '-days', '2'];
  await mustRun('openssl', [...sign, '-extfile', extensions, '-out', server.cert]);
  return { ca, server };
}

/** A self-signed RSA certificate: distribution accepts tokens signed by its key. */
export async function makeSigningCertificate(folder: string): Promise<CertificateFiles> {
  const files = { cert: join(folder, 'token.crt'), key: join(folder, 'token.key') };
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=token service'];
  await mustRun('openssl', [...request, '-keyout', files.key, '-out', files.cert]);
  return files;
}
