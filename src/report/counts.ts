// The number of images per verdict, in words.

import { formatCount } from '../core/quantity.ts';
import type { Summary } from '../core/report.ts';
import type { Verdict } from '../core/result.ts';

const WORDS: Readonly<Record<Verdict, string>> = {
  pullable: 'pullable',
  unpullable: 'not pullable',
  undetermined: 'undetermined',
  skipped: 'skipped',
};

export const VERDICTS = Object.keys(WORDS) as readonly Verdict[];

/** `2 not pullable` for each verdict that occurred. */
export function countsOf(summary: Summary): { readonly verdict: Verdict; readonly text: string }[] {
  return VERDICTS.filter((verdict) => summary[verdict] > 0).map((verdict) => {
    return { verdict, text: `${summary[verdict]} ${WORDS[verdict]}` };
  });
}

/** `3 images: 2 pullable, 1 undetermined` */
export function formatCounts(summary: Summary): string {
  const counts = countsOf(summary).map(({ text }) => text);
  return `${formatCount(summary.total, 'image')}${counts.length > 0 ? `: ${counts.join(', ')}` : ''}`;
}
