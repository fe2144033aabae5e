// Rows of text in columns, for terminals.

import { displayWidth, padToWidth } from './display-width.ts';
import { splitWords, wrapWords } from './wrap.ts';

/** A longer text exceeds its column instead of widening it. */
const MAX_COLUMN = 60;
const GAP = '  ';
const BELOW = '    ';
/** The last column is not narrower than this, or its texts. */
const MIN_LAST = 24;

/**
 * Each column is as wide as its widest text. `width` of the terminal: the last column wraps; a row whose texts do not fit
 * has its first text alone, and the others below it.
 */
export function formatColumns(rows: readonly (readonly string[])[], width: number = Number.POSITIVE_INFINITY): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, text] of row.entries()) {
      const columns = displayWidth(text);
      // Half of a narrow terminal belongs to what is beside the first text.
      const most = index === 0 ? Math.min(MAX_COLUMN, Math.floor(width / 2)) : MAX_COLUMN;
      if (columns <= most) widths[index] = Math.max(widths[index] ?? 0, columns);
    }
  }
  const last = Math.max(0, ...rows.map((row) => row.length)) - 1;
  const before = widths.slice(0, last).reduce((sum, columns) => sum + (columns ?? 0) + GAP.length, 0);
  const needed = Math.min(MIN_LAST, Math.max(0, ...rows.map((row) => displayWidth(row[last] ?? ''))));
  const isStacked = before + needed > width;
  const linesOf = (row: readonly string[]): string[] => {
    if (width === Number.POSITIVE_INFINITY) {
      const padded = row.map((text, index) => padToWidth(text, widths[index] ?? 0));
      return [padded.join(GAP).trimEnd()];
    }
    const [first = '', ...rest] = row;
    const isWider = row.slice(0, last).some((text, index) => displayWidth(text) > (widths[index] ?? 0));
    if (isStacked || isWider) {
      const words = splitWords(rest.filter((text) => text !== '').join(', '));
      return [
        ...wrapWords([first], { width, first: '', rest: BELOW, breaksNames: true }),
        ...wrapWords(words, { width, first: BELOW, rest: BELOW }),
      ];
    }
    const beside = row.slice(0, last).map((text, index) => padToWidth(text, widths[index] ?? 0) + GAP);
    const words = splitWords(row[last] ?? '');
    if (words.length === 0) return [beside.join('').trimEnd()];
    return wrapWords(words, { width, first: beside.join(''), rest: ' '.repeat(before) });
  };
  return rows
    .map((row) =>
      linesOf(row)
        .map((line) => `${line}\n`)
        .join(''),
    )
    .join('');
}
