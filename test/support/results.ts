// Results as literals, and the report that a reporter makes of them.

import { type Report, summarise, tallyOf } from '../../src/core/report.ts';
import { type Cause, judgementOf, type Reason, type Result } from '../../src/core/result.ts';
import type { Reporter } from '../../src/report/reporter.ts';

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
  hintCode: null,
  retryAfterSeconds: null,
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

/** As a check reports `reason`: no proof, no digest. */
export function failedResult(reason: Reason, cause: Cause | null, changes: Changes = {}): Result {
  const nothingLearned = { proof: null, digest: null, mediaType: null, message: 'It cannot be pulled.' };
  return { ...PULLABLE, ...nothingLearned, ...changes, ...judgementOf(reason, cause) };
}

export function reportOn(results: readonly Result[], changes: Partial<Report> = {}): Report {
  return {
    tool: { name: 'kairos-pull', version: '0.1.0' },
    exitCode: 0,
    interrupted: false,
    notChecked: 0,
    summary: summarise(tallyOf(results)),
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 1230,
    ...changes,
  };
}

export function runReporter(reporter: Reporter, results: readonly Result[], changes: Partial<Report> = {}): string {
  const text = results.map((result) => reporter.onResult?.(result) ?? '').join('');
  return text + reporter.onEnd(reportOn(results, changes));
}
