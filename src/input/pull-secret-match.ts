// Brings pull secrets together with what refers to them, whichever file of a run each stands in.

import type { PullSecret, PullSecrets } from './pull-secret.ts';

export type OnPullSecret = (secret: PullSecret, source: string) => void;

/** To be told of every source as it is read; hands on each secret once it is known that something refers to it. */
export function createPullSecretMatch(onMatch: OnPullSecret): (found: PullSecrets, source: string) => void {
  const wanted = new Set<string>();
  /** By their names, until something refers to one. */
  const waiting = new Map<string, { readonly secret: PullSecret; readonly source: string }[]>();
  return ({ secrets, wanted: names }, source) => {
    for (const name of names) {
      if (wanted.has(name)) continue;
      wanted.add(name);
      for (const one of waiting.get(name) ?? []) onMatch(one.secret, one.source);
      waiting.delete(name);
    }
    for (const secret of secrets) {
      const { name } = secret.metadata;
      const others = waiting.get(name);
      if (wanted.has(name)) onMatch(secret, source);
      else if (others === undefined) waiting.set(name, [{ secret, source }]);
      else others.push({ secret, source });
    }
  };
}
