// The same trouble of one host, for many images: it is explained once.

import { setBounded } from '../core/bounded-map.ts';
import type { Reason, Result } from '../core/result.ts';

/** What a host does, not what an image is. */
const OF_A_HOST: ReadonlySet<Reason | null> = new Set<Reason>([
  'unreachable',
  'registry-error',
  'rate-limited',
  'not-a-registry',
]);

/** Times differ although the trouble is the same. */
const TIMES = / \d+ times in [\d.]+ m?s|\bin \d+ (?:s|min|h)(?:, at [\d:]+ UTC)?/g;

export interface Repetition {
  /** The image that the explanation is under. */
  readonly first: string;
  /** Nothing else was reported since. */
  readonly isNext: boolean;
}

/** For each result in the order of the report; undefined if it must be explained. */
export function createRepetitions(): (result: Result) => Repetition | undefined {
  const explained = new Map<string, string>();
  let last: string | undefined;
  return ({ input, reason, cause, message, hint, registryErrors }) => {
    const isOfHost = OF_A_HOST.has(reason) && !message.includes(input);
    const key = isOfHost
      ? JSON.stringify([reason, cause, message.replace(TIMES, ''), hint?.replace(TIMES, ''), registryErrors])
      : undefined;
    const first = key === undefined ? undefined : explained.get(key);
    const isNext = key !== undefined && key === last;
    last = key;
    if (key === undefined) return undefined;
    if (first !== undefined) return { first, isNext };
    setBounded(explained, key, input);
    return undefined;
  };
}
