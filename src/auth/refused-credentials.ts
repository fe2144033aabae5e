// Credentials that were refused, in this run and for this image: they are not sent again, or the account could be locked.

import { setBounded } from '../core/bounded-map.ts';
import type { Clock } from '../core/clock.ts';
import { untilAborted } from '../core/until-aborted.ts';
import { type Credential, isSameCredential } from '../credentials/credential.ts';
import type { AuthMethod } from './auth-method.ts';
import type { BareOutcome, CredentialsTried, RefusedCredential, ResponseOutcome } from './auth-outcome.ts';
import { saysBadLogin, saysLockedOut } from './credential-rejection.ts';

/** `authentication`: the credential was rejected. `authorization`: it was accepted, but gives no access to the image. */
export type Denial = 'authentication' | 'authorization';

/** Who receives a credential, and for what. */
export interface RegistryScope {
  readonly origin: string;
  readonly repository: string;
}

/** The same text for the same credential, without its secret. */
export type CredentialName = (credential: Credential | undefined) => string;

/** What the checks of a run share. */
export interface RefusalMemory {
  /** For the whole registry if the response calls the credential wrong or locked, otherwise for the repository only. */
  record(scope: RegistryScope, credential: Credential, outcome: ResponseOutcome): void;
  /** The outcome that refused this credential. */
  find(scope: RegistryScope, credential: Credential): ResponseOutcome | undefined;
}

/** Docker Hub locks an account for about that long. */
const LOCK_OUT_MS = 10 * 60_000;

export function createRefusalMemory(clock: Clock, nameOf: CredentialName): RefusalMemory {
  const refusals = new Map<string, { readonly outcome: ResponseOutcome; readonly untilMs: number }>();
  return {
    record({ origin, repository }, credential, outcome) {
      const isLockedOut = saysLockedOut(outcome.response);
      const isForRegistry = isLockedOut || saysBadLogin(outcome.response);
      const untilMs = isLockedOut ? clock.now() + LOCK_OUT_MS : Number.POSITIVE_INFINITY;
      const scope = isForRegistry ? origin : `${origin} ${repository}`;
      setBounded(refusals, `${scope} ${nameOf(credential)}`, { outcome, untilMs });
    },
    find({ origin, repository }, credential) {
      return [origin, `${origin} ${repository}`]
        .map((scope) => refusals.get(`${scope} ${nameOf(credential)}`))
        .find((found) => found !== undefined && clock.now() < found.untilMs)?.outcome;
    },
  };
}

/** Lets the first use of a credential finish before others start: a wrong one must not be sent many times concurrently. */
export type SerializeFirstUse = <T>(
  origin: string,
  credential: Credential,
  signal: AbortSignal,
  use: () => Promise<T>,
) => Promise<T>;

export function createFirstUses(nameOf: CredentialName): SerializeFirstUse {
  const firstUses = new Map<string, Promise<void> | 'over'>();
  return async (origin, credential, signal, use) => {
    const key = `${origin} ${nameOf(credential)}`;
    const first = firstUses.get(key);
    if (first !== undefined) {
      if (first !== 'over') await untilAborted(first, signal);
      return use();
    }
    const used = use();
    const end = (): void => setBounded(firstUses, key, 'over');
    setBounded(firstUses, key, used.then(end, end));
    return used;
  };
}

/** The refusals of one image. */
export interface RefusedCredentials {
  /** The outcome that refused the credential: it is not sent again, neither to the registry nor to its token service. */
  find(credential: Credential | undefined): ResponseOutcome | undefined;
  record(credential: Credential, outcome: ResponseOutcome, denial: Denial | undefined): void;
  /** How a request was sent; no method: anonymously. */
  describe(method: AuthMethod | undefined, outcome: BareOutcome, denial: Denial | undefined): CredentialsTried;
  /** The refusals of an earlier image whose method this one uses: they are reported, and no more. */
  resume(earlier: readonly RefusedCredential[]): void;
}

interface DeniedCredential extends RefusedCredential {
  readonly outcome: ResponseOutcome;
  readonly denial: Denial;
}

export function createRefusedCredentials(scope: RegistryScope, memory: RefusalMemory): RefusedCredentials {
  let denied: readonly DeniedCredential[] = [];
  let refusedEarlier: readonly RefusedCredential[] = [];
  return {
    find(credential) {
      if (credential === undefined) return undefined;
      const found = denied.find(
        (one) => one.denial === 'authentication' && isSameCredential(one.credential, credential),
      );
      return found?.outcome ?? memory.find(scope, credential);
    },
    record(credential, outcome, denial) {
      const { response } = outcome;
      if (denial !== undefined) {
        const others = denied.filter((one) => !isSameCredential(one.credential, credential));
        denied = [...others, { credential, response, outcome, denial }];
      }
      if (denial === 'authentication' || saysLockedOut(response)) memory.record(scope, credential, outcome);
    },
    describe(method, outcome, denial) {
      const used = denial === 'authentication' ? undefined : method?.credential;
      // That others had no access matters once one has.
      const hasAccess = used !== undefined && denial === undefined;
      const refused = denied
        .filter((one) => one.denial === 'authentication' || (hasAccess && !isSameCredential(one.credential, used)))
        .map(({ credential, response }) => ({ credential, response }));
      // A redirect to another origin is followed without the registry's token.
      const reachedRegistry = outcome.kind === 'response' && !outcome.response.crossedOrigin;
      const withToken = reachedRegistry && method !== undefined && method.kind !== 'basic';
      return { used, refused: [...refusedEarlier, ...refused], withToken };
    },
    resume(earlier) {
      refusedEarlier = earlier;
    },
  };
}
