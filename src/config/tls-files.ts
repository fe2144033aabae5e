// Certificate files that somebody named, to the PEM texts in them.

import { createSecureContext } from 'node:tls';
import { UsageError } from '../core/usage-error.ts';
import type { TlsChoice } from '../http/tls-store.ts';
import { readNamedFile } from './named-file.ts';

export interface TlsFiles {
  readonly caFile?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Who named a file, as a message says it: `--ca-file`, `caFile of localhost:5000 in kairos-pull.yaml:7`. */
export type LabelOf = (name: keyof TlsFiles) => string;

const CERTIFICATE = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----/;
const PRIVATE_KEY = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/;

/** Throws a UsageError for a file that cannot be read or does not hold what it should. */
export async function readAuthorities({ caFile }: TlsFiles, labelOf: LabelOf): Promise<string | undefined> {
  if (caFile === undefined) return undefined;
  const ca = await readNamedFile(caFile, labelOf('caFile'));
  if (!CERTIFICATE.test(ca)) throw lacking(labelOf('caFile'), caFile, 'certificate');
  return ca;
}

/** One file may hold both the certificate and its key, named by either. Throws as `readAuthorities`. */
export async function readClientCertificate(
  { cert: certPath, key: keyPath }: TlsFiles,
  labelOf: LabelOf,
): Promise<Pick<TlsChoice, 'cert' | 'key'>> {
  const cert = certPath === undefined ? undefined : await readNamedFile(certPath, labelOf('cert'));
  const key = keyPath === undefined ? undefined : await readNamedFile(keyPath, labelOf('key'));
  const certText = cert ?? key;
  const keyText = key ?? cert;
  if (certText === undefined || keyText === undefined) return {};

  const label = labelOf(cert === undefined ? 'key' : 'cert');
  if (!CERTIFICATE.test(certText)) {
    if (cert !== undefined) throw lacking(label, certPath, 'certificate');
    throw new UsageError(`${label} needs its certificate (cert): ${keyPath} holds none.`);
  }
  if (!PRIVATE_KEY.test(keyText)) {
    if (key !== undefined) throw lacking(labelOf('key'), keyPath, 'private key');
    throw new UsageError(`${label} needs its private key (key): ${certPath} holds none.`);
  }
  try {
    createSecureContext({ cert: certText, key: keyText });
  } catch (error) {
    const files = [...new Set([certPath, keyPath].filter((path) => path !== undefined))].join(' and ');
    throw new UsageError(`${label}: ${files} cannot be used: ${(error as Error).message}.`);
  }
  return { cert: certText, key: keyText };
}

const lacking = (label: string, path: string | undefined, what: string): UsageError =>
  new UsageError(`${label}: ${path} holds no ${what} in PEM form (-----BEGIN …-----).`);
