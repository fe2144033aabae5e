// A message on a terminal: wrapped at its width, as the text report is. In a pipe or a file it stays one line.

import { displayWidth } from '../report/display-width.ts';
import { splitWords, wrapWords } from '../report/wrap.ts';

/** A space at which no line ends. From elsewhere it is only a space: streams show none of its kind. */
export const GLUE = '\ue000';

/** A command or a path, to be copied as it is. */
export const unbroken = (text: string): string => text.replaceAll(' ', () => GLUE);

/** Arguments with spaces, such as the names of files, wherever a message quotes them. */
export function withUnbroken(message: string, argv: readonly string[]): string {
  const phrases = argv.map((word) => word.replace(/^--[^=]*=/, '')).filter((word) => word.trim().includes(' '));
  return phrases.reduce((text, phrase) => text.replaceAll(phrase, () => unbroken(phrase)), message);
}

/** `line` is clean. Lines that are indented are commands to copy, or a stack. */
export function wrapMessage(line: string, width: number | undefined): string[] {
  const lines =
    !width || displayWidth(line) <= width || line.startsWith(' ')
      ? [line]
      : wrapWords(splitWords(line), { width, first: '', rest: '  ' });
  return lines.map((text) => text.replaceAll(GLUE, ' '));
}
