// Builds the schemas of the `monitor` section: texts that a parser turns into values, lists, durations.

import * as z from 'zod';
import type { Outcome } from '../core/outcome.ts';
import { missingUnit, PERIOD, parsePeriod } from './duration.ts';
import { parseFilePath, parseLabel } from './monitor-values.ts';
import { parseOneOf } from './setting-parsers.ts';

export const expected = (what: string) => ({ error: `expected ${what}` });

/** A number is a duration without its unit. */
const expectedDuration = (what: string) => ({
  error: ({ input }: { readonly input?: unknown }) =>
    typeof input === 'number' && input >= 0 ? missingUnit(String(input)) : `expected ${what}`,
});

/** A text with a parser. `hints` go to the JSON Schema. */
export function text<T>(
  parse: (text: string) => Outcome<T, string>,
  what: string,
  hints: Readonly<Record<string, unknown>> = {},
  words: Parameters<typeof z.string>[0] = expected(what),
) {
  const read = (value: string, context: z.RefinementCtx): T => {
    const outcome = parse(value);
    if (outcome.ok) return outcome.value;
    context.addIssue(outcome.error);
    return z.NEVER;
  };
  return z.string(words).meta(hints).transform(read);
}

export const listOf = <T extends z.ZodType>(item: T, what: string) =>
  z.union([item.transform((value) => [value] as z.output<T>[]), z.array(item).min(1, expected(what))], expected(what));

export const choice = <const T extends string>(list: readonly T[]) =>
  text(parseOneOf(list), `one of ${list.join(', ')}`, { enum: list });

export const period = (least: string, most: string, example: string) =>
  text(
    (value) => parsePeriod(value, least, most),
    `a duration such as ${example}`,
    { pattern: PERIOD.source },
    expectedDuration(`a duration such as ${example}`),
  );

export const flag = z.boolean(expected('true or false'));
export const path = text(parseFilePath, 'a path', { minLength: 1 });
export const groups = listOf(text(parseLabel, 'the name of a group'), 'the name of a group, or a list of names');

export const count = (least: number, most: number) => {
  const words = expected(`an integer from ${least} to ${most}`);
  return z.int(words).min(least, words).max(most, words);
};

export const headers = z.record(
  z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/),
  z.string(expected('the text of the header')).regex(/^[\t\x20-\x7e\x80-\xff]*$/, expected('one line of text')),
  {
    error: ({ code }) =>
      code === 'invalid_key' ? 'expected the name of a header' : 'expected headers, each with its text',
  },
);
