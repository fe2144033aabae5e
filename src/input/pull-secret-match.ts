// Brings pull secrets together with what refers to them, whichever file of a run each stands in.

import type { PullSecret, PullSecrets } from './pull-secret.ts';

export type OnPullSecret = (secret: PullSecret, source: string) => void;

/** To be told of every source as it is read; hands on each secret once it is known that something refers to it. */
export function createPullSecretMatch(onMatch: OnPullSecret): (found: PullSecrets, source: string) => void {
  const wanted = new Set<string>();
  let waiting: readonly { readonly secret: PullSecret; readonly source: string }[] = [];
  return ({ secrets, wanted: names }, source) => {
    for (const name of names) wanted.add(name);
    const all = [...waiting, ...secrets.map((secret) => ({ secret, source }))];
    const isWanted = ({ secret }: (typeof all)[number]): boolean => wanted.has(secret.metadata.name);
    waiting = all.filter((one) => !isWanted(one));
    for (const one of all.filter(isWanted)) onMatch(one.secret, one.source);
  };
}
