// Any result at all, made of a number and of texts that may stand anywhere in it.

import {
  type Cause,
  DOUBTS,
  judgementOf,
  PROOFS,
  type Reason,
  type Result,
  SKIPS,
  UNPULLABLE_REASONS,
} from '../../src/core/result.ts';
import { createRandom, type Random } from './random.ts';

export interface ResultParts {
  readonly shape: number;
  readonly texts: readonly string[];
}

const REASONS: readonly (Reason | null)[] = [null, null, 'internal-error', ...UNPULLABLE_REASONS, ...DOUBTS, ...SKIPS];
const CAUSES: readonly (Cause | null)[] = [null, 'tag', 'dns', 'missing-or-private', 'pull-quota', 'layer', 'tls'];
const KINDS = ['password', 'identity-token', 'registry-token'] as const;
const PURPOSES = ['manifest', 'child-manifest', 'token'] as const;

export function anyResult({ shape, texts }: ResultParts): Result {
  const random = createRandom(shape, 'result');
  const text = (): string => (texts.length === 0 ? '' : random.pick(texts));
  const maybe = <T>(make: () => T): T | null => (random.isOnce(3) ? null : make());
  const some = <T>(make: () => T, most = 3): T[] => Array.from({ length: random.below(most + 1) }, make);
  const reason = random.pick(REASONS);
  const facts: Omit<Result, 'verdict' | 'reason' | 'cause'> = {
    input: text(),
    foundAt: some(() => ({ source: text(), ...(random.isOnce(2) && { line: count(random), path: text() }) })),
    reference: maybe(() => ({
      registry: random.isOnce(2) ? 'docker.io' : text(),
      repository: text(),
      tag: maybe(text),
      digest: maybe(text),
      canonical: text(),
    })),
    proof: maybe(() => random.pick(PROOFS)),
    warnings: some(() => ({ code: 'registry-warning', message: text() })),
    message: text(),
    hint: maybe(text),
    hintCode: maybe(() => 'check-name' as const),
    retryAfterSeconds: maybe(() => count(random)),
    digest: maybe(text),
    mediaType: maybe(text),
    platforms: maybe(() => some(text)),
    registryErrors: some(() => ({ code: maybe(text), message: maybe(text) })),
    credential: maybe(() => ({
      source: text(),
      kind: random.pick(KINDS),
      ...(random.isOnce(2) && { username: text() }),
    })),
    rateLimit: maybe(() => ({
      limit: maybe(() => count(random)),
      remaining: maybe(() => count(random)),
      windowSeconds: maybe(() => count(random)),
    })),
    requests: some(() => ({
      purpose: random.pick(PURPOSES),
      method: random.pick(['GET', 'HEAD', 'POST']),
      url: text(),
      status: maybe(() => 100 + random.below(500)),
      durationMs: count(random),
      attempt: 1 + random.below(3),
      ...(random.isOnce(2) && { error: text() }),
    })),
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: count(random),
    ...(random.isOnce(2) && { servedBy: text() }),
    ...(random.isOnce(2) && { selected: some(() => ({ platform: text(), digest: text() })) }),
    ...(random.isOnce(2) && { blobs: { count: count(random), bytes: count(random) } }),
    ...(random.isOnce(2) && {
      problems: some(() => ({
        reason: 'incomplete',
        cause: 'layer',
        digest: text(),
        mediaType: text(),
        platform: maybe(text),
        layer: maybe(() => 1 + random.below(9)),
        message: text(),
      })),
    }),
  };
  const judgement =
    reason === null
      ? { verdict: 'pullable' as const, reason: null, cause: null }
      : judgementOf(reason, random.pick(CAUSES));
  return { ...facts, ...judgement };
}

const count = (random: Random): number => Math.floor(10 ** (random.next() * 9));
