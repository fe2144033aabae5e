// A credential: a password, an identity token (refresh token) or a registry token (bearer token), and its syntax.
//
//   Bearer token     1*VCHAR, a field value without spaces: RFC 9110 section 5.5, RFC 6750 section 2.1
//   refresh token    1*VSCHAR: RFC 6749 appendix A.17
//   user-id          no control character: RFC 7617 section 2
//   password         the same, but line breaks and tabs are sent: the key of a Google service account has several lines

import { replaceInvalid } from '../core/byte-text.ts';
import type { CredentialUse } from '../core/result.ts';
import { Secret } from './secret.ts';

export type Credential =
  | {
      readonly kind: 'password';
      readonly username: string;
      readonly password: Secret;
      readonly source: string;
      /** Stored in the same entry, and preferred where a registry accepts tokens. */
      readonly beside?: 'identity-token' | 'registry-token';
    }
  | (StoredToken & { readonly kind: 'identity-token' })
  | (StoredToken & { readonly kind: 'registry-token' });

/** A token that `docker login` or a credential helper stored. */
export interface StoredToken {
  readonly username?: string;
  /** Stored in the same entry, for Basic. */
  readonly login?: { readonly username: string; readonly password: Secret };
  readonly token: Secret;
  readonly source: string;
}

type WithoutSource<T> = T extends unknown ? Omit<T, 'source'> : never;

/** A credential as a file or a helper stores it. */
export type StoredCredential = WithoutSource<Credential>;

/** docker-credential-helpers: "identity tokens are stored with the user name `<token>`". */
const TOKEN_USER = '<token>';

export function createCredential(username: string, secret: string): StoredCredential {
  return username === TOKEN_USER
    ? { kind: 'identity-token', token: new Secret(secret) }
    : { kind: 'password', username, password: new Secret(secret) };
}

/** The credential without its secret, for reports. */
export function describeCredential(credential: Credential): CredentialUse {
  const { source, kind, username } = credential;
  return username === undefined ? { source, kind } : { source, kind, username: replaceInvalid(username) };
}

/** Whether a registry would receive the same credential, wherever the two were found. */
export const isSameCredential = (a: StoredCredential, b: StoredCredential): boolean =>
  a.kind === b.kind && a.username === b.username && secretOf(a).equals(secretOf(b));

/** What is sent where a registry requires user name and password. */
export function passwordOf(credential: Credential): (Credential & { readonly kind: 'password' }) | undefined {
  if (credential.kind === 'password') return credential;
  const { kind: beside, login, source } = credential;
  return login && { kind: 'password', ...login, source, beside };
}

export const secretOf = (credential: StoredCredential): Secret =>
  credential.kind === 'password' ? credential.password : credential.token;

/** Why the credential cannot be sent, as a clause that quotes nothing of it; undefined when it can be sent. */
export function findSyntaxProblem(credential: StoredCredential): string | undefined {
  switch (credential.kind) {
    case 'registry-token':
      return /[^\x21-\x7e]/.test(credential.token.reveal())
        ? 'the registry token contains an invalid character, such as a space or a line break'
        : undefined;
    case 'identity-token':
      if (hasControl(credential.username)) return BAD_USER_NAME;
      return /[^\x20-\x7e]/.test(credential.token.reveal())
        ? 'the identity token contains an invalid character, such as a line break'
        : undefined;
    case 'password':
      if (hasControl(credential.username)) return BAD_USER_NAME;
      return hasControl(credential.password.reveal().replace(/[\t\r\n]/g, ''))
        ? 'the password contains a control character'
        : undefined;
    default:
      credential satisfies never;
      return undefined;
  }
}

const BAD_USER_NAME = 'the user name contains a control character';

const hasControl = (text = ''): boolean => /\p{Cc}/u.test(text);
