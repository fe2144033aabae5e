// What the checks of one run learn of logins from each other: how a repository is asked, which logins are bad.

import { setBounded } from '../core/bounded-map.ts';
import type { Clock } from '../core/clock.ts';
import { untilAborted } from '../core/until-aborted.ts';
import { type Credential, isSameCredential } from '../credentials/credential.ts';
import type { Secret } from '../credentials/secret.ts';
import type { RefusedCredential, ResponseOutcome, SentCredential } from './auth-outcome.ts';
import { type ChallengeMemory, createChallengeMemory } from './challenge-memory.ts';
import type { Plan } from './plan.ts';
import { saysBadLogin, saysLockedOut } from './refusal.ts';
import { createTokenCache, type TokenCache } from './token-cache.ts';

/** What worked for a repository: the next image of it starts there, without a challenge. */
export interface RememberedPlan {
  readonly plan: Plan;
  /** The logins that were refused before it was found: the next image's report names them too. */
  readonly refused: readonly RefusedCredential[];
  /** The logins that token services were given on the way. */
  readonly sent: readonly SentCredential[];
}

/** Who was shown a login, and for what. */
export interface Asked {
  readonly origin: string;
  readonly repository: string;
}

export interface AuthMemory {
  readonly tokens: TokenCache;
  readonly challenges: ChallengeMemory;
  /** By registry origin and repository. */
  readonly plans: Map<string, RememberedPlan>;
  /**
   * Notes that a login was refused: for the whole registry where the answer calls it wrong or locked, else for that
   * repository, since a registry may refuse there what it takes elsewhere.
   */
  noteRefusal(asked: Asked, credential: Credential, answer: ResponseOutcome): void;
  /** The answer that refused this login: it is not sent again, or the account would be locked. */
  findRefusal(asked: Asked, credential: Credential): ResponseOutcome | undefined;
  /** The first use of a login goes ahead alone: a wrong one must not be sent many times at once. */
  afterFirstUse<T>(origin: string, credential: Credential, signal: AbortSignal, use: () => Promise<T>): Promise<T>;
  /** Told of every token that is issued. */
  readonly onToken: (token: Secret) => void;
  /** A login's name in keys: the same for the same login, without its secret. */
  nameOf(credential: Credential | undefined): string;
}

/** Docker Hub's lasts about that long. */
const LOCK_OUT_MS = 10 * 60_000;

export interface LoginMemoryOptions {
  readonly clock: Clock;
  /** Where challenges are remembered beyond the run. */
  readonly challengeFile?: string | undefined;
  readonly onToken?: AuthMemory['onToken'];
}

export function createAuthMemory({ clock, challengeFile, onToken = () => undefined }: LoginMemoryOptions): AuthMemory {
  const logins: Credential[] = [];
  const refusals = new Map<string, { answer: ResponseOutcome; untilMs: number }>();
  /** By login; 'over' once it has been used. */
  const firstUses = new Map<string, Promise<void> | 'over'>();

  const nameOf: AuthMemory['nameOf'] = (credential) => {
    if (credential === undefined) return 'anonymous';
    const at = logins.findIndex((one) => isSameCredential(one, credential));
    return `login ${at >= 0 ? at : logins.push(credential) - 1}`;
  };

  const keyOf = (origin: string, credential: Credential): string => `${origin} ${nameOf(credential)}`;

  return {
    tokens: createTokenCache(clock),
    challenges: createChallengeMemory(clock, challengeFile),
    plans: new Map(),
    onToken,
    noteRefusal({ origin, repository }, credential, answer) {
      const { response } = answer;
      const isLockedOut = saysLockedOut(response);
      const isOfLogin = isLockedOut || saysBadLogin(response);
      const untilMs = isLockedOut ? clock.now() + LOCK_OUT_MS : Number.POSITIVE_INFINITY;
      setBounded(refusals, keyOf(isOfLogin ? origin : `${origin} ${repository}`, credential), { answer, untilMs });
    },
    findRefusal({ origin, repository }, credential) {
      return [origin, `${origin} ${repository}`]
        .map((place) => refusals.get(keyOf(place, credential)))
        .find((found) => found !== undefined && clock.now() < found.untilMs)?.answer;
    },
    async afterFirstUse(origin, credential, signal, use) {
      const key = keyOf(origin, credential);
      const first = firstUses.get(key);
      if (first !== undefined) {
        if (first !== 'over') await untilAborted(first, signal);
        return use();
      }
      const used = use();
      const end = (): void => setBounded(firstUses, key, 'over');
      setBounded(firstUses, key, used.then(end, end));
      return used;
    },
    nameOf,
  };
}
