// Reads the answer of a token service as strictly as registry clients do: what Go cannot decode, no runtime can use.
//
//   docker/distribution, registry/client/auth/session.go: getTokenResponse, postTokenResponse
//   containerd, remotes/docker/auth/fetch.go: FetchTokenResponse, OAuthTokenResponse

import { parseJson } from '../core/json.ts';
import { decodeJson, INT64, struct, TEXT, TIME } from '../core/json-shape.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { Secret } from '../credentials/secret.ts';
import type { Quote } from '../http/send.ts';

export interface Token {
  readonly value: Secret;
  /** From the time of the request. */
  readonly lifetimeMs: number;
  /** Another host issued it, which the token service redirected to, and which received no credential. */
  readonly isFromElsewhere?: true;
}

const FIELDS = { token: TEXT, access_token: TEXT, refresh_token: TEXT, expires_in: INT64, issued_at: TIME };
const ANSWERS = {
  GET: struct(FIELDS, 'any'),
  POST: struct({ ...FIELDS, scope: TEXT }, 'any'),
};

const SHORTEST_LIFETIME_SECONDS = 60;
const EARLY_RENEWAL_SECONDS = 5;
/** Anything longer may be a token. */
const MAX_SHOWN = 24;

/** The error completes "the token service returned …". */
export function readTokenAnswer(body: Uint8Array, method: 'GET' | 'POST', quote: Quote): Outcome<Token, string> {
  const parsed = parseJson(body);
  if (parsed === undefined) return failure('a response that is not JSON');
  const show: Quote = (text, maxLength) => (text.length > MAX_SHOWN ? '…' : quote(text, maxLength));
  const decoded = decodeJson<AnswerFields>(ANSWERS[method], parsed, show);
  if (!decoded.ok) return failure(`a response that clients cannot read, because it ${decoded.error}`);
  const { token, access_token, expires_in = 0 } = decoded.value;
  // If both are there: containerd and docker use access_token. An empty string does not count.
  const value = access_token || token;
  if (!value) return failure('a response without a token');
  // It becomes a header field value (RFC 9110 section 5.5).
  if (/[^\t\x20-\x7e]/.test(value) || value.trim() !== value) return failure('a token with invalid characters');
  const seconds = Math.max(SHORTEST_LIFETIME_SECONDS, expires_in) - EARLY_RENEWAL_SECONDS;
  return success({ value: new Secret(value), lifetimeMs: seconds * 1000 });
}

interface AnswerFields {
  readonly token?: string;
  readonly access_token?: string;
  readonly expires_in?: number;
}
