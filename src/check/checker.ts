// Placeholder: the real one comes with the check layer.

import type { Result } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import type { CheckerOptions } from './checker-options.ts';

type Targets = Iterable<Target | string> | AsyncIterable<Target | string>;

export interface Checker {
  check(target: Target | string, options?: { signal?: AbortSignal }): Promise<Result>;
  checkAll(targets: Targets, options?: { signal?: AbortSignal }): AsyncIterable<Result>;
  close(): Promise<void>;
}

export function createChecker(_options: CheckerOptions): Checker {
  throw new Error('placeholder');
}
