// The report for users: a line per image, under a failure what is wrong and the next step, a summary at the end.

import { formatCount, formatDuration } from '../core/quantity.ts';
import type { Report } from '../core/report.ts';
import { isAsExpected, isFailure } from './annotation.ts';
import { countsOf } from './counts.ts';
import { formatExplanation } from './explanation.ts';
import { formatHeadline, layoutFor } from './headline.ts';
import { createQuotaNotes } from './quota.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';
import { createStyle, type Style } from './style.ts';
import { wrapWords } from './wrap.ts';

export function createTextReporter(options: ReporterOptions): Reporter {
  const { quiet = false, verbose = false, expect = 'present' } = options;
  const style = createStyle(options);
  const layout = layoutFor(style, options);
  const quota = createQuotaNotes();
  return {
    onResult(result) {
      if (options.count !== 1) quota.add(result);
      const asExpected = isAsExpected(result, expect);
      if (quiet && asExpected) return '';
      // An expected absence needs no explanation.
      const explanation = asExpected && isFailure(result) ? [] : formatExplanation(result, style, layout.indent);
      const lines = [...formatHeadline(result, style, layout, options), ...explanation];
      return lines.map((line) => `${line}\n`).join('');
    },
    onEnd(report) {
      const { total, unpullable, undetermined } = report.summary;
      if (quiet && unpullable + undetermined === 0) return '';
      const lines = [...(total < 2 ? [] : ['', formatSummary(report, style)]), ...quota.lines(style, verbose)];
      return lines.map((line) => `${line}\n`).join('');
    },
  };
}

function formatSummary({ summary, durationMs }: Report, { paint, symbols, width, verdictColor }: Style): string {
  const counts = countsOf(summary);
  const parts = counts.map(({ verdict, text }, index) => {
    const after = index < counts.length - 1 ? ',' : paint.dim(` ${symbols.dot}`);
    return verdictColor[verdict](text) + after;
  });
  const words = [`${formatCount(summary.total, 'image')}:`, ...parts, paint.dim(formatDuration(durationMs))];
  return wrapWords(words, { width, first: '', rest: '  ' }).join('\n');
}
