// Whether a cluster runs what its tags serve: a tag that moved after its image was pulled.

import { shortDigest } from '../../core/digest.ts';
import type { CheckRecord } from './check-record.ts';

export interface Drift {
  /** Digests that run and that the tag does not serve; empty: none. */
  readonly running: readonly string[];
  /** null while there is none. */
  readonly sinceMs: number | null;
}

export const isDrifting = (drift: Drift | null): boolean => drift !== null && drift.running.length > 0;

/** `drifted`: as found by this check; null: not comparable. A check without a digest changes nothing. */
export function recordDrift(
  before: Drift | null,
  { digest, atMs }: Pick<CheckRecord, 'digest' | 'atMs'>,
  drifted: readonly string[] | null,
): Drift | null {
  if (digest === null) return before;
  if (drifted === null) return null;
  return { running: drifted, sinceMs: drifted.length === 0 ? null : (before?.sinceMs ?? atMs) };
}

/** Without reason and cause: the image itself is as its state says. */
export function describeDrift({ running }: Drift, { digest }: Pick<CheckRecord, 'digest'>) {
  const [first = ''] = running;
  const more = running.length > 1 ? ` and ${running.length - 1} more` : '';
  const served = digest === null ? 'another digest' : shortDigest(digest);
  const message = `The tag serves ${served}, but ${shortDigest(first)}${more} runs in the cluster.`;
  return { reason: null, cause: null, message };
}
