// Reasons and causes in plain words, one table each: the compiler requires an entry for a new code.

import type { HintCode } from '../core/hint-code.ts';
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
  'bad-credentials': 'credentials rejected',
  'credentials-expired': 'credentials expired',
  'token-rejected': 'token rejected',
  'missing-or-private': 'missing or private',
  'no-access': 'no access',
  'missing-or-no-access': 'missing or no access',
  'policy-block': 'blocked by policy',
  'network-block': 'blocked by a firewall',
  repository: 'repository',
  tag: 'tag',
  digest: 'digest',
  'weak-evidence': 'unclear',
  'media-type': 'wrong content type',
  'digest-mismatch': 'digest mismatch',
  'child-manifest': 'platform manifest',
  config: 'config',
  layer: 'layer',
  dns: 'DNS lookup failed',
  tcp: 'connection failed',
  tls: 'TLS failed',
  proxy: 'proxy failed',
  timeout: 'timed out',
  'credential-helper': 'credential helper too slow',
  'private-address': 'private address',
  registry: 'server error',
  'token-service': 'token service',
  upstream: 'upstream registry',
  'pull-quota': 'pull quota used up',
  'too-many-requests': 'too many requests',
  'login-lockout': 'account locked',
  intercepted: 'intercepted',
  'not-oci': 'not an OCI response',
  'redirect-loop': 'redirect loop',
  'insecure-redirect': 'redirect to http',
  'bad-challenge': 'invalid challenge',
  'not-rendered': 'not rendered',
  'incomplete-name': 'incomplete name',
};

/** Where the next step says more than the cause: by reason, then by code of the hint. */
const BY_HINT: Readonly<Partial<Record<Reason, Readonly<Partial<Record<HintCode, string>>>>>> = {
  unauthorized: {
    'install-credential-helper': 'credential helper missing',
    'check-credential-helper': 'credential helper',
    'check-credentials-file': 'credentials unusable',
    'complete-credentials': 'credentials incomplete',
    // Only of official images, which are never private.
    'check-name': 'no such image',
  },
  denied: {
    'check-credential-helper': 'credential helper',
    'check-credentials-file': 'credentials unusable',
    'complete-credentials': 'credentials incomplete',
  },
  // There was a connection.
  unreachable: { 'try-later': 'connection lost' },
};

/** `TLS failed`; undefined for a code of another version. */
export const causeWords = (cause: string): string | undefined =>
  Object.hasOwn(CAUSES, cause) ? CAUSES[cause as Cause] : undefined;

/** `not found (tag)`; '' for a pullable image, which has no reason. `hintCode`: of the result. */
export function formatReason({ reason, cause, hintCode = null }: Judgement & { hintCode?: HintCode | null }): string {
  if (reason === null) return '';
  if (cause === null) return REASONS[reason];
  if (reason === 'unresolved-variable') return `skipped (${CAUSES[cause]})`;
  // Here the reason misleads: the content is that of a valid image, or the host is that of a registry.
  if (cause === 'media-type' || cause === 'redirect-loop') return CAUSES[cause];
  const better = hintCode === null ? undefined : BY_HINT[reason]?.[hintCode];
  if (better !== undefined) return `${REASONS[reason]} (${better})`;
  return `${REASONS[reason]} (${CAUSES[cause]}${reason === 'incomplete' ? ' missing' : ''})`;
}

/** Of a skipped image that fails the run. */
export const STRICT = 'fails with --strict';

/** `skipped (unresolved variable, fails with --strict)`; other results as `formatReason`. `fails`: whether it fails the run. */
export function formatJudgement(result: Parameters<typeof formatReason>[0], fails: boolean): string {
  const text = formatReason(result);
  return fails && result.verdict === 'skipped' ? `${text.slice(0, -1)}, ${STRICT})` : text;
}
