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
  const ca = { path: caFile, text: await files.text(caFile, labelOf('caFile'), MAX_BUNDLE_BYTES) };
  return requireCertificate(ca, labelOf('caFile'));
}

/** Throws a UsageError as `readAuthorities` does. */
export async function readClientCertificate(
  { cert, key }: TlsFiles,
  labelOf: LabelOf,
  files: UserFiles,
): Promise<Pick<TlsChoice, 'cert' | 'key'>> {
  const read = async (name: 'cert' | 'key', path: string | undefined): Promise<NamedPem | undefined> =>
    path === undefined ? undefined : { path, text: await files.text(path, labelOf(name)) };
  return clientCertificateOf(await read('cert', cert), await read('key', key), labelOf);
}

/** The content of a file that the user named. */
export interface NamedPem {
  /** As messages show it. */
  readonly path: string;
  readonly text: string;
}

/** The text; throws a UsageError if it contains no certificate. */
export function requireCertificate({ path, text }: NamedPem, label: string): string {
  if (CERTIFICATE.test(text)) return text;
  throw lacking(label, path, 'certificate');
}

/** A single file may contain both the certificate and its key. Throws a UsageError if a part is missing. */
export function clientCertificateOf(
  cert: NamedPem | undefined,
  key: NamedPem | undefined,
  labelOf: LabelOf,
): Pick<TlsChoice, 'cert' | 'key'> {
  const certPem = cert ?? key;
  const keyPem = key ?? cert;
  if (certPem === undefined || keyPem === undefined) return {};

  const label = labelOf(cert === undefined ? 'key' : 'cert');
  if (!CERTIFICATE.test(certPem.text)) {
    if (cert !== undefined) throw lacking(label, cert.path, 'certificate');
    throw new UsageError(`${label} requires a certificate (cert): ${certPem.path} contains none.`);
  }
  if (!PRIVATE_KEY.test(keyPem.text)) {
    if (key !== undefined) throw lacking(labelOf('key'), key.path, 'private key');
    throw new UsageError(`${label} requires a private key (key): ${keyPem.path} contains none.`);
  }
  const { text: certText } = certPem;
  const { text: keyText } = keyPem;
  try {
    createSecureContext({ cert: certText, key: keyText });
  } catch (error) {
    const paths = [...new Set([certPem.path, keyPem.path])].join(' and ');
    throw new UsageError(`${label}: ${paths} cannot be used: ${(error as Error).message}.`);
  }
  return { cert: certText, key: keyText };
}

const lacking = (label: string, path: string, what: string): UsageError =>
  new UsageError(`${label}: ${path} contains no PEM ${what} (-----BEGIN …-----).`);
