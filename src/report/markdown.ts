// The Markdown report for comments and job summaries: failures and warnings as a table, the rest collapsed.
// Failures come first, so nothing can be written before the end; only the rows that may fit are kept.

import { shortDigest } from '../core/digest.ts';
import { EXIT } from '../core/exit-code.ts';
import { formatCount, formatDuration } from '../core/quantity.ts';
import { emptyTally, type Report } from '../core/report.ts';
import type { Result } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import { type Annotation, annotationOf, annotationOfProblem, isAsExpected, isFailure } from './annotation.ts';
import { formatCounts } from './counts.ts';
import { createGaps, formatLeftOut, formatSkips, type Gaps } from './gaps.ts';
import { type Location, locationsOf } from './location.ts';
import { formatReason } from './reason.ts';
import { registryQuotes } from './registry-quote.ts';
import type { Reporter, RunOptions } from './reporter.ts';

/** GitHub's limit for a comment; it rejects a longer one as a whole. */
const MAX_COMMENT_BYTES = 65_536;
/** Everything but the rows. */
const FRAME_BYTES = 1_000;
const MAX_LOCATIONS = 3;
const TABLE_HEAD = '| Image | Result | Found at | Notes |\n| --- | --- | --- | --- |\n';

export function createMarkdownReporter(options: RunOptions, maxBytes = MAX_COMMENT_BYTES): Reporter {
  const room = maxBytes - FRAME_BYTES;
  const problems = createRows(room);
  const others = createRows(room);
  const gaps = createGaps(options);
  /** By verdict: they would be failures without `--warn-on`. */
  const warnings = emptyTally();
  return {
    onResult(result) {
      gaps.addResult(result);
      const annotation = annotationOf(result, options);
      if (annotation?.level === 'warning' && !isAsExpected(result, options)) warnings[result.verdict] += 1;
      const rows = annotation === undefined || annotation.level === 'note' ? others : problems;
      rows.add(formatRow(result, annotation, options));
      return '';
    },
    onProblem(problem) {
      gaps.addProblem(problem);
      const { annotation, location } = annotationOfProblem(problem, options);
      const cells = [
        codeSpan(location.origin),
        `❌ ${annotation.title}`,
        formatLocationCell(location),
        formatProse(annotation.message),
      ];
      problems.add(`| ${cells.join(' | ')} |\n`);
      return '';
    },
    onEnd(report) {
      const { exitCode, notChecked, leftOut, durationMs } = report;
      const first = problems.within(room);
      const rest = others.within(room - first.bytes);
      const omitted = first.omitted + rest.omitted;
      const left = notChecked > 0 ? `${notChecked} not checked` : '';
      const facts = [formatCounts(report, warnings), left, gaps.unread(), failedSkips(report, gaps)];
      const parts = [
        `### ${symbolOf(exitCode)} ${facts.filter(Boolean).join(' · ')}\n`,
        first.text === '' ? '' : TABLE_HEAD + first.text,
        rest.text === ''
          ? ''
          : formatDetails(formatCount(rest.count, first.count > 0 ? 'other image' : 'image'), rest.text),
        ...[formatSkips(gaps.skips()), formatLeftOut(leftOut)].map((text) => (text === '' ? '' : `${text}.\n`)),
        omitted === 0 ? '' : `${formatCount(omitted, 'more image')} omitted (size limit).\n`,
        `${endedEarly(exitCode) ? `Ended early, with exit code ${exitCode}, after` : 'Checked in'} ${formatDuration(durationMs)}.\n`,
      ];
      return parts.filter((part) => part !== '').join('\n');
    },
  };
}

/** Why skipped images fail the run, which their number does not say; '' if they do not. */
function failedSkips({ exitCode, summary }: Report, gaps: Gaps): string {
  const failing = gaps.skips().reduce((sum, { fails, count }) => sum + (fails ? count : 0), 0);
  if (failing > 0) return `${formatCount(failing, 'skipped image')} ${failing === 1 ? 'fails' : 'fail'} with --strict`;
  const isNothing =
    exitCode === EXIT.usage && summary.total > 0 && summary.total === summary.skipped && gaps.unread() === '';
  return isNothing ? 'nothing was checked' : '';
}

/** Rows in the order they were added, none after the first that did not fit. */
function createRows(maxBytes: number) {
  const rows: string[] = [];
  let count = 0;
  let bytes = 0;
  return {
    add(row: string) {
      count += 1;
      bytes += Buffer.byteLength(row);
      if (bytes <= maxBytes) rows.push(row);
    },
    within(room: number) {
      let text = '';
      let used = 0;
      let kept = 0;
      for (const row of rows) {
        if (used + Buffer.byteLength(row) > room) break;
        text += row;
        used += Buffer.byteLength(row);
        kept += 1;
      }
      return { text, bytes: used, count, omitted: count - kept };
    },
  };
}

const formatDetails = (summary: string, rows: string): string =>
  `<details>\n<summary>${summary}</summary>\n\n${TABLE_HEAD}${rows}\n</details>\n`;

/** 5 is the exit code of undetermined. */
const symbolOf = (exitCode: number): string => (exitCode === 0 ? '✅' : exitCode === 5 ? '❓' : '❌');

/** Exit codes from 64 on are a bug or an interruption: images may be missing from the report. */
const endedEarly = (exitCode: number): boolean => exitCode >= 64;

function formatRow(result: Result, annotation: Annotation | undefined, options: RunOptions): string {
  const locations = locationsOf(result, options);
  const shown = locations.slice(0, MAX_LOCATIONS).map(formatLocationCell);
  if (locations.length > MAX_LOCATIONS) shown.push(`${locations.length - MAX_LOCATIONS} more`);
  const cells = [
    codeSpan(result.input),
    formatResult(result, annotation),
    shown.join('<br>'),
    notesOn(result, annotation).join('<br>'),
  ];
  return `| ${cells.join(' | ')} |\n`;
}

const formatLocationCell = ({ file, text }: Location): string =>
  file === undefined ? formatProse(text) : codeSpan(text);

function formatResult(result: Result, annotation: Annotation | undefined): string {
  if (result.verdict === 'skipped' && annotation?.level !== 'error') return `⏭️ ${formatReason(result)}`;
  if (annotation === undefined) return `✅ ${isFailure(result) ? 'absent' : 'pullable'}`;
  if (annotation.level === 'warning') return `⚠️ ${annotation.title}`;
  return `${result.verdict === 'undetermined' ? '❓' : '❌'} ${annotation.title}`;
}

function notesOn(result: Result, annotation: Annotation | undefined): string[] {
  const warnings = result.warnings.map(({ message }) => `⚠️ ${formatProse(message)}`);
  if (result.verdict === 'skipped' && annotation === undefined) return [formatProse(result.message), ...warnings];
  if (annotation === undefined) {
    // An absent image has proven nothing.
    if (isFailure(result)) return warnings;
    const digest = result.digest === null ? [] : [codeSpan(shortDigest(result.digest))];
    const facts = [...digest, ...(result.proof === null ? [] : [result.proof])];
    return [...(facts.length > 0 ? [facts.join(' · ')] : []), ...warnings];
  }
  const quotes = registryQuotes(result).map((quote) => `registry says: ${formatProse(quote)}`);
  const hint = annotation.hint === '' ? [] : [`→ ${formatProse(annotation.hint)}`];
  return [formatProse(annotation.message), ...quotes, ...hint, ...warnings].filter((note) => note !== '');
}

// Text from elsewhere inside a table, as GitHub and GitLab render it: it must stay text.

/** A code span; its fence has more backticks than any run in the text, GFM section 6.3. */
export function codeSpan(text: string, maxLength?: number): string {
  const line = cleanText(text, maxLength);
  if (line === '') return '';
  // Renderers disagree on backslash and pipe in a code span; in HTML they are prose.
  if (line.includes('|')) return `<code>${escapeProse(line)}</code>`;
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padding = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return fence + padding + line + padding + fence;
}

/** A sentence of ours that contains names from elsewhere; a `command in backticks` stays a code span. */
export function formatProse(text: string, maxLength = 1000): string {
  return cleanText(text, maxLength)
    .split(/(?<!`)`([^`]+)`(?!`)/)
    .map((part, index) => (index % 2 === 1 ? codeSpan(part, maxLength) : escapeProse(part)))
    .join('');
}

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
/** What GitHub and GitLab turn into a link or a notification even in HTML: @name, #1, !1, https://, www. */
const REFERENCE = /@|[#!](?=\w)|:(?=\/\/)|(?<=www)\./gi;

function escapeProse(text: string): string {
  return text
    .replace(/[\\`*_[\]|~$]/g, '\\$&')
    .replace(/[&<>]/g, (character) => HTML[character] ?? '')
    .replace(REFERENCE, '<span>$&</span>');
}
