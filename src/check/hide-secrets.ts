// Takes the secrets we sent out of a result, wherever a server managed to put them.

import type { Result } from '../core/result.ts';
import type { Secrets } from '../http/secrets.ts';

/** What no server has a hand in. */
const OURS = new Set<string>([
  'input',
  'foundAt',
  'reference',
  'credential',
  'verdict',
  'reason',
  'cause',
  'startedAt',
]);

/** In sentences of ours a short password may be an ordinary word. */
const SHORTEST_IN_SENTENCES = 8;

export function hideSecrets(result: Result, secrets: Secrets): Result {
  const { reference, credential } = result;
  // Names that we put into sentences: a password that is part of one must not make them unreadable.
  const known = [
    ...(reference === null
      ? []
      : [reference.canonical, `${reference.registry}/${reference.repository}`, reference.registry]),
    ...(credential === null ? [] : [credential.username ?? '', credential.source]),
  ];
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return secrets.hide(value, { known });
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, clean(inner)]));
  };
  // Where a sentence quotes the registry, the quote is cleaned as the registry's words are.
  const quotes = result.registryErrors.flatMap(({ code, message }) => [message, message?.replace(/[.\s]+$/, ''), code]);
  const cleanSentence = (sentence: string): string => {
    const quoted = quotes.reduce<string>(
      (rest, quote) => (quote ? rest.replaceAll(quote, secrets.hide(quote, { known })) : rest),
      sentence,
    );
    return secrets.hide(quoted, { known, shortest: SHORTEST_IN_SENTENCES });
  };
  const entries = Object.entries(result).map(([name, value]) => [name, OURS.has(name) ? value : clean(value)]);
  const { message, hint } = result;
  return {
    ...Object.fromEntries(entries),
    message: cleanSentence(message),
    hint: hint && cleanSentence(hint),
  } as Result;
}
