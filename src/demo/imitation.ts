// In what a registry differs from CNCF distribution: everything not said here is answered as distribution answers it.

import type { Answer, Headers } from './answer.ts';
import type { TokenPolicy } from './token-service.ts';

/** A request about to be answered with 401. */
export interface Refused {
  /** The challenge as distribution would write it. */
  readonly standard: string;
  /** Where the token service is; undefined for Basic. */
  readonly realm?: string;
  /** undefined for the base `/v2/`. */
  readonly repository: string | undefined;
  /** It carried an Authorization header that did not do. */
  readonly withLogin: boolean;
}

export interface Imitation {
  readonly auth: 'basic' | 'bearer';
  /** In the challenge; unset: none. */
  readonly service?: string;
  /** Where on the registry's own origin tokens are handed out, default `/token`. */
  readonly tokenPath?: string;
  readonly tokens?: Partial<TokenPolicy>;
  /** The scope a repository asks for; default `repository:<name>:pull`, none for `/v2/`. */
  readonly scope?: (repository: string | undefined) => string | undefined;
  /** The WWW-Authenticate header; a list is several lines, undefined is none. */
  readonly challenge?: (refused: Refused) => string | readonly string[] | undefined;
  readonly unauthorized?: (refused: Refused) => Answer;
  /** A token that was never issued, or is not valid any more; default: a challenge with `invalid_token`. */
  readonly invalidToken?: Answer;
  /** A known user without access, where the registry itself decides (Basic). */
  readonly denied?: (repository: string) => Answer;
  readonly manifestUnknown?: (repository: string, reference: string) => Answer;
  /** On every answer. */
  readonly headers?: Headers;
}
