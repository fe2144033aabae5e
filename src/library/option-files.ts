// The files that options of the library name, or their content.

import { TextDecoder } from 'node:util';
import type { CheckerSettings } from '../check/checker-settings.ts';
import { clientCertificateOf, MAX_BUNDLE_BYTES, type NamedPem, requireCertificate } from '../config/tls-files.ts';
import { cleanText } from '../core/text.ts';
import { isUsageError } from '../core/usage-error.ts';
import { readFileTextSync } from '../file/read-file-sync.ts';
import { InvalidOptionError } from './invalid-option-error.ts';

type PathOrBytes = string | Uint8Array | undefined;

/** The file is read at the first check. */
export const authFileOf = (authFile: PathOrBytes): Pick<CheckerSettings, 'authFile' | 'authFileBytes'> =>
  authFile instanceof Uint8Array ? { authFile: 'the authFile option', authFileBytes: authFile } : { authFile };

/** Synchronous, because `createChecker` is. */
export function tlsOf(
  caller: string,
  { caFile, cert, key }: Readonly<Record<'caFile' | 'cert' | 'key', PathOrBytes>>,
): Pick<CheckerSettings, 'ca' | 'cert' | 'key'> {
  const ca = pemOf(caller, 'caFile', caFile);
  try {
    if (ca !== undefined) requireCertificate(ca, 'caFile');
    const client = clientCertificateOf(pemOf(caller, 'cert', cert), pemOf(caller, 'key', key), (name) => name);
    return { ...(ca && { ca: ca.text }), ...client };
  } catch (error) {
    if (!isUsageError(error)) throw error;
    const [option = '', problem = ''] = error.message.split(/(?<=^\w+):? (.*)/s);
    throw new InvalidOptionError(caller, option, problem);
  }
}

function pemOf(caller: string, option: string, given: PathOrBytes): NamedPem | undefined {
  if (given === undefined) return undefined;
  if (given instanceof Uint8Array) return { path: 'the content', text: new TextDecoder().decode(given) };
  // No path: a certificate was once given as text.
  if (given.includes('-----BEGIN')) return { path: 'the text', text: given };
  const read = readFileTextSync(given, MAX_BUNDLE_BYTES);
  if (read.ok) return { path: cleanText(given), text: read.value };
  throw new InvalidOptionError(caller, option, `cannot read ${cleanText(given)}: ${read.error.problem}`);
}
