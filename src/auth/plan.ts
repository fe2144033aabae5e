// A way to ask a repository's questions: as whom, and what the registry is shown for it.

import type { Credential } from '../credentials/credential.ts';

/** Where a Bearer challenge sends us for a token, and for what. */
export interface TokenPlace {
  /** Vetted. */
  readonly realm: URL;
  /** Left out of the question when the challenge names none: some services refuse a made-up one. */
  readonly service: string | undefined;
  readonly scopes: readonly string[];
  /** Its origin as it may be shown, where it is spoken to over http on another host than the registry's: no login is sent there. */
  readonly inClear?: string;
}

export type Plan =
  /** The login itself. */
  | { readonly kind: 'basic'; readonly credential: Credential & { kind: 'password' } }
  /** A bearer token that was stored. */
  | { readonly kind: 'registry-token'; readonly credential: Credential & { kind: 'registry-token' } }
  /** A bearer token that the token service gives for the login, or to anybody. */
  | {
      readonly kind: 'token';
      readonly place: TokenPlace;
      readonly credential: Exclude<Credential, { kind: 'registry-token' }> | undefined;
    };
