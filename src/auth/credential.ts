// What a login is: a password, an identity token (a refresh token) or a registry token (a bearer token).

import type { CredentialUse } from '../core/result.ts';
import type { Secret } from './secret.ts';

export type Credential =
  | { readonly kind: 'password'; readonly username: string; readonly password: Secret; readonly source: string }
  | { readonly kind: 'identity-token'; readonly username?: string; readonly token: Secret; readonly source: string }
  | { readonly kind: 'registry-token'; readonly username?: string; readonly token: Secret; readonly source: string };

/** The credential as a report may show it. */
export function describeCredential(credential: Credential): CredentialUse {
  const { source, kind, username } = credential;
  return username === undefined ? { source, kind } : { source, kind, username };
}
