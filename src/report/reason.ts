// Reasons and causes in plain words, one table each: a new code makes the compiler ask for its words here.

import type { Cause, Judgement, Reason } from '../core/result.ts';

const REASONS: Record<Reason, string> = {
  unauthorized: 'unauthorized',
  denied: 'denied',
  'not-found': 'not found',
  'platform-missing': 'platform missing',
  incomplete: 'incomplete',
  corrupt: 'corrupt',
  'not-an-image': 'not an image',
  'legacy-schema1': 'legacy schema 1',
  'invalid-reference': 'invalid reference',
  unreachable: 'unreachable',
  'registry-error': 'registry error',
  'rate-limited': 'rate limited',
  'not-a-registry': 'not a registry',
  'internal-error': 'internal error',
  'unresolved-variable': 'skipped (unresolved variable)',
  'local-build': 'skipped (built locally)',
  ignored: 'skipped (ignored)',
};

const CAUSES: Record<Cause, string> = {
  'credentials-required': 'login required',
  'bad-credentials': 'login refused',
  'credentials-expired': 'login expired',
  'missing-or-private': 'missing or private',
  'no-access': 'no access',
  'missing-or-no-access': 'missing or no access',
  'policy-block': 'blocked by policy',
  'network-block': 'blocked by the network',
  repository: 'repository',
  tag: 'tag',
  digest: 'digest',
  'weak-evidence': 'weak evidence',
  'child-manifest': 'platform manifest',
  config: 'config',
  layer: 'layer',
  dns: 'name lookup failed',
  tcp: 'no connection',
  tls: 'TLS failed',
  proxy: 'proxy failed',
  timeout: 'timed out',
  registry: 'server trouble',
  'token-service': 'token service',
  upstream: 'upstream registry',
  'pull-quota': 'pull quota used up',
  'too-many-requests': 'too many requests',
  'login-lockout': 'login locked',
  intercepted: 'intercepted',
  'not-oci': 'no OCI answer',
  'redirect-loop': 'redirect loop',
  'insecure-redirect': 'redirect to http',
  'bad-challenge': 'bad challenge',
};

/** `not found (tag)`; '' when there is no reason because the image is pullable. */
export function formatReason({ reason, cause }: Judgement): string {
  if (reason === null) return '';
  if (cause === null) return REASONS[reason];
  return `${REASONS[reason]} (${CAUSES[cause]}${reason === 'incomplete' ? ' missing' : ''})`;
}
