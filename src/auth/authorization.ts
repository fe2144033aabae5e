// The Authorization field (RFC 9110 section 11.6.2): the only place besides the token service where a secret is sent.

import type { Secret } from '../credentials/secret.ts';

/** RFC 7617, in UTF-8. */
export const basicAuthorization = (username: string, password: Secret): string =>
  `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`;

/** RFC 6750 section 2.1. */
export const bearerAuthorization = (token: Secret): string => `Bearer ${token.reveal()}`;
