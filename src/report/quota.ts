// Rate limits as registries report them, in words: for one image, and once for the whole run.

import { DOCKER_HUB, registryOfHost } from '../core/docker-hub.ts';
import { formatWait } from '../core/quantity.ts';
import type { Result } from '../core/result.ts';
import type { Style } from './style.ts';
import { splitWords, wrapWords } from './wrap.ts';

type Limited = Pick<Result, 'rateLimit' | 'reference'>;

const LOW_SHARE = 0.1;

/** `97 of 100 pulls left`, or undefined if the registry does not report what is left. */
export function formatRateLimit({ rateLimit, reference }: Limited): string | undefined {
  if (rateLimit === null || rateLimit.remaining === null) return undefined;
  const { limit, remaining } = rateLimit;
  // Only Docker Hub counts pulls; other registries limit requests.
  const noun = registryOfHost(reference?.registry ?? '') === DOCKER_HUB ? 'pulls' : 'requests';
  return limit === null ? `${remaining} ${noun} left` : `${remaining} of ${limit} ${noun} left`;
}

/** A tenth or less is left: worth reporting even without `--verbose`. */
export function isRateLimitLow({ rateLimit }: Pick<Result, 'rateLimit'>): boolean {
  if (rateLimit === null || rateLimit.remaining === null) return false;
  return rateLimit.remaining <= (rateLimit.limit ?? 100) * LOW_SHARE;
}

export interface QuotaNotes {
  readonly add: (result: Result) => void;
  /** Docker Hub's pulls always, the requests of other registries only if few are left, or with `all`. */
  readonly lines: (style: Style, all: boolean) => string[];
}

/** Collects the limits of a run: a line for each image would be noise. */
export function createQuotaNotes(): QuotaNotes {
  /** The lowest value of each registry: results are not in the order of the responses. */
  const lowest = new Map<string, Limited>();
  return {
    add({ rateLimit, reference }) {
      if (rateLimit === null || rateLimit.remaining === null || reference === null) return;
      const before = lowest.get(reference.registry)?.rateLimit?.remaining ?? Number.POSITIVE_INFINITY;
      if (rateLimit.remaining < before) lowest.set(reference.registry, { rateLimit, reference });
    },
    lines: ({ paint, show, width }, all) =>
      [...lowest].flatMap(([registry, limited]) => {
        const isHub = registryOfHost(registry) === DOCKER_HUB;
        const isLow = isRateLimitLow(limited);
        if (!isHub && !isLow && !all) return [];
        const seconds = limited.rateLimit?.windowSeconds ?? null;
        const window = seconds === null ? '' : ` in this window (${formatWait(seconds * 1000)})`;
        const line = `${isHub ? 'Docker Hub' : show(registry)}: ${formatRateLimit(limited)}${window}`;
        const color = isLow ? paint.yellow : paint.dim;
        return wrapWords(splitWords(line), { width, first: '', rest: '  ' }).map((text) => color(text));
      }),
  };
}
