// The Markdown report for comments and job summaries: what needs a look as a table, the rest folded away.
// What needs a look comes first, so nothing can be written before the end; kept are the rows, as many as may fit.

import { shortDigest } from '../core/digest.ts';
import { formatCount, formatDuration } from '../core/quantity.ts';
import type { Result } from '../core/result.ts';
import { type Alert, alertOf, alertOfProblem } from './alert.ts';
import { formatCounts } from './counts.ts';
import { codeSpan, formatProse } from './markdown-text.ts';
import { formatReason } from './reason.ts';
import { registryQuotes } from './registry-quote.ts';
import type { Reporter, RunOptions } from './reporter.ts';
import { type Site, sitesOf } from './site.ts';

/** A comment on GitHub holds no more characters than this, and is refused whole when it is longer. */
const MAX_COMMENT_BYTES = 65_536;
/** For everything but the rows. */
const FRAME_BYTES = 1_000;
const MAX_PLACES = 3;
const TABLE_HEAD = '| Image | Result | Found at | Notes |\n| --- | --- | --- | --- |\n';

export function createMarkdownReporter(options: RunOptions, maxBytes = MAX_COMMENT_BYTES): Reporter {
  const room = maxBytes - FRAME_BYTES;
  const alarming = createRows(room);
  const calm = createRows(room);
  return {
    onResult(result) {
      const alert = alertOf(result, options);
      const rows = alert === undefined || alert.level === 'note' ? calm : alarming;
      rows.add(formatRow(result, alert, options));
      return '';
    },
    onProblem(problem) {
      const { alert, site } = alertOfProblem(problem, options);
      const cells = [codeSpan(site.origin), `❌ ${alert.title}`, formatSite(site), formatProse(alert.message)];
      alarming.add(`| ${cells.join(' | ')} |\n`);
      return '';
    },
    onEnd({ exitCode, summary, durationMs }) {
      const first = alarming.within(room);
      const rest = calm.within(room - first.bytes);
      const left = first.left + rest.left;
      const parts = [
        `### ${symbolOf(exitCode)} ${formatCounts(summary)}\n`,
        first.text === '' ? '' : TABLE_HEAD + first.text,
        rest.text === ''
          ? ''
          : formatDetails(formatCount(rest.count, first.count > 0 ? 'other image' : 'image'), rest.text),
        left === 0 ? '' : `${formatCount(left, 'more image')} left out: this report may not be longer.\n`,
        `${endedEarly(exitCode) ? `Ended early, with exit code ${exitCode}, after` : 'Checked in'} ${formatDuration(durationMs)}.\n`,
      ];
      return parts.filter((part) => part !== '').join('\n');
    },
  };
}

/** Rows in the order they came, none after the first that did not fit. */
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
      return { text, bytes: used, count, left: count - kept };
    },
  };
}

const formatDetails = (summary: string, rows: string): string =>
  `<details>\n<summary>${summary}</summary>\n\n${TABLE_HEAD}${rows}\n</details>\n`;

/** 5 is the exit code of "nobody could say". */
const symbolOf = (exitCode: number): string => (exitCode === 0 ? '✅' : exitCode === 5 ? '❓' : '❌');

/** From 64 on the codes mean a bug or an interruption: images may be missing from the report. */
const endedEarly = (exitCode: number): boolean => exitCode >= 64;

function formatRow(result: Result, alert: Alert | undefined, options: RunOptions): string {
  const sites = sitesOf(result, options);
  const places = sites.slice(0, MAX_PLACES).map(formatSite);
  if (sites.length > MAX_PLACES) places.push(`${sites.length - MAX_PLACES} more`);
  const cells = [
    codeSpan(result.input),
    formatResult(result, alert),
    places.join('<br>'),
    notesOn(result, alert).join('<br>'),
  ];
  return `| ${cells.join(' | ')} |\n`;
}

const formatSite = ({ file, text }: Site): string => (file === undefined ? formatProse(text) : codeSpan(text));

function formatResult(result: Result, alert: Alert | undefined): string {
  if (result.verdict === 'skipped') return `⏭️ ${formatReason(result)}`;
  if (alert === undefined) return `✅ ${formatReason(result) || 'pullable'}`;
  if (alert.level === 'warning') return `⚠️ ${alert.title}`;
  return `${result.verdict === 'undetermined' ? '❓' : '❌'} ${alert.title}`;
}

function notesOn(result: Result, alert: Alert | undefined): string[] {
  const warnings = result.warnings.map(({ message }) => `⚠️ ${formatProse(message)}`);
  if (alert === undefined) {
    const digest = result.digest === null ? [] : [codeSpan(shortDigest(result.digest))];
    const facts = [...digest, ...(result.proof === null ? [] : [result.proof])];
    return [...(facts.length > 0 ? [facts.join(' · ')] : []), ...warnings];
  }
  const quotes = registryQuotes(result).map((quote) => `registry says: ${formatProse(quote)}`);
  const cure = alert.hint === '' ? [] : [`→ ${formatProse(alert.hint)}`];
  return [formatProse(alert.message), ...quotes, ...cure, ...warnings].filter((note) => note !== '');
}
