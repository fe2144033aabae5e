// The number of images per verdict, in words.

import { formatCount } from '../core/quantity.ts';
import { emptyTally, type Report, type Summary, type Tally } from '../core/report.ts';
import type { Verdict } from '../core/result.ts';

const WORDS: Readonly<Record<Verdict, string>> = {
  pullable: 'pullable',
  unpullable: 'not pullable',
  undetermined: 'undetermined',
  skipped: 'skipped',
};

export const VERDICTS = Object.keys(WORDS) as readonly Verdict[];

interface Count {
  /** Whose color it has: with `--expect absent`, an absent image is as good as a pullable one. */
  readonly verdict: Verdict | 'warning';
  readonly text: string;
}

/**
 * `2 not pullable` for each verdict that occurred; `2 absent` and `1 present` with `--expect absent`. `warnings`: by verdict,
 * those that `--warn-on` lets pass; they are `1 warning`, whatever their verdict is.
 */
export function countsOf(summary: Summary, presence?: Report['presence'], warnings: Tally = emptyTally()): Count[] {
  const tolerated = warnings.pullable + warnings.unpullable + warnings.undetermined;
  const counts = verdictCounts(
    {
      ...summary,
      pullable: summary.pullable - warnings.pullable,
      unpullable: summary.unpullable - warnings.unpullable,
      undetermined: summary.undetermined - warnings.undetermined,
    },
    presence,
  );
  return tolerated === 0 ? counts : [...counts, { verdict: 'warning', text: formatCount(tolerated, 'warning') }];
}

function verdictCounts(summary: Summary, presence: Report['presence']): Count[] {
  const count = (verdict: Verdict, number: number, word = WORDS[verdict]): Count[] =>
    number > 0 ? [{ verdict, text: `${number} ${word}` }] : [];
  if (presence === undefined) return VERDICTS.flatMap((verdict) => count(verdict, summary[verdict]));
  const { pullable, unpullable, undetermined, skipped } = summary;
  const { absent, present } = presence;
  return [
    ...count('pullable', absent, 'absent'),
    ...count('unpullable', present, 'present'),
    ...count('undetermined', pullable + unpullable + undetermined - absent - present),
    ...count('skipped', skipped),
  ];
}

/** `3 images: 2 pullable, 1 undetermined` */
export function formatCounts({ summary, presence }: Pick<Report, 'summary' | 'presence'>, warnings?: Tally): string {
  const counts = countsOf(summary, presence, warnings).map(({ text }) => text);
  return `${formatCount(summary.total, 'image')}${counts.length > 0 ? `: ${counts.join(', ')}` : ''}`;
}
