// Which pull secrets of all sources are referred to: a secret and the objects that use it may be in different files.

import type { PullSecret, PullSecrets } from './pull-secret.ts';

export type OnPullSecret = (secret: PullSecret, source: string) => void;

/** Takes the pull secrets of each source; calls `onMatch` for each secret that an object of any source refers to. */
export function matchPullSecrets(onMatch: OnPullSecret): (found: PullSecrets, source: string) => void {
  const wanted = new Set<string>();
  /** Secrets that no object refers to yet, by name. */
  const pending = new Map<string, { readonly secret: PullSecret; readonly source: string }[]>();
  return ({ secrets, wanted: names }, source) => {
    for (const name of names) {
      if (wanted.has(name)) continue;
      wanted.add(name);
      for (const other of pending.get(name) ?? []) onMatch(other.secret, other.source);
      pending.delete(name);
    }
    for (const secret of secrets) {
      const { name } = secret.metadata;
      const others = pending.get(name);
      if (wanted.has(name)) onMatch(secret, source);
      else if (others === undefined) pending.set(name, [{ secret, source }]);
      else others.push({ secret, source });
    }
  };
}
