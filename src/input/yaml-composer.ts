// The composer of the YAML parser, which tells of errors as they come and keeps none: a hostile text has millions.

import { Composer, type CST, type ParseOptions } from 'yaml';

export interface YamlError {
  /** As the parser names it: `BAD_INDENT`. */
  readonly code: string;
  /** In the parser's words, which may quote the text. */
  readonly message: string;
  /** UTF-16 code units from 0. */
  readonly offset: number;
}

/** As the parser gives it: an offset, a range, a token. */
type ErrorPlace = number | readonly number[] | { readonly offset: number };

const offsetOf = (place: ErrorPlace): number =>
  typeof place === 'number' ? place : 'offset' in place ? place.offset : (place[0] ?? 0);

/** `onError` may throw to end the reading. Keys are not compared: the composer would compare each with each. */
export function createComposer(onError: (error: YamlError) => void, options: ParseOptions = {}): Composer {
  const composer = new Composer({ ...options, uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  return Object.assign(composer, {
    onError: (place: ErrorPlace, code: string, message: string, isWarning = false): void => {
      if (!isWarning) onError({ code, message, offset: offsetOf(place) });
    },
  });
}

/** The tokens that are none of errors; those are told of. */
export function* withoutErrors(tokens: Iterable<CST.Token>, onError: (error: YamlError) => void): Generator<CST.Token> {
  for (const token of tokens) {
    if (token.type === 'error') onError({ code: 'UNEXPECTED_TOKEN', message: token.message, offset: token.offset });
    else yield token;
  }
}
