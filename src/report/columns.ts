// Rows of text in columns, for terminals.

import { displayWidth, padToWidth } from './display-width.ts';

/** A longer text exceeds its column instead of widening it. */
const MAX_COLUMN = 60;

/** Each column is as wide as its widest text. */
export function formatColumns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, text] of row.entries()) {
      const width = displayWidth(text);
      if (width <= MAX_COLUMN) widths[index] = Math.max(widths[index] ?? 0, width);
    }
  }
  const line = (row: readonly string[]) => row.map((text, index) => padToWidth(text, widths[index] ?? 0)).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}
