// Whom the programs of this machine are told to trust: the public authorities, and those the environment adds.

import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import * as tls from 'node:tls';
import { fileProblem } from '../core/file-problem.ts';
import { certificatesIn } from './pem.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface Authorities {
  /** One PEM text each. */
  readonly ca: readonly string[];
  /** Sentences without a full stop, each naming its variable and file. */
  readonly problems: readonly string[];
}

const NONE: Authorities = { ca: [], problems: [] };

/** Those Node has; where it can tell (22.15 and later), with what its options add, as --use-system-ca does. */
export function publicAuthorities(): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] };
  return getCACertificates?.('default') ?? tls.rootCertificates;
}

/** What Node trusts by itself: it forgets NODE_EXTRA_CA_CERTS as soon as it is given other authorities. */
export async function readUsualAuthorities({ NODE_EXTRA_CA_CERTS: path }: Env): Promise<Authorities> {
  const { ca, problems } = path ? await readAuthorityFile('NODE_EXTRA_CA_CERTS', path) : NONE;
  return { ca: [...publicAuthorities(), ...ca], problems };
}

/** SSL_CERT_FILE and SSL_CERT_DIR, as OpenSSL and Go name them; here they add to the usual authorities. */
export async function readAddedAuthorities({ SSL_CERT_FILE, SSL_CERT_DIR }: Env): Promise<Authorities> {
  const file = SSL_CERT_FILE ? await readAuthorityFile('SSL_CERT_FILE', SSL_CERT_FILE) : NONE;
  const folders = (SSL_CERT_DIR ?? '').split(delimiter).filter((folder) => folder !== '');
  const all = [file, ...folders.map((folder) => readAuthorityFolder('SSL_CERT_DIR', folder))];
  return { ca: all.flatMap(({ ca }) => ca), problems: all.flatMap(({ problems }) => problems) };
}

async function readAuthorityFile(variable: string, path: string): Promise<Authorities> {
  try {
    const ca = certificatesIn(await readFile(path, 'utf8'));
    return { ca, problems: ca.length > 0 ? [] : [`${variable}: ${path} holds no certificate in PEM form`] };
  } catch (error) {
    return unreadable(variable, path, error);
  }
}

/** What is not a certificate in there is passed over, as everywhere. */
function readAuthorityFolder(variable: string, path: string): Authorities {
  try {
    // Hundreds of small files: five times as fast as asking for each in turn.
    const texts = readdirSync(path).map((name) => readIfPossible(join(path, name)));
    return { ca: texts.flatMap(certificatesIn), problems: [] };
  } catch (error) {
    return unreadable(variable, path, error);
  }
}

function readIfPossible(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function unreadable(variable: string, path: string, error: unknown): Authorities {
  const problem = fileProblem(error);
  if (problem === undefined) throw error;
  return { ca: [], problems: [`${variable}: cannot read ${path}: ${problem}`] };
}
