// Any result at all, with hostile text wherever a text can stand.

import fc from 'fast-check';
import { type Cause, DOUBTS, judgementOf, PROOFS, REFUSALS, type Result, SKIPS } from '../../src/core/result.ts';

const HOSTILE = ['\x1b[31m', '\x1b]0;x\x07', '\x9b2J', '\r', '\n', '\t', '\0', '\x7f', '\u202e', '\u2028', '\ud800'];
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string()), { maxLength: 6 }).map((parts) => parts.join('')),
);
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const count = fc.nat({ max: 10_000_000 });
const CAUSES: readonly (Cause | null)[] = [null, 'tag', 'dns', 'missing-or-private', 'pull-quota', 'layer'];

const judgement = fc.oneof(
  fc.constant({ verdict: 'pullable', reason: null, cause: null } as const),
  fc
    .tuple(fc.constantFrom(...REFUSALS, ...DOUBTS, ...SKIPS), fc.constantFrom(...CAUSES))
    .map(([reason, cause]) => judgementOf(reason, cause)),
);

const facts = fc.record(
  {
    input: text,
    foundAt: fc.array(fc.record({ source: text, line: count, path: text }, { requiredKeys: ['source'] }), {
      maxLength: 3,
    }),
    reference: orNull(
      fc.record({
        registry: fc.oneof(fc.constant('docker.io'), text),
        repository: text,
        tag: orNull(text),
        digest: orNull(text),
        canonical: text,
      }),
    ),
    proof: orNull(fc.constantFrom(...PROOFS)),
    warnings: fc.array(fc.record({ code: fc.constant('registry-warning' as const), message: text }), { maxLength: 2 }),
    message: text,
    hint: orNull(text),
    digest: orNull(text),
    mediaType: orNull(text),
    platforms: orNull(fc.array(text, { maxLength: 3 })),
    registryErrors: fc.array(fc.record({ code: orNull(text), message: orNull(text) }), { maxLength: 4 }),
    credential: orNull(
      fc.record(
        { source: text, kind: fc.constantFrom('password', 'identity-token', 'registry-token'), username: text },
        { requiredKeys: ['source', 'kind'] },
      ),
    ),
    rateLimit: orNull(fc.record({ limit: orNull(count), remaining: orNull(count), windowSeconds: orNull(count) })),
    requests: fc.array(
      fc.record(
        {
          purpose: fc.constantFrom('manifest', 'child-manifest', 'token'),
          method: fc.constantFrom('GET', 'HEAD', 'POST'),
          url: text,
          status: orNull(fc.integer({ min: 100, max: 599 })),
          durationMs: count,
          attempt: fc.integer({ min: 1, max: 4 }),
          error: text,
        },
        { requiredKeys: ['purpose', 'method', 'url', 'status', 'durationMs', 'attempt'] },
      ),
      { maxLength: 3 },
    ),
    startedAt: fc.constant('2026-01-01T00:00:00.000Z'),
    durationMs: count,
    selected: fc.array(fc.record({ platform: text, digest: text }), { maxLength: 2 }),
    blobs: fc.record({ count, bytes: count }),
  },
  {
    requiredKeys: [
      'input',
      'foundAt',
      'reference',
      'proof',
      'warnings',
      'message',
      'hint',
      'digest',
      'mediaType',
      'platforms',
      'registryErrors',
      'credential',
      'rateLimit',
      'requests',
      'startedAt',
      'durationMs',
    ],
  },
);

export const anyResult: fc.Arbitrary<Result> = fc
  .tuple(facts, judgement)
  .map(([known, judged]) => ({ ...known, ...judged }));
