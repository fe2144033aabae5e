// Which results a person must look at: a definite no, and nobody could say; the other way round before publishing.

import type { Result } from '../core/result.ts';

export const isFailure = ({ verdict }: Pick<Result, 'verdict'>): boolean =>
  verdict === 'unpullable' || verdict === 'undetermined';

export type Expectation = 'present' | 'absent';

/** Whether a result is as hoped; `absent` hopes for a 404 that a registry signed. */
export function isAsExpected(result: Result, expect: Expectation): boolean {
  if (expect === 'present' || result.verdict === 'skipped') return !isFailure(result);
  return result.reason === 'not-found' && result.cause !== 'weak-evidence';
}
