// The registry's own words, quoted unless the message contains them already.

import type { Result } from '../core/result.ts';
import { cleanText } from '../core/text.ts';

const MAX_QUOTES = 3;

type Quoted = Pick<Result, 'message' | 'registryErrors'> & Partial<Pick<Result, 'cause' | 'rateLimit'>>;

/** `"pull access denied" (DENIED)`, without duplicates; `show` makes a text from elsewhere safe to print. */
export function registryQuotes(
  { message: sentence, registryErrors, cause, rateLimit }: Quoted,
  show: (text: string) => string = cleanText,
): string[] {
  // The numbers say it all.
  if (cause === 'pull-quota' && (rateLimit?.limit ?? null) !== null) return [];
  const quotes = registryErrors
    .filter(({ message }) => message === null || !sentence.includes(message))
    .map(({ code, message }) => {
      const words = show(message ?? '');
      if (words === '') return code ?? '';
      return code === null ? `"${words}"` : `"${words}" (${code})`;
    });
  return [...new Set(quotes)].filter((quote) => quote !== '').slice(0, MAX_QUOTES);
}
