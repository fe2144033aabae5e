// How a registry differs from CNCF distribution. What is unset works as it does in distribution.

import type { Headers, Reply } from './reply.ts';
import type { TokenPolicy } from './token-service.ts';

/** A request that gets a 401. */
export interface Refused {
  /** The challenge as distribution would write it. */
  readonly standard: string;
  /** Where the token service is; undefined for Basic. */
  readonly realm?: string;
  /** undefined for the base `/v2/`. */
  readonly repository: string | undefined;
  /** It carried an Authorization header, which was not accepted. */
  readonly withCredential: boolean;
}

export interface Dialect {
  readonly auth: 'basic' | 'bearer';
  /** In the challenge; unset: none. */
  readonly service?: string;
  /** Path of the token service on the registry's own origin, default `/token`. */
  readonly tokenPath?: string;
  readonly tokens?: Partial<TokenPolicy>;
  /** The scope in the challenge; default `repository:<name>:pull`, none for `/v2/`. */
  readonly scope?: (repository: string | undefined) => string | undefined;
  /** The WWW-Authenticate header; a list is several lines, undefined is none. */
  readonly challenge?: (refused: Refused) => string | readonly string[] | undefined;
  readonly unauthorized?: (refused: Refused) => Reply;
  /** For a token that was never issued or has been revoked; default: a challenge with `invalid_token`. */
  readonly invalidToken?: Reply;
  /** For a known user without access, where the registry itself decides (Basic). */
  readonly denied?: (repository: string) => Reply;
  readonly manifestUnknown?: (repository: string, reference: string) => Reply;
  /** In every reply. */
  readonly headers?: Headers;
}
