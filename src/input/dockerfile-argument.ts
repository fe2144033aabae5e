// The variables that FROM may use: ARG before the first FROM, build arguments, and what BuildKit predefines.

import { type Outcome, success } from '../core/outcome.ts';
import type { Instruction } from './dockerfile-instruction.ts';
import { expandWord } from './dockerfile-word.ts';
import type { Problem } from './extractor.ts';
import { plainText, type ResolvedText, UNKNOWN } from './resolved-text.ts';

/** Set by BuildKit from the platforms it builds on and for. */
export const PLATFORM_VARIABLES: readonly string[] = ['BUILD', 'TARGET'].flatMap((side) =>
  ['PLATFORM', 'OS', 'OSVERSION', 'ARCH', 'VARIANT'].map((part) => `${side}${part}`),
);

export interface ArgumentOptions {
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly escapeChar: string;
  readonly target: string | undefined;
  /** The variables whose values are UNKNOWN in the build arguments or in the file. */
  readonly unknown: readonly string[];
}

export interface Variables {
  /** `missing` holds only names that a build argument could give. */
  expand(word: string): Outcome<ResolvedText, string>;
  readonly problems: readonly Problem[];
}

/** `instructions` are the ARG before the first FROM. */
export function readVariables(instructions: readonly Instruction[], options: ArgumentOptions): Variables {
  const { buildArgs, escapeChar, target, unknown } = options;
  const values = new Map<string, ResolvedText>();
  const declared = new Set<string>([...PLATFORM_VARIABLES, ...unknown]);
  const problems: Problem[] = [];

  const resolved = (text: string, missing: readonly string[]): ResolvedText =>
    text.includes(UNKNOWN) ? { text, missing } : plainText(text);
  const expand = (word: string): Outcome<ResolvedText, string> => {
    const expanded = expandWord(word, escapeChar, (name) => values.get(name));
    if (!expanded.ok) return expanded;
    const { text, missing } = expanded.value;
    const names = missing.filter((name) => declared.has(name));
    return success({ text, missing: names.length === 0 && text.includes(UNKNOWN) ? unknown : names });
  };

  for (const name of PLATFORM_VARIABLES) {
    values.set(name, buildArgs[name] === undefined ? resolved(UNKNOWN, [name]) : resolved(buildArgs[name], unknown));
  }
  values.set('TARGETSTAGE', plainText(target ?? 'default'));
  for (const { rest, line } of instructions) {
    const words = splitArguments(rest, escapeChar);
    if (words.length === 0) problems.push({ message: 'ARG names no variable.', line });
    for (const word of words) {
      const [name = '', standard] = cut(word);
      if (name === '') problems.push({ message: `ARG ${word} names no variable.`, line });
      declared.add(name);
      const given = Object.hasOwn(buildArgs, name) ? buildArgs[name] : undefined;
      const value: Outcome<ResolvedText | undefined, string> =
        given !== undefined
          ? success(resolved(given, unknown))
          : standard === undefined
            ? success(undefined)
            : expand(standard);
      if (!value.ok) problems.push({ message: `ARG ${name}: ${value.error}.`, line });
      else if (value.value !== undefined) values.set(name, value.value);
    }
  }
  return { expand, problems };
}

const cut = (word: string): [name: string, value: string | undefined] => {
  const equals = word.indexOf('=');
  return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
};

/** Words separated by blanks outside of quotes; quotes and escapes stay for later. */
function splitArguments(text: string, escapeChar: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (quote === '' && /\s/.test(char)) {
      if (word !== '') words.push(word);
      word = '';
      continue;
    }
    word += char;
    if (char === escapeChar && quote !== "'") {
      at += 1;
      word += text.charAt(at);
    } else if (char === quote) quote = '';
    else if (quote === '' && (char === "'" || char === '"')) quote = char;
  }
  return word === '' ? words : [...words, word];
}
