// Which results a person must look at: a definite no, and nobody could say.

import type { Result } from '../core/result.ts';

export const isFailure = ({ verdict }: Pick<Result, 'verdict'>): boolean =>
  verdict === 'unpullable' || verdict === 'undetermined';
