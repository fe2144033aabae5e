// Whether a server uses plain http instead of TLS. Only a loopback registry may, as for docker, or one that the user allows it.

import type { AuthOutcome } from '../auth/authenticate.ts';
import { type HttpFailure, type Phase, soundsLikePlainHttp } from '../http/failure.ts';
import { says } from '../registry/dialects.ts';
import type { Endpoint } from '../registry/endpoint.ts';
import { evidenceOf } from '../registry/evidence.ts';

/**
 * Whether to try plain http after this outcome over TLS: only the handshake failed. podman tries it after any failure to
 * connect, if the user allowed it.
 */
export function mayUsePlainHttp({ mayFallBack, allowsPlainHttp }: Endpoint, outcome: AuthOutcome): boolean {
  if (!mayFallBack || outcome.kind !== 'failure') return false;
  const isUnconnected = outcome.from === 'registry' && UNCONNECTED.has(outcome.failure.phase);
  return isWithoutTls(outcome.failure) || (allowsPlainHttp && isUnconnected);
}

const UNCONNECTED: ReadonlySet<Phase> = new Set(['tcp', 'tls']);

/** The server responds over plain http, and not that it requires TLS. */
export const isPlainHttp = (outcome: AuthOutcome): boolean =>
  outcome.kind === 'response'
    ? !says(evidenceOf(outcome.response), 'requires-https')
    : outcome.kind !== 'failure' || outcome.from !== 'registry';

function isWithoutTls(failure: HttpFailure): boolean {
  const { phase, kind, code } = failure;
  const isCut = phase === 'tls' && (kind === 'timeout' || code === 'ECONNRESET' || code === 'EPIPE');
  return isCut || soundsLikePlainHttp(failure);
}
