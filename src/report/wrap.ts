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

/**
 * A word wider than the line stays whole, so that a command, a path or a URL can be copied. `breaksNames`: except the name
 * of an image, which continues on the next line after a slash or a hyphen, or before its tag or digest.
 */
export function wrapWords(
  words: readonly string[],
  { width, first, rest, breaksNames = false }: WrapOptions & { readonly breaksNames?: boolean },
): string[] {
  const lines: string[] = [];
  let line = first;
  let columns = displayWidth(first);
  let empty = true;
  const add = (text: string, gap: string): void => {
    const needed = displayWidth(text);
    const between = empty ? '' : gap;
    if (!empty && columns + between.length + needed > width) {
      lines.push(line);
      line = rest + text;
      columns = displayWidth(rest) + needed;
      return;
    }
    line += between + text;
    columns += between.length + needed;
    empty = false;
  };
  const room = width - displayWidth(rest);
  for (const word of words) {
    const parts = breaksNames && displayWidth(word) > room && NAME.test(word) ? partsOf(word, room) : [word];
    for (const [index, part] of parts.entries()) add(part, index === 0 ? ' ' : '');
  }
  return empty ? lines : [...lines, line];
}

/** Not a command in backquotes, a path or a URL. */
const NAME = /^(?!["'(]*[/~.])(?!.*(?:`|:\/\/)).*[/:@-]/s;
/** Tag, digest, or both. */
const VERSION = /[:@][^/]*$/;

/** The version stays whole if it fits into a line. */
function partsOf(name: string, room: number): string[] {
  const version = VERSION.exec(name)?.[0] ?? '';
  const repository = name.slice(0, name.length - version.length).split(/(?<=[/-])/);
  return [...repository, ...(displayWidth(version) <= room ? [version] : version.split(/(?<=-)|(?=@)/))];
}

/** The words of a text; a `command in backticks` counts as one. */
export const splitWords = (text: string): string[] => text.match(/(?:`[^`]{1,200}`|[^ ])+/g) ?? [];
