// The report for users: a line per image, under a failure what is wrong and the next step, a summary at the end.

import { formatCount, formatDuration } from '../core/quantity.ts';
import { emptyTally, type Report, type Tally } from '../core/report.ts';
import { isAsExpected, isFailure, levelOf } from './annotation.ts';
import { countsOf } from './counts.ts';
import { formatExplanation } from './explanation.ts';
import { createGaps, formatEachSkip, formatLeftOut, formatSkips, type Gaps, type SkipGroup } from './gaps.ts';
import { formatHeadline, layoutFor } from './headline.ts';
import { formatLocation } from './location.ts';
import { createQuotaNotes } from './quota.ts';
import { createRepetitions } from './repetition.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';
import { createStyle, type Style } from './style.ts';
import { splitWords, wrapWords } from './wrap.ts';

const MAX_NOTE = 1000;

export function createTextReporter(options: ReporterOptions): Reporter {
  const { quiet = false, verbose = false, namesProblems = true } = options;
  const style = createStyle(options);
  const layout = layoutFor(style, options);
  const quota = createQuotaNotes();
  const gaps = createGaps(options);
  /** By verdict: they would be failures without `--warn-on`. */
  const warnings = emptyTally();
  const repetitionOf = createRepetitions();
  let hasResults = false;
  return {
    onResult(result) {
      if (options.count !== 1) quota.add(result);
      gaps.addResult(result);
      const asExpected = isAsExpected(result, options);
      if (!asExpected && levelOf(result, options) === 'warning') warnings[result.verdict] += 1;
      if (quiet && asExpected) return '';
      // An expected absence needs no explanation.
      const isExplained = !(asExpected && isFailure(result));
      const explanation = isExplained ? formatExplanation(result, style, layout.indent, repetitionOf(result)) : [];
      const lines = [...formatHeadline(result, style, layout, options), ...explanation];
      hasResults = true;
      return lines.map((line) => `${line}\n`).join('');
    },
    onProblem(problem) {
      gaps.addProblem(problem);
      return '';
    },
    onEnd(report) {
      const { total, pullable, unpullable, undetermined } = report.summary;
      const failed =
        unpullable + undetermined + (report.presence === undefined ? 0 : pullable - report.presence.absent);
      // Standard error says why nothing was checked; a file has no other place for it.
      if (total === 0 && (!namesProblems || gaps.unread() === '')) return '';
      const hasGaps = gaps.unread() !== '' || report.notChecked > 0 || (quiet && gaps.skips().some(isUnintended));
      if (quiet && failed === 0 && !hasGaps) return '';
      const hasSummary = total > 1 || hasGaps || formatLeftOut(report.leftOut) !== '';
      const lines = [
        ...(hasSummary
          ? [
              ...(hasResults ? [''] : []),
              formatSummary(report, { unread: gaps.unread(), warnings }, style),
              ...gapLines(report, gaps, style, { quiet, namesProblems }),
            ]
          : []),
        ...quota.lines(style, verbose),
      ];
      return lines.map((line) => `${line}\n`).join('');
    },
  };
}

/** An image that is built locally or ignored is skipped at every run: that is no news. */
const isUnintended = ({ reason }: SkipGroup): boolean => reason === 'unresolved-variable';

/** The reasons of what was not checked; nothing for a single image, which has its own line. */
function gapLines(
  { summary, leftOut }: Report,
  gaps: Gaps,
  style: Style,
  { quiet, namesProblems }: { readonly quiet: boolean; readonly namesProblems: boolean },
): string[] {
  const { paint, symbols, verdictColor } = style;
  const skips = gaps.skips();
  const failed = `${verdictColor.unpullable(symbols.unpullable)} `;
  const passed = `${verdictColor.skipped(symbols.skipped)} `;
  const failing = skips.filter(({ fails }) => fails);
  const problems = namesProblems ? gaps.problems() : [];
  const more = namesProblems ? gaps.moreProblems() : 0;
  const notes = [
    // With --quiet those that fail have lines of their own, and the others are named here if they were not skipped on purpose.
    ...(quiet && failing.length > 0 ? [{ mark: failed, text: formatSkips(failing) }] : []),
    ...(quiet
      ? formatEachSkip(skips.filter((group) => !group.fails && isUnintended(group))).map((text) => ({
          mark: passed,
          text,
        }))
      : []),
    ...(!quiet && skips.length > 0 && summary.total > 1
      ? [{ mark: failing.length > 0 ? failed : passed, text: formatSkips(skips) }]
      : []),
    ...problems.map(({ message, ...foundAt }) => ({
      mark: failed,
      text: `${formatLocation(foundAt)}: ${message}`,
    })),
    ...(more > 0 ? [{ mark: failed, text: formatCount(more, 'more problem') }] : []),
  ];
  const lines = notes.flatMap(({ mark, text }) =>
    wrapWords(splitWords(style.show(text, MAX_NOTE)), { width: style.width, first: mark, rest: '  ' }),
  );
  const left = formatLeftOut(leftOut);
  return left === '' || quiet
    ? lines
    : [
        ...lines,
        ...wrapWords(splitWords(left), { width: style.width, first: '', rest: '  ' }).map((line) => paint.dim(line)),
      ];
}

/** Whatever makes the run fail is in it. */
function formatSummary(
  { summary, presence, notChecked, durationMs }: Report,
  { unread, warnings }: { readonly unread: string; readonly warnings: Tally },
  { paint, symbols, width, verdictColor }: Style,
): string {
  const counts = [
    ...countsOf(summary, presence, warnings).map(({ verdict, text }) =>
      (verdict === 'warning' ? paint.yellow : verdictColor[verdict])(text),
    ),
    ...(notChecked === 0 ? [] : [paint.yellow(`${notChecked} not checked`)]),
  ];
  const parts = counts.map((text, index) => text + (index < counts.length - 1 ? ',' : paint.dim(` ${symbols.dot}`)));
  const missing = unread === '' ? [] : [verdictColor.unpullable(unread) + paint.dim(` ${symbols.dot}`)];
  const time = paint.dim(formatDuration(durationMs));
  const words = [`${formatCount(summary.total + notChecked, 'image')}:`, ...parts, ...missing, time];
  return wrapWords(words, { width, first: '', rest: '  ' }).join('\n');
}
