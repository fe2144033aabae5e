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
 * has its first text alone, and the others below it. Such rows take no columns from the others.
 */
export function formatColumns(rows: readonly (readonly string[])[], width: number = Number.POSITIVE_INFINITY): string {
  const last = Math.max(0, ...rows.map((row) => row.length)) - 1;
  const { widths, before, isStacked } = fit(rows, last, width);
  const linesOf = (row: readonly string[]): string[] => {
    if (width === Number.POSITIVE_INFINITY) {
      const padded = row.map((text, index) => padToWidth(text, widths[index] ?? 0));
      return [padded.join(GAP).trimEnd()];
    }
    const [first = '', ...rest] = row;
    const isWider = row.slice(0, last).some((text, index) => displayWidth(text) > (widths[index] ?? 0));
    if (isStacked || isWider) {
      // Of the last text, a path stays whole.
      const breaksNames = rest.slice(0, -1).some((text) => displayWidth(text) > width - BELOW.length);
      const words = splitWords(rest.filter((text) => text !== '').join(', '));
      return [
        ...wrapWords([first], { width, first: '', rest: BELOW, breaksNames: true }),
        ...wrapWords(words, { width, first: BELOW, rest: BELOW, breaksNames }),
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

interface Fit {
  readonly widths: readonly number[];
  /** Columns before the last text. */
  readonly before: number;
  readonly isStacked: boolean;
}

/** Without the widest rows, as long as most of them remain. */
function fit(rows: readonly (readonly string[])[], last: number, width: number): Fit {
  const isTerminal = width !== Number.POSITIVE_INFINITY;
  // Half of a narrow terminal belongs to what is beside the first text.
  const mostOf = (index: number): number => (index === 0 ? Math.min(MAX_COLUMN, Math.floor(width / 2)) : MAX_COLUMN);
  const measured = rows.map((row) => row.map(displayWidth));
  const isWide = (columns: readonly number[]): boolean =>
    columns.slice(0, last).some((count, index) => count > mostOf(index));
  const choices = measured
    .filter((columns) => !(isTerminal && isWide(columns)))
    .sort((a, b) => sumOf(a.slice(0, last)) - sumOf(b.slice(0, last)));
  const fitOf = (chosen: readonly (readonly number[])[]): Fit => {
    const widths: number[] = [];
    for (const columns of chosen) {
      for (const [index, count] of columns.entries()) {
        if (count <= mostOf(index)) widths[index] = Math.max(widths[index] ?? 0, count);
      }
    }
    const before = widths.slice(0, last).reduce((sum, count) => sum + (count ?? 0) + GAP.length, 0);
    const needed = Math.min(MIN_LAST, Math.max(0, ...chosen.map((columns) => columns[last] ?? 0)));
    return { widths, before, isStacked: before + needed > width };
  };
  const all = fitOf(choices);
  if (!all.isStacked) return all;
  // The more rows, the wider: the most that fit are between these two.
  let [fitting, most] = [Math.floor(choices.length / 2), choices.length];
  let best = all;
  while (most - fitting > 1) {
    const middle = Math.floor((fitting + most) / 2);
    const some = fitOf(choices.slice(0, middle));
    if (some.isStacked) most = middle;
    else [fitting, best] = [middle, some];
  }
  return best;
}

const sumOf = (columns: readonly number[]): number => columns.reduce((sum, count) => sum + count, 0);
