// Word wrap.

import { displayWidth } from './display-width.ts';

export interface WrapOptions {
  /** Columns; Infinity never wraps. */
  readonly width: number;
  /** Before the first line. */
  readonly first: string;
  /** Before each other line: as wide as `first` for a hanging indent. */
  readonly rest: string;
}

/** A word wider than the line stays whole, so that a command or URL can be copied. */
export function wrapWords(words: readonly string[], { width, first, rest }: WrapOptions): string[] {
  const lines: string[] = [];
  let line = first;
  let columns = displayWidth(first);
  let empty = true;
  for (const word of words) {
    const needed = displayWidth(word);
    if (!empty && columns + 1 + needed > width) {
      lines.push(line);
      line = rest;
      columns = displayWidth(rest);
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    columns += empty ? needed : needed + 1;
    empty = false;
  }
  return empty ? lines : [...lines, line];
}

/** The words of a text; a `command in backticks` counts as one. */
export const splitWords = (text: string): string[] => text.match(/(?:`[^`]{1,200}`|[^ ])+/g) ?? [];
