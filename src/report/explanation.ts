// The indented lines under an image: what is wrong, the registry's own words, the next step, where it was found.

import type { Result } from '../core/result.ts';
import { isFailure } from './annotation.ts';
import { formatLocation } from './location.ts';
import { registryQuotes } from './registry-quote.ts';
import type { Repetition } from './repetition.ts';
import type { Style } from './style.ts';
import { splitWords, wrapWords } from './wrap.ts';

interface Paragraph {
  readonly text: string;
  readonly color?: (text: string) => string;
  /** Before the first line. */
  readonly mark?: string;
  readonly markColor?: (text: string) => string;
  /** Indent of the other lines; unset: the width of the mark. */
  readonly hang?: number;
}

/** Sentences contain references, which may be long. */
const MAX_SENTENCE = 1000;

/** `repetition`: of what was explained under another image. */
export function formatExplanation(result: Result, style: Style, indent: string, repetition?: Repetition): string[] {
  return paragraphsOf(result, style, repetition).flatMap((paragraph) => formatParagraph(paragraph, style, indent));
}

function paragraphsOf(result: Result, style: Style, repetition: Repetition | undefined): Paragraph[] {
  const { dim, cyan, yellow } = style.paint;
  const { arrow, warning } = style.symbols;
  const { message, hint, foundAt } = result;
  const warnings = result.warnings.map((it) => ({ text: it.message, mark: `${warning} `, markColor: yellow }));
  const commandsInColor = (line: string) => line.replace(/`[^`]+`/g, (command) => cyan(command));
  const hints = hint === null ? [] : [{ text: hint, color: commandsInColor, mark: `${arrow} `, markColor: cyan }];
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
      return { text: formatLocation(found), color: dim, mark: index === 0 ? 'at ' : '   ', markColor: dim };
    }),
    ...warnings,
  ];
}

function formatParagraph(paragraph: Paragraph, style: Style, indent: string): string[] {
  const { text, color = asIs, mark = '', markColor = asIs, hang = mark.length } = paragraph;
  const shown = style.show(text, MAX_SENTENCE);
  if (shown === '') return [];
  const first = indent + ' '.repeat(mark.length);
  const rest = indent + ' '.repeat(hang);
  // Colored line by line, so that no color runs past the end of a line.
  return wrapWords(splitWords(shown), { width: style.width, first, rest }).map((line, index) =>
    index === 0 ? indent + markColor(mark) + color(line.slice(first.length)) : rest + color(line.slice(rest.length)),
  );
}

const asIs = (text: string): string => text;
