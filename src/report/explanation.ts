// The indented lines under an image: what is wrong, the registry's own words, the next step, where it was found.

import type { Result } from '../core/result.ts';
import { isFailure } from './annotation.ts';
import { formatLocation } from './location.ts';
import { registryQuotes } from './registry-quote.ts';
import type { Repetition } from './repetition.ts';
import type { Style } from './style.ts';
import { splitWords, wrapWords } from './wrap.ts';

export interface Paragraph {
  readonly text: string;
  readonly color?: (text: string) => string;
  /** Before the first line. */
  readonly mark?: string;
  readonly markColor?: (text: string) => string;
  /** Indent of the other lines; unset: the width of the mark. */
  readonly hang?: number;
  /** Its first word, which may have spaces: a path is not broken. */
  readonly file?: string;
}

/** Sentences contain references, which may be long. */
const MAX_SENTENCE = 1000;

/** `repetition`: of what was explained under another image. */
export function formatExplanation(result: Result, style: Style, indent: string, repetition?: Repetition): string[] {
  return paragraphsOf(result, style, repetition).flatMap((paragraph) => formatParagraph(paragraph, style, indent));
}

export function hintParagraph(text: string, { paint: { cyan }, symbols }: Style): Paragraph {
  const commandsInColor = (line: string) => line.replace(/`[^`]+`/g, (command) => cyan(command));
  return { text, color: commandsInColor, mark: `${symbols.arrow} `, markColor: cyan };
}

function paragraphsOf(result: Result, style: Style, repetition: Repetition | undefined): Paragraph[] {
  const { dim, yellow } = style.paint;
  const { warning } = style.symbols;
  const { message, hint, foundAt } = result;
  const warnings = result.warnings.map((it) => ({ text: it.message, mark: `${warning} `, markColor: yellow }));
  const hints = hint === null ? [] : [hintParagraph(hint, style)];
  if (result.reason === 'ignored') return [{ text: message, color: dim }, ...warnings];
  const isUnresolved = result.reason === 'unresolved-variable';
  if (!isFailure(result) && !isUnresolved && (result.verdict === 'pullable' || hint === null)) {
    return [...warnings, ...hints];
  }

  const quotes = registryQuotes(result, style.show);
  const explained =
    repetition === undefined
      ? [
          { text: message },
          ...quotes.map((text) => ({ text, color: dim, mark: 'registry says: ', markColor: dim, hang: 2 })),
          ...hints,
        ]
      : repetition.isNext
        ? []
        : [{ text: `Same as for ${repetition.first}.`, color: dim }];
  return [
    ...explained,
    ...foundAt.map((found, index) => {
      const mark = index === 0 ? 'at ' : '   ';
      const { source, line } = found;
      const file = formatLocation({ source, ...(line !== undefined && { line }) });
      return { text: formatLocation(found), file, color: dim, mark, markColor: dim };
    }),
    ...warnings,
  ];
}

export function formatParagraph(paragraph: Paragraph, style: Style, indent: string): string[] {
  const { text, color = asIs, mark = '', markColor = asIs, hang = mark.length } = paragraph;
  const shown = style.show(text, MAX_SENTENCE);
  if (shown === '') return [];
  const first = indent + ' '.repeat(mark.length);
  const rest = indent + ' '.repeat(hang);
  // Colored line by line, so that no color runs past the end of a line.
  const file = style.show(paragraph.file ?? '', MAX_SENTENCE);
  const words = [...(file === '' ? [] : [file]), ...splitWords(shown.slice(file.length))];
  return wrapWords(words, { width: style.width, first, rest, breaksNames: file === '' }).map((line, index) =>
    index === 0 ? indent + markColor(mark) + color(line.slice(first.length)) : rest + color(line.slice(rest.length)),
  );
}

const asIs = (text: string): string => text;
