// Certificate files that somebody named, to the PEM texts in them.

import { createSecureContext } from 'node:tls';
import { UsageError } from '../core/usage-error.ts';
import type { TlsChoice } from '../http/tls-store.ts';
import type { NamedFiles } from './named-file.ts';

export interface TlsFiles {
  readonly caFile?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Who named a file, as a message says it: `--ca-file`, `caFile of localhost:5000 in kairos-pull.yaml:7`. */
export type LabelOf = (name: keyof TlsFiles) => string;

/** A bundle of all public authorities is 0.2 MiB. */
const MAX_BUNDLE_BYTES = 8 * 1024 * 1024;
const CERTIFICATE = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----/;
const PRIVATE_KEY = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/;

/** Throws a UsageError for a file that cannot be read or does not hold what it should. */
export async function readAuthorities(
  { caFile }: TlsFiles,
  labelOf: LabelOf,
  files: NamedFiles,
): Promise<string | undefined> {
  if (caFile === undefined) return undefined;
  const ca = await files.text(caFile, labelOf('caFile'), MAX_BUNDLE_BYTES);
  if (!CERTIFICATE.test(ca)) throw lacking(labelOf('caFile'), caFile, 'certificate');
  return ca;
}

/** One file may hold both the certificate and its key, named by either. Throws as `readAuthorities`. */
export async function readClientCertificate(
  { cert: certPath, key: keyPath }: TlsFiles,
  labelOf: LabelOf,
  files: NamedFiles,
): Promise<Pick<TlsChoice, 'cert' | 'key'>> {
  const cert = certPath === undefined ? undefined : await files.text(certPath, labelOf('cert'));
  const key = keyPath === undefined ? undefined : await files.text(keyPath, labelOf('key'));
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
    const paths = [...new Set([certPath, keyPath].filter((path) => path !== undefined))].join(' and ');
    throw new UsageError(`${label}: ${paths} cannot be used: ${(error as Error).message}.`);
  }
  return { cert: certText, key: keyText };
}

const lacking = (label: string, path: string | undefined, what: string): UsageError =>
  new UsageError(`${label}: ${path} holds no ${what} in PEM form (-----BEGIN …-----).`);
