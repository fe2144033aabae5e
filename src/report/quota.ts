// What registries say is left of their limits, once for the whole run: an image at a time it would be noise.

import { DOCKER_HUB } from '../core/docker-hub.ts';
import { formatWait } from '../core/quantity.ts';
import type { Result } from '../core/result.ts';
import { formatRateLimit, isRateLimitLow } from './rate-limit.ts';
import type { Style } from './style.ts';
import { splitWords, wrapWords } from './wrap.ts';

export interface QuotaNotes {
  readonly add: (result: Result) => void;
  /** Docker Hub's pulls whenever they are told; what other registries count only when little is left, or `all`. */
  readonly lines: (style: Style, all: boolean) => string[];
}

export function createQuotaNotes(): QuotaNotes {
  /** Of each registry the least: results do not come in the order of the answers. */
  const least = new Map<string, Pick<Result, 'rateLimit' | 'reference'>>();
  return {
    add({ rateLimit, reference }) {
      if (rateLimit === null || rateLimit.remaining === null || reference === null) return;
      const before = least.get(reference.registry)?.rateLimit?.remaining ?? Number.POSITIVE_INFINITY;
      if (rateLimit.remaining < before) least.set(reference.registry, { rateLimit, reference });
    },
    lines: ({ paint, show, width }, all) =>
      [...least].flatMap(([registry, told]) => {
        const isHub = registry === DOCKER_HUB;
        const isLow = isRateLimitLow(told);
        if (!isHub && !isLow && !all) return [];
        const seconds = told.rateLimit?.windowSeconds ?? null;
        const window = seconds === null ? '' : ` in this window (${formatWait(seconds * 1000)})`;
        const line = `${isHub ? 'Docker Hub' : show(registry)}: ${formatRateLimit(told)}${window}`;
        const color = isLow ? paint.yellow : paint.dim;
        return wrapWords(splitWords(line), { width, first: '', rest: '  ' }).map((text) => color(text));
      }),
  };
}
