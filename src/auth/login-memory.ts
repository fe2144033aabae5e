// What the checks of one run learn of logins from each other: how a repository is asked, which logins are bad.

import type { HttpResponse } from '../http/send.ts';
import type { Credential } from './credential.ts';
import type { TokenCache } from './token-cache.ts';

/** What worked for a repository: the next image of it starts there, without a challenge. */
export type Plan =
  | { readonly scheme: 'basic'; readonly credential: Credential }
  | {
      readonly scheme: 'bearer';
      readonly realm: URL;
      readonly service: string | undefined;
      readonly scopes: readonly string[];
      readonly credential: Credential | undefined;
    };

export interface LoginMemory {
  readonly tokens: TokenCache;
  /** By registry origin and repository. */
  readonly plans: Map<string, Plan>;
  /** By realm and login: the answer that said the login itself is wrong, so that it is never sent again (lock-outs). */
  readonly badLogins: Map<string, HttpResponse>;
}

export const createLoginMemory = (tokens: TokenCache): LoginMemory => ({
  tokens,
  plans: new Map(),
  badLogins: new Map(),
});

/** Which login a credential is, without its secret. */
export const loginKey = (credential: Credential | undefined): string =>
  credential === undefined ? 'anonymous' : `${credential.kind} ${credential.username ?? ''} ${credential.source}`;

const MAX_PLANS = 1_000;

export function rememberPlan({ plans }: LoginMemory, key: string, plan: Plan): void {
  plans.delete(key);
  plans.set(key, plan);
  if (plans.size > MAX_PLANS) plans.delete(plans.keys().next().value ?? '');
}
