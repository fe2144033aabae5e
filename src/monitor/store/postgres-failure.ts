// What an error of PostgreSQL means for the user: one sentence for each.

import { failure } from '../../core/outcome.ts';
import { cleanText } from '../../core/text.ts';
import { fileProblem } from '../../file/file-failure.ts';
import type { StoreFailure } from './failure.ts';

/** The connection could not be made, or is gone: nothing of the server's own came back. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html; undefined if the server did not send the error. */
export function sqlStateOf(error: unknown): string | undefined {
  const { code, severity } = error as { readonly code?: unknown; readonly severity?: unknown };
  return typeof code === 'string' && severity !== undefined ? code : undefined;
}

/** Another transaction was in the way: the same one succeeds when it is tried again. */
export const isConflict = (error: unknown): boolean => ['40001', '40P01'].includes(sqlStateOf(error) ?? '');

/** By SQLSTATE, or by its class. An error that is not here is a bug of ours. */
const FAILURES: Readonly<Record<string, (place: string, error: Error) => StoreFailure>> = {
  // The connection fails, the server stops or starts, or it has no place for one more connection.
  '08': away,
  '57P': away,
  '53': (place, { message }) => ({ kind: 'unavailable', message: `${place} refuses work: ${cleanText(message)}` }),
  '53100': (place) => ({
    kind: 'full',
    message: `${place} cannot grow: no space is left on its disk; checks continue, and results are kept in memory`,
  }),
  // The statement ran too long, or waited too long for a lock.
  '57014': (place) => ({
    kind: 'unavailable',
    message: `${place} is too slow: it ended a statement that ran too long`,
  }),
  '55P03': (place) => ({ kind: 'unavailable', message: `${place} is too slow: a lock was not released in time` }),
  '25P03': away,
  '28': (place) => ({
    kind: 'unavailable',
    message: `${place} refuses the user or the password; check the URL of the store`,
  }),
  '3D': (place) => ({ kind: 'no-such-place', message: `${place} does not exist; create the database` }),
  '25006': (place) => ({
    kind: 'read-only',
    message: `${place} cannot be written: it is a standby, or its transactions are read-only`,
  }),
  '42501': (place) => ({
    kind: 'read-only',
    message: `${place} does not let this user create or write the schema kairos_pull; grant it CREATE on the database, or the schema`,
  }),
};

const UNKNOWN_CA = 'its certificate authority is not known; name its file with sslrootcert in the URL';
/** https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const TLS_PROBLEMS: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_CA,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_CA,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_CA,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_CA,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_CA,
  CERT_HAS_EXPIRED: 'its certificate has expired; renew it',
  CERT_NOT_YET_VALID: 'its certificate is not yet valid; check the clocks',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host; use that name in the URL',
};

function away(place: string, error: Error): StoreFailure {
  const { code, path } = error as NodeJS.ErrnoException;
  const problem = path === undefined ? undefined : fileProblem(error);
  if (problem !== undefined) {
    const file = cleanText(path ?? '', 200);
    return { kind: 'no-such-place', message: `${place} needs ${file}, which cannot be read: ${problem}` };
  }
  if (code !== undefined && code in TLS_PROBLEMS) {
    return { kind: 'unavailable', message: `${place} cannot be reached over TLS: ${TLS_PROBLEMS[code]} (${code})` };
  }
  const why = sqlStateOf(error) === undefined ? (code ?? error.message) : error.message;
  return { kind: 'unavailable', message: `${place} cannot be reached: ${cleanText(why, 200)}` };
}

/** Throws the error again if neither the server nor the connection has failed. */
export function postgresFailure(error: unknown, place: string): { ok: false; error: StoreFailure } {
  if (error instanceof ConnectionLost) return failure(away(place, error.cause as Error));
  const state = sqlStateOf(error) ?? '';
  const describe = FAILURES[state] ?? FAILURES[state.slice(0, 3)] ?? FAILURES[state.slice(0, 2)];
  if (describe === undefined) throw error;
  return failure(describe(place, error as Error));
}
