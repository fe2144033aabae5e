// What is wrong in a config file: every mistake with its line, the first one as the message of the error.

import type * as z from 'zod';
import { UsageError } from '../core/usage-error.ts';

export interface Mistake {
  readonly line: number;
  /** A sentence with file, line and key. Called for the first few only: a hostile file has very many. */
  readonly message: () => string;
}

export type Issue = z.core.$ZodIssue;
export type Path = readonly PropertyKey[];

/** More of them would not help. */
const MAX_SHOWN = 100;

/** In the order of the file. */
export function mistakesError(mistakes: readonly Mistake[]): UsageError {
  const inOrder = [...mistakes].sort((a, b) => a.line - b.line);
  const [first = '', ...others] = inOrder.slice(0, MAX_SHOWN).map(({ message }) => message());
  const omitted = mistakes.length - MAX_SHOWN;
  return new UsageError(first, ...others, ...(omitted > 0 ? [`${omitted} more mistakes omitted.`] : []));
}

/** An issue of unknown keys has one path for each key. */
export const pathsOf = (issue: Issue): readonly Path[] =>
  issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];

/** Names of what must not be in the file. */
export const SECRET = /^(?:auths?|credentials?|pass(?:word|wd)?|secret|\w*token)$/i;
