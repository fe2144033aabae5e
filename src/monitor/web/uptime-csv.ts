// Uptime as CSV: one row for each resource, or one for each bucket of a resource.

import { uptimeOf } from '../history/duration.ts';
import type { Bucket } from '../history/timeline.ts';
import { type ResourceView, WINDOW_NAMES } from '../view/monitor-view.ts';
import { bucketDocument, formatTime } from './documents.ts';

type CsvCell = string | number | null;

const FORMULA = /^[=+\-@\t\r\n|%]/;

export function uptimeCsv(views: readonly ResourceView[]): string {
  const columns = WINDOW_NAMES.flatMap((window) => [`available_ratio_${window}`, `known_ratio_${window}`]);
  const head = ['id', 'name', 'group', 'kind', 'target', 'state', 'since', ...columns];
  const rows = views.map(({ id, name, group, kind, target, state, sinceMs, uptime }): CsvCell[] => [
    ...[id, name, group, kind, target, state, sinceMs === null ? null : formatTime(sinceMs)],
    ...WINDOW_NAMES.flatMap((window) => [uptime[window].availableRatio, uptime[window].knownRatio]),
  ]);
  return formatCsv([head, ...rows]);
}

const SECONDS = ['available', 'unavailable', 'undetermined', 'paused', 'gap'] as const;

export function timelineCsv(buckets: readonly Bucket[]): string {
  const head = ['from', 'to', ...SECONDS.map((state) => `${state}_seconds`), 'available_ratio', 'known_ratio'];
  const rows = buckets.map((bucket): CsvCell[] => {
    const document = bucketDocument(bucket);
    const { availableRatio, knownRatio } = uptimeOf(bucket.durations);
    return [document.from, document.to, ...SECONDS.map((state) => document[state]), availableRatio, knownRatio];
  });
  return formatCsv([head, ...rows]);
}

/** RFC 4180, which a spreadsheet does not run: a text that could be a formula begins with an apostrophe. */
const formatCsv = (rows: readonly (readonly CsvCell[])[]): string =>
  rows.map((row) => `${row.map(formatCell).join(',')}\r\n`).join('');

function formatCell(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = FORMULA.test(cell.trimStart()) || FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
