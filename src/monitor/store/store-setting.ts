// The `store` setting: what it names, and how it is shown.

import { cleanText } from '../../core/text.ts';
import { hideUserinfo } from '../../core/userinfo.ts';

export interface StoreSetting {
  /** `memory`, the path of a file, or the URL of a PostgreSQL database. */
  readonly location: string;
  /** The user chose it: without a driver it is a failure, not memory. */
  readonly isNamed: boolean;
}

export const isMemory = (location: string): boolean => location === 'memory' || location === ':memory:';

export const isDatabaseUrl = (location: string): boolean => /^postgres(?:ql)?:\/\//i.test(location);

/** https://www.postgresql.org/docs/current/libpq-ssl.html, and one of `pg`. */
const SSL_MODES = ['verify-full', 'verify-ca', 'require', 'prefer', 'no-verify', 'disable'];

/**
 * Why it cannot be used; null if it can. It completes "the URL of the store" and quotes nothing: an unencoded `/`, `?` or
 * `#` in a password makes the rest of it the host or the database.
 */
export function databaseUrlProblem(url: string): string | null {
  const authority = /^[^/]*\/\/([^/?#]*)/.exec(url)?.[1] ?? '';
  const userinfo = authority.slice(0, authority.lastIndexOf('@') + 1);
  if (url.includes('@', url.indexOf(authority) + authority.length) || /%(?![0-9a-f]{2})/i.test(userinfo)) {
    return 'has a special character in its user or password; percent-encode it, such as %40 for @ and %2F for /';
  }
  if (!URL.canParse(url)) return 'is malformed; use postgres://user:password@host:5432/database';
  const mode = new URL(url).searchParams.get('sslmode');
  return mode === null || SSL_MODES.includes(mode) ? null : `has an unknown sslmode; use ${SSL_MODES.join(', ')}`;
}

/** `postgres://host:5432/database`: without user, password and query, which may be another password. */
export function formatDatabaseUrl(url: string): string {
  if (databaseUrlProblem(url) !== null) return 'postgres://***';
  const { hostname, port, pathname, searchParams } = new URL(url);
  const host = hostname || searchParams.get('host') || 'localhost';
  return cleanText(`postgres://${host}:${port || searchParams.get('port') || '5432'}${pathname}`, 300);
}

/** What other programs take for a database: its name if it is neither a file nor of PostgreSQL, else null. */
export function foreignLocation(location: string): string | null {
  // The rest of a URL may have a password.
  const scheme = /^((?:[a-z][a-z0-9+.-]+:)+\/\/)/i.exec(location)?.[1];
  if (scheme !== undefined) return `a store at ${scheme}`;
  // https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE
  const isKeywords = /^\s*(?:host|hostaddr|port|dbname|user|password|service)\s*=/i.test(location);
  return isKeywords ? 'a store in keywords such as host= and dbname=' : null;
}

/** For the log and the terminal. */
export function formatStore(location: string): string {
  if (isDatabaseUrl(location)) return formatDatabaseUrl(location);
  return foreignLocation(location) ?? cleanText(hideUserinfo(location), 300);
}
