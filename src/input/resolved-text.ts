// Text with its variables inserted, the variables that have no value, and the environment that values come from.
//
// A checked file chooses the registry that receives an image name, so secrets are withheld from it.

import type { Env } from '../core/env.ts';
import { isSecretName } from '../core/secret-name.ts';

/** A variable without a value. */
export interface Missing {
  readonly name: string;
  /** It has a value, which is a secret of this machine. */
  readonly isWithheld?: true;
}

export interface ResolvedText {
  readonly text: string;
  /** Variables that the user could set and did not: empty in `text`, or UNKNOWN there. */
  readonly missing: readonly Missing[];
}

/** undefined: the variable is not set. */
export type Lookup = (name: string) => ResolvedText | undefined;

export interface Environment {
  readonly env: Env;
  /** Variables that may be inserted although their names look like secrets. */
  readonly allowEnv?: readonly string[] | undefined;
}

/** Replaces a value that only the builder knows; no reference, stage or path contains it. */
export const UNKNOWN = '\0';

export function createLookup({ env, allowEnv = [] }: Environment): Lookup {
  return (name) => {
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    return value === undefined ? undefined : withoutSecret(name, plainText(value), allowEnv);
  };
}

/** The value of a variable that does not belong to the checked file; an empty one reveals nothing. */
export const withoutSecret = (name: string, value: ResolvedText, allowEnv: readonly string[]): ResolvedText =>
  value.text !== '' && isSecretName(name) && !allowEnv.includes(name) ? withheldText(name) : value;

export const plainText = (text: string): ResolvedText => ({ text, missing: [] });

export const withheldText = (name: string): ResolvedText => ({ text: '', missing: [{ name, isWithheld: true }] });

export const isWithheld = ({ missing }: ResolvedText): boolean =>
  missing.some((variable) => variable.isWithheld === true);

/** Whether a variable is set to '', and is not a withheld secret. */
export const isEmpty = (value: ResolvedText): boolean => value.text === '' && !isWithheld(value);

/** What inserting it costs: names are compared with each other. */
export const insertionCost = (value: ResolvedText | undefined): number =>
  1 + (value === undefined ? 0 : value.text.length + 10 * value.missing.length);

/** Variables without a value in one text; each use of the text repeats them. */
export const MAX_MISSING = 100;
export const TOO_MANY_MISSING = `more than ${MAX_MISSING} variables without a value`;

export const joinTexts = (parts: readonly ResolvedText[]): ResolvedText => ({
  text: parts.map(({ text }) => text).join(''),
  missing: distinct(parts.flatMap(({ missing }) => missing)),
});

/** Each variable once. */
export const distinct = (missing: readonly Missing[]): readonly Missing[] => [
  ...new Map(missing.map((variable) => [variable.name, variable])).values(),
];

/** One or two sentences. `lacking` completes "A has". */
export function describeMissing(missing: readonly Missing[], lacking = 'no value'): string {
  const namesOf = (isSecret: boolean) =>
    missing.filter((variable) => (variable.isWithheld === true) === isSecret).map(({ name }) => name);
  const [secrets, unset] = [namesOf(true), namesOf(false)];
  const sentences: string[] = [];
  if (secrets.length > 0) {
    const [verb, noun, it, allows] =
      secrets.length === 1 ? ['looks like', 'a secret', 'it', 'allows'] : ['look like', 'secrets', 'them', 'allow'];
    const flags = secrets.map((name) => `--allow-env ${name}`).join(' ');
    sentences.push(
      `${listed(secrets)} ${verb} ${noun}, and a checked file must not send ${it} to a registry; ${flags} ${allows} ${it}.`,
    );
  }
  if (unset.length > 0) sentences.push(`${listed(unset)} ${unset.length === 1 ? 'has' : 'have'} ${lacking}.`);
  return sentences.join(' ');
}

/** `A`, `A and B`, `A, B and C`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
