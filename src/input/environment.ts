// The variables of the process, as far as a checked file may put them into the name of an image: it chooses the
// registry that is asked for that name.

import type { Env } from '../core/env.ts';
import { isSecretName } from '../core/secret-name.ts';
import { type Lookup, plainText, type ResolvedText, withheldText } from './resolved-text.ts';

export interface Environment {
  readonly env: Env;
  /** Variables that may be put in although their names look secret. */
  readonly allowEnv?: readonly string[] | undefined;
}

export function createLookup({ env, allowEnv = [] }: Environment): Lookup {
  return (name) => {
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    return value === undefined ? undefined : withoutSecret(name, plainText(value), allowEnv);
  };
}

/** The value of a variable that is not the checked file's own; an empty one gives nothing away. */
export const withoutSecret = (name: string, value: ResolvedText, allowEnv: readonly string[]): ResolvedText =>
  value.text !== '' && isSecretName(name) && !allowEnv.includes(name) ? withheldText(name) : value;
