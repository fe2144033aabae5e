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

/** Whether a registry would see the same login, wherever the two were found. */
export const isSameLogin = (a: Credential, b: Credential): boolean =>
  a.kind === b.kind && a.username === b.username && secretOf(a).equals(secretOf(b));

const secretOf = (credential: Credential): Secret =>
  credential.kind === 'password' ? credential.password : credential.token;
