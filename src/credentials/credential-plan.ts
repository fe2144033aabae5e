// Which logins and helpers of one config answer for a repository, and in which order: pure judgement, nothing is run.

import { type KeyMatch, keyOfRegistry, matchAuthKey } from './auth-key.ts';
import type { DockerConfig } from './docker-config.ts';
import type { Login } from './login.ts';

export type Step = { readonly match: KeyMatch; readonly within?: string } & (
  | { readonly kind: 'login'; readonly login: Login }
  | { readonly kind: 'helper'; readonly helper: string; readonly server: string }
  | { readonly kind: 'problem'; readonly problem: string }
);

/**
 * Most specific key first. For one key: the helper named for it, the credentials store, the file itself. docker
 * stops at the helper or the store and podman knows no store at all; offering the file's login last serves both,
 * and sends it nowhere it was not stored for.
 */
export function planLookup(config: DockerConfig, registry: string, repository?: string): readonly Step[] {
  const steps: Step[] = [];
  const asked = new Set<string>();
  const askHelper = (helper: string, key: string): void => {
    const match = matchAuthKey(key, registry, repository);
    for (const server of match?.servers ?? []) {
      if (match === undefined || asked.has(`${helper} ${server}`)) continue;
      asked.add(`${helper} ${server}`);
      steps.push({ kind: 'helper', match, helper, server });
    }
  };

  const { credsStore } = config;
  const helpers = config.credHelpers.filter(({ key }) => matchAuthKey(key, registry, repository) !== undefined);
  for (const { helper, key } of helpers) if (helper !== '') askHelper(helper, key);
  // As in docker, a line in credHelpers replaces the store for that registry, even when it names no helper.
  if (credsStore !== undefined && helpers.length === 0) {
    for (const { key, login } of config.auths) if (login.ok && login.value === undefined) askHelper(credsStore, key);
    askHelper(credsStore, keyOfRegistry(registry));
  }

  for (const { key, login, within } of config.auths) {
    const match = matchAuthKey(key, registry, repository);
    if (match === undefined) continue;
    const place = { match, ...(within !== undefined && { within }) };
    if (!login.ok) steps.push({ ...place, kind: 'problem', problem: login.error });
    else if (login.value !== undefined) steps.push({ ...place, kind: 'login', login: login.value });
  }
  return steps.sort((a, b) => b.match.rank - a.match.rank);
}
