// Whether a server uses plain HTTP instead of TLS. Only a loopback registry may, as for docker, or one that the user allows it.

import type { AuthOutcome } from '../auth/authenticate.ts';
import { type HttpFailure, type Phase, soundsLikePlainHttp } from '../http/failure.ts';
import { says } from '../registry/dialects.ts';
import type { Endpoint } from '../registry/endpoint.ts';
import { evidenceOf } from '../registry/evidence.ts';

/**
 * Whether to try plain HTTP after this outcome over TLS: only the handshake failed. podman tries it after any failure to
 * connect, if the user allowed it.
 */
export function mayUsePlainHttp({ mayFallBack, allowsPlainHttp }: Endpoint, outcome: AuthOutcome): boolean {
  if (!mayFallBack || outcome.kind !== 'failure') return false;
  const isUnconnected = outcome.from === 'registry' && UNCONNECTED.has(outcome.failure.phase);
  return isWithoutTls(outcome.failure) || (allowsPlainHttp && isUnconnected);
}

const UNCONNECTED: ReadonlySet<Phase> = new Set(['tcp', 'tls']);

/**
 * Whether the server uses plain HTTP, after the outcomes over http and over TLS. A response may say that it requires TLS.
 * Without a valid response, it does if it answered the TLS handshake with something else.
 */
export function isPlainHttp(outcome: AuthOutcome, overTls: AuthOutcome): boolean {
  if (outcome.kind === 'response') return !says(evidenceOf(outcome.response), 'requires-https');
  if (outcome.kind !== 'failure' || outcome.from !== 'registry') return true;
  const { phase } = outcome.failure;
  const isConnected = phase === 'headers' || phase === 'body';
  return isConnected && overTls.kind === 'failure' && soundsLikePlainHttp(overTls.failure);
}

function isWithoutTls(failure: HttpFailure): boolean {
  const { phase, kind, code } = failure;
  const isCut = phase === 'tls' && (kind === 'timeout' || code === 'ECONNRESET' || code === 'EPIPE');
  return isCut || soundsLikePlainHttp(failure);
}
