// Which finding speaks for the image when there are several: a definite no outranks a doubt.

import { judgementOf } from '../core/result.ts';
import type { Finding } from './finding.ts';

const GRAVEST = ['incomplete', 'corrupt'];

/** The first of the gravest kind. */
export function gravest<T>(items: readonly [T, ...T[]], findingOf: (item: T) => Finding): T {
  return items.reduce((worst, item) => (rank(findingOf(item)) < rank(findingOf(worst)) ? item : worst));
}

function rank({ reason }: Finding): number {
  const at = GRAVEST.indexOf(reason);
  if (at >= 0) return at;
  return GRAVEST.length + (judgementOf(reason).verdict === 'unpullable' ? 0 : 1);
}
