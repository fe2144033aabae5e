// The variables that FROM can use: ARGs before the first FROM, build arguments, and those that BuildKit predefines.

import { type Outcome, success } from '../core/outcome.ts';
import type { Instruction } from './dockerfile-instruction.ts';
import { expandWord } from './dockerfile-word.ts';
import type { BuildArguments, Problem } from './extractor.ts';
import { type Missing, plainText, type ResolvedText, UNKNOWN } from './resolved-text.ts';
import { createWorkBudget, type WorkBudget } from './work-budget.ts';

/** Set by BuildKit from the build platform and the target platform. */
export const PLATFORM_VARIABLES: readonly string[] = ['BUILD', 'TARGET'].flatMap((side) =>
  ['PLATFORM', 'OS', 'OSVERSION', 'ARCH', 'VARIANT'].map((part) => `${side}${part}`),
);

/** What patterns and insertions may cost, about half a second. */
const MAX_COST = 20_000_000;

export interface ArgumentOptions {
  readonly buildArgs: BuildArguments;
  readonly escapeChar: string;
  readonly target: string | undefined;
  /** The variables that are UNKNOWN in the text of the file. */
  readonly unknown: readonly Missing[];
  readonly budget: WorkBudget;
}

export interface Variables {
  /** `missing` has only variables that a build argument could set. */
  expand(word: string): Outcome<ResolvedText, string>;
  /** The variables of a stage, which declares them one after the other. */
  createStage(): StageVariables;
  readonly problems: readonly Problem[];
}

export interface StageVariables {
  /** ARG or ENV. */
  declare(instruction: Instruction): void;
  /** `missing` has every variable without a value: the base image may set it. */
  expand(word: string): Outcome<ResolvedText, string>;
}

export const createExpansionBudget = (): WorkBudget => createWorkBudget(MAX_COST);

/** `instructions`: the ARGs before the first FROM. */
export function readVariables(instructions: readonly Instruction[], options: ArgumentOptions): Variables {
  const { buildArgs, escapeChar, target, unknown, budget } = options;
  const values = new Map<string, ResolvedText>();
  const declared = new Set<string>(PLATFORM_VARIABLES);
  const problems: Problem[] = [];
  const given = (name: string): ResolvedText | undefined => {
    const value = Object.hasOwn(buildArgs, name) ? buildArgs[name] : undefined;
    if (value === undefined) return undefined;
    if (typeof value === 'string') return plainText(value);
    for (const { name } of value.missing) declared.add(name);
    return value.missing.length === 0 || value.text.includes(UNKNOWN) ? value : { ...value, text: UNKNOWN };
  };

  const expand = (word: string): Outcome<ResolvedText, string> => {
    const expanded = expandWord(word, escapeChar, (name) => values.get(name), budget);
    if (!expanded.ok) return expanded;
    const { text, missing } = expanded.value;
    const known = missing.filter(({ name }) => declared.has(name));
    return success({ text, missing: known.length === 0 && text.includes(UNKNOWN) ? unknown : known });
  };

  for (const name of PLATFORM_VARIABLES) {
    values.set(name, given(name) ?? { text: UNKNOWN, missing: [{ name }] });
  }
  values.set('TARGETSTAGE', plainText(target ?? 'default'));
  for (const { rest, line } of instructions) {
    const words = splitArguments(rest, escapeChar);
    if (words.length === 0) problems.push({ message: 'ARG has no name.', line });
    for (const word of words) {
      const [name = '', defaultValue] = splitAtEquals(word);
      if (name === '') problems.push({ message: `ARG ${word} has no name.`, line });
      declared.add(name);
      const argument = given(name);
      const value: Outcome<ResolvedText | undefined, string> =
        argument !== undefined || defaultValue === undefined ? success(argument) : expand(defaultValue);
      if (!value.ok) problems.push({ message: `ARG ${name}: ${value.error}.`, line });
      else if (value.value !== undefined) values.set(name, value.value);
    }
  }
  const createStage = (): StageVariables => {
    const own = new Map<string, ResolvedText>();
    const expandOwn = (word: string) => expandWord(word, escapeChar, (name) => own.get(name), budget);
    const declare = ({ keyword, rest }: Instruction): void => {
      const words = splitArguments(rest, escapeChar);
      // ENV NAME value
      const isOne = keyword === 'ENV' && words[0]?.includes('=') === false;
      const entries = isOne ? [[words[0] ?? '', rest.replace(/^\S+\s*/, '')] as const] : words.map(splitAtEquals);
      for (const [name, written] of entries) {
        const outer = keyword === 'ARG' ? given(name) : undefined;
        const value = outer === undefined && written !== undefined ? expandOwn(written) : undefined;
        const known = outer ?? (value?.ok === true ? value.value : keyword === 'ARG' ? values.get(name) : undefined);
        if (known !== undefined) own.set(name, known);
      }
    };
    return { declare, expand: expandOwn };
  };
  return { expand, createStage, problems };
}

const splitAtEquals = (word: string): [name: string, value: string | undefined] => {
  const equals = word.indexOf('=');
  return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
};

/** Splits at blanks outside quotes; quotes and escapes are kept. */
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
