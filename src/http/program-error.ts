// Tells an exception of this program, or of the way in which it was bundled, from a failure of the network.

import { codeOf } from './failure.ts';

/** Errors of a connection or its peer, which may have no code. By name: the pool is a bundle of its own. */
const CONNECTION_ERRORS = new Set([
  'ConnectError',
  'UndecodableError',
  'TimeoutError',
  'AbortError',
  'HeadersTimeoutError',
  'BodyTimeoutError',
  'HeadersOverflowError',
  'LengthError',
  'MalformedResponseError',
  'Http2Error',
  'HTTPParserError',
]);

/** Of Node's checks of arguments, and of its module loaders; never of a socket. */
const PROGRAM_CODE =
  /^(?:ERR_(?:INVALID_(?:ARG|THIS|STATE|RETURN|MODULE|PACKAGE)|MISSING_|UNKNOWN_|MODULE_|REQUIRE_|PACKAGE_|UNSUPPORTED_|VM_)|MODULE_NOT_FOUND$)/;

/** A bug: it says nothing about a registry. */
export function isProgramError(error: unknown): boolean {
  if (error instanceof Error && CONNECTION_ERRORS.has(error.name)) return false;
  const code = codeOf(error);
  return code === null || PROGRAM_CODE.test(code);
}
