// How a request is authorized, and the Authorization field for it (RFC 9110 section 11.6.2).

import { bytesOfText } from '../core/byte-text.ts';
import type { Credential } from '../credentials/credential.ts';
import type { Secret } from '../credentials/secret.ts';
import type { TokenEndpoint } from './token-endpoint.ts';

export type AuthMethod =
  /** User name and password. */
  | { readonly kind: 'basic'; readonly credential: Credential & { kind: 'password' } }
  /** A stored bearer token. */
  | { readonly kind: 'registry-token'; readonly credential: Credential & { kind: 'registry-token' } }
  | TokenMethod;

/** A bearer token that the token service issues for the credential, or anonymously. */
export interface TokenMethod {
  readonly kind: 'token';
  readonly endpoint: TokenEndpoint;
  readonly credential: Exclude<Credential, { kind: 'registry-token' }> | undefined;
}

/** RFC 7617, in UTF-8; other bytes are sent as they were stored. */
export const basicAuthorization = (username: string, password: Secret): string =>
  `Basic ${bytesOfText(`${username}:${password.reveal()}`).toString('base64')}`;

/** RFC 6750 section 2.1. */
export const bearerAuthorization = (token: Secret): string => `Bearer ${token.reveal()}`;
