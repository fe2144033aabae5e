// Reads certificate files that the user named: paths in, PEM texts out.

import { createSecureContext } from 'node:tls';
import { UsageError } from '../core/usage-error.ts';
import type { TlsChoice } from '../http/tls-store.ts';
import type { Settings } from './setting-parsers.ts';
import type { UserFiles } from './user-files.ts';

export type TlsFiles = Partial<Pick<Settings, 'caFile' | 'cert' | 'key'>>;

/** The origin of a setting in messages: `--ca-file`, `caFile of localhost:5000 in kairos-pull.yaml:7`. */
export type LabelOf = (name: keyof TlsFiles) => string;

/** A bundle of all public CAs is 0.2 MiB. */
export const MAX_BUNDLE_BYTES = 8 * 1024 * 1024;
const CERTIFICATE = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----/;
const PRIVATE_KEY = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/;

/** Throws a UsageError for a file that cannot be read or contains no certificate. */
export async function readAuthorities(
  { caFile }: TlsFiles,
  labelOf: LabelOf,
  files: UserFiles,
): Promise<string | undefined> {
  if (caFile === undefined) return undefined;
  const ca = await files.text(caFile, labelOf('caFile'), MAX_BUNDLE_BYTES);
  if (!CERTIFICATE.test(ca)) throw lacking(labelOf('caFile'), caFile, 'certificate');
  return ca;
}

/** A single file may contain both the certificate and its key. Throws a UsageError as `readAuthorities` does. */
export async function readClientCertificate(
  { cert: certPath, key: keyPath }: TlsFiles,
  labelOf: LabelOf,
  files: UserFiles,
): Promise<Pick<TlsChoice, 'cert' | 'key'>> {
  const cert = certPath === undefined ? undefined : await files.text(certPath, labelOf('cert'));
  const key = keyPath === undefined ? undefined : await files.text(keyPath, labelOf('key'));
  const certText = cert ?? key;
  const keyText = key ?? cert;
  if (certText === undefined || keyText === undefined) return {};

  const label = labelOf(cert === undefined ? 'key' : 'cert');
  if (!CERTIFICATE.test(certText)) {
    if (cert !== undefined) throw lacking(label, certPath, 'certificate');
    throw new UsageError(`${label} requires a certificate (cert): ${keyPath} contains none.`);
  }
  if (!PRIVATE_KEY.test(keyText)) {
    if (key !== undefined) throw lacking(labelOf('key'), keyPath, 'private key');
    throw new UsageError(`${label} requires a private key (key): ${certPath} contains none.`);
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
  new UsageError(`${label}: ${path} contains no PEM ${what} (-----BEGIN …-----).`);
