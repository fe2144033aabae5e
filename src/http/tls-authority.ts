// Whom the programs of this machine are told to trust: the public authorities, and those the environment adds.

import { readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import * as tls from 'node:tls';
import { hideUserinfo } from '../core/userinfo.ts';
import { asUnreadable } from '../file/file-failure.ts';
import { readFileText, USUAL_DEADLINE_MS } from '../file/read-file.ts';
import { readFileTextSync } from '../file/read-file-sync.ts';
import { certificatesIn } from './pem.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface Authorities {
  /** One PEM text each. */
  readonly ca: readonly string[];
  /** Sentences without a full stop, each naming its variable and file. */
  readonly problems: readonly string[];
}

/** A bundle of all public authorities is 0.2 MiB. */
const MAX_BUNDLE_BYTES = 8 * 1024 * 1024;
const MAX_FILE_BYTES = 1024 * 1024;

const NONE: Authorities = { ca: [], problems: [] };

/** Those Node has; where it can tell (22.15 and later), with what its options add, as --use-system-ca does. */
export function publicAuthorities(): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] };
  return getCACertificates?.('default') ?? tls.rootCertificates;
}

/** What Node trusts by itself: it forgets NODE_EXTRA_CA_CERTS as soon as it is given other authorities. */
export async function readUsualAuthorities(
  { NODE_EXTRA_CA_CERTS: path }: Env,
  signal?: AbortSignal,
): Promise<Authorities> {
  const { ca, problems } = path ? await readAuthorityFile('NODE_EXTRA_CA_CERTS', path, signal) : NONE;
  return { ca: [...publicAuthorities(), ...ca], problems };
}

/** SSL_CERT_FILE and SSL_CERT_DIR, as OpenSSL and Go name them; here they add to the usual authorities. */
export async function readAddedAuthorities(
  { SSL_CERT_FILE, SSL_CERT_DIR }: Env,
  signal?: AbortSignal,
): Promise<Authorities> {
  const file = SSL_CERT_FILE ? await readAuthorityFile('SSL_CERT_FILE', SSL_CERT_FILE, signal) : NONE;
  const folders = (SSL_CERT_DIR ?? '').split(delimiter).filter((folder) => folder !== '');
  const all = [file, ...folders.map((folder) => readAuthorityFolder('SSL_CERT_DIR', folder))];
  return { ca: all.flatMap(({ ca }) => ca), problems: all.flatMap(({ problems }) => problems) };
}

async function readAuthorityFile(variable: string, path: string, signal?: AbortSignal): Promise<Authorities> {
  const text = await readFileText(path, { maxBytes: MAX_BUNDLE_BYTES, deadlineMs: USUAL_DEADLINE_MS, signal });
  if (!text.ok) return unreadable(variable, path, text.error.problem);
  const ca = certificatesIn(text.value);
  return { ca, problems: ca.length > 0 ? [] : [`${variable}: ${path} holds no certificate in PEM form`] };
}

/** What is not a certificate in there is passed over, as everywhere. */
function readAuthorityFolder(variable: string, path: string): Authorities {
  try {
    // Hundreds of small files: five times as fast as asking for each in turn.
    return { ca: readdirSync(path).flatMap((name) => certificatesIn(readIfPossible(join(path, name)))), problems: [] };
  } catch (error) {
    return unreadable(variable, path, asUnreadable(error).problem);
  }
}

function readIfPossible(path: string): string {
  const text = readFileTextSync(path, MAX_FILE_BYTES);
  return text.ok ? text.value : '';
}

const unreadable = (variable: string, path: string, problem: string): Authorities => ({
  ca: [],
  problems: [`${variable}: cannot read ${hideUserinfo(path)}: ${problem}`],
});
