// The certificate authorities that programs on this machine trust: the public ones, and those the environment adds.

import { readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import tls from 'node:tls';
import type { Env } from '../core/env.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { asUnreadable } from '../file/file-failure.ts';
import { readFileText, USUAL_DEADLINE_MS } from '../file/read-file.ts';
import { readFileTextSync } from '../file/read-file-sync.ts';

export interface Authorities {
  /** PEM, one certificate each. */
  readonly ca: readonly string[];
  /** Sentences without a full stop, each naming its variable and file. */
  readonly problems: readonly string[];
  /** The files and directories that were read, without the public authorities. */
  readonly read: readonly AuthorityRead[];
}

/** A file or directory that a variable names. */
export interface AuthorityRead {
  readonly variable: string;
  readonly path: string;
  /** Different certificates: a directory usually contains each of them several times. */
  readonly certificates: number;
}

/** A bundle of all public authorities is 0.2 MiB. */
const MAX_BUNDLE_BYTES = 8 * 1024 * 1024;
const MAX_FILE_BYTES = 1024 * 1024;

const NONE: Authorities = { ca: [], problems: [], read: [] };

/** RFC 7468. OpenSSL also writes "TRUSTED CERTIFICATE". */
const CERTIFICATE = /-----BEGIN ((?:TRUSTED )?CERTIFICATE)-----[^-]+-----END \1-----/g;

/** Each certificate of a PEM text, unchanged; other text around them is ignored. */
export const splitCertificates = (pem: string): readonly string[] => pem.match(CERTIFICATE) ?? [];

/** Node's own; on 22.15 and later including those of its options, such as --use-system-ca. */
export function publicAuthorities(): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] };
  return getCACertificates?.('default') ?? tls.rootCertificates;
}

/** The authorities Node trusts by default. Given any others, it ignores NODE_EXTRA_CA_CERTS, hence the file here. */
export async function readUsualAuthorities(
  { NODE_EXTRA_CA_CERTS: path }: Env,
  signal?: AbortSignal,
): Promise<Authorities> {
  const extra = path ? await readAuthorityFile('NODE_EXTRA_CA_CERTS', path, signal) : NONE;
  return { ...extra, ca: [...publicAuthorities(), ...extra.ca] };
}

/** SSL_CERT_FILE and SSL_CERT_DIR, named as in OpenSSL and Go; here they add to the usual authorities. */
export async function readAddedAuthorities(
  { SSL_CERT_FILE, SSL_CERT_DIR }: Env,
  signal?: AbortSignal,
): Promise<Authorities> {
  const file = SSL_CERT_FILE ? await readAuthorityFile('SSL_CERT_FILE', SSL_CERT_FILE, signal) : NONE;
  const directories = (SSL_CERT_DIR ?? '').split(delimiter).filter((directory) => directory !== '');
  const all = [file, ...directories.map((directory) => readAuthorityDirectory('SSL_CERT_DIR', directory))];
  return {
    ca: all.flatMap(({ ca }) => ca),
    problems: all.flatMap(({ problems }) => problems),
    read: all.flatMap(({ read }) => read),
  };
}

async function readAuthorityFile(variable: string, path: string, signal?: AbortSignal): Promise<Authorities> {
  const text = await readFileText(path, { maxBytes: MAX_BUNDLE_BYTES, deadlineMs: USUAL_DEADLINE_MS, signal });
  if (!text.ok) return unreadable(variable, path, text.error.problem);
  const ca = splitCertificates(text.value);
  const problems = ca.length > 0 ? [] : [`${variable}: ${path} contains no PEM certificate`];
  return { ca, problems, read: [readFrom(variable, path, ca)] };
}

/** Files that are not certificates are skipped, as OpenSSL and Go do. */
function readAuthorityDirectory(variable: string, path: string): Authorities {
  try {
    // Hundreds of small files: synchronous reads are five times as fast.
    const ca = readdirSync(path).flatMap((name) => splitCertificates(readIfPossible(join(path, name))));
    return { ca, problems: [], read: [readFrom(variable, path, ca)] };
  } catch (error) {
    return unreadable(variable, path, asUnreadable(error).problem);
  }
}

function readIfPossible(path: string): string {
  const text = readFileTextSync(path, MAX_FILE_BYTES);
  return text.ok ? text.value : '';
}

const readFrom = (variable: string, path: string, ca: readonly string[]): AuthorityRead => ({
  variable,
  path: hideUserinfo(path),
  certificates: new Set(ca).size,
});

const unreadable = (variable: string, path: string, problem: string): Authorities => ({
  ca: [],
  problems: [`${variable}: cannot read ${hideUserinfo(path)}: ${problem}`],
  read: [],
});
