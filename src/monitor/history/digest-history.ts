// The digests that a reference had: when its tag moved, and whether it still has the digest recorded first.

import { shortDigest } from '../../core/digest.ts';
import type { CheckRecord } from './check-record.ts';

export interface DigestHistory {
  /** The reference as checked: another reference begins a new history. */
  readonly reference: string;
  readonly first: string;
  readonly last: string;
  readonly moves: number;
}

/** A check without a digest changes nothing. */
export function recordDigest(
  history: DigestHistory | null,
  reference: string,
  digest: string | null,
): DigestHistory | null {
  if (digest === null || (history?.reference === reference && history.last === digest)) return history;
  if (history?.reference !== reference) return { reference, first: digest, last: digest, moves: 0 };
  return { ...history, last: digest, moves: history.moves + 1 };
}

export const DIGEST_MOVED = 'digest-moved';
export const MOVED_HINT =
  'Push the recorded image to the tag again, or accept the new one: give the resource another `id`, which begins a new history.';

/** `expect: same-digest`: an available image with another digest than the one recorded first is unavailable. */
export function expectSameDigest(record: CheckRecord, history: DigestHistory | null, reference: string): CheckRecord {
  const { state, digest } = record;
  if (state !== 'available' || digest === null || history?.reference !== reference) return record;
  if (history.first === digest) return record;
  const message = `The digest is ${shortDigest(digest)}; ${shortDigest(history.first)} was recorded first.`;
  return { ...record, state: 'unavailable', reason: DIGEST_MOVED, cause: null, message };
}
