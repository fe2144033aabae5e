// Results as literals: a plain pullable one, and whatever a test changes about it.

import { type Cause, judgementOf, type Reason, type Result } from '../../src/core/result.ts';

const PULLABLE: Result = {
  input: 'nginx:latest',
  foundAt: [],
  reference: {
    registry: 'docker.io',
    repository: 'library/nginx',
    tag: 'latest',
    digest: null,
    canonical: 'docker.io/library/nginx:latest',
  },
  verdict: 'pullable',
  reason: null,
  cause: null,
  proof: 'head',
  warnings: [],
  message: 'docker.io/library/nginx:latest is pullable.',
  hint: null,
  digest: `sha256:${'0123456789abcdef'.repeat(4)}`,
  mediaType: 'application/vnd.oci.image.index.v1+json',
  platforms: null,
  registryErrors: [],
  credential: null,
  rateLimit: null,
  requests: [],
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 104,
};

/** A key of some member of a union; `Partial<Result>` would tie the verdict to its reason. */
type Changes = { [Key in Exclude<keyof Result, 'verdict' | 'reason' | 'cause'>]?: Result[Key] };

export function pullableResult(changes: Changes = {}): Result {
  return { ...PULLABLE, ...changes };
}

/** What the check would answer for `reason`: no proof, no digest. */
export function failedResult(reason: Reason, cause: Cause | null, changes: Changes = {}): Result {
  return { ...PULLABLE, proof: null, digest: null, mediaType: null, ...changes, ...judgementOf(reason, cause) };
}
