// What the checks of one run learn of logins from each other: how a repository is asked, which logins are bad.

import type { Clock } from '../core/clock.ts';
import { untilAborted } from '../core/until-aborted.ts';
import { type Credential, isSameCredential } from '../credentials/credential.ts';
import type { Secret } from '../credentials/secret.ts';
import type { BareResponse, RefusedLogin, SentLogin } from './answer.ts';
import { type ChallengeMemory, createChallengeMemory } from './challenge-memory.ts';
import { keepRecent } from './keep-recent.ts';
import type { Plan } from './plan.ts';
import { saysBadLogin, saysLockedOut } from './refusal.ts';
import { createTokenCache, type TokenCache } from './token-cache.ts';

/** What worked for a repository: the next image of it starts there, without a challenge. */
export interface RememberedPlan {
  readonly plan: Plan;
  /** The logins that were refused before it was found: the next image's report names them too. */
  readonly refused: readonly RefusedLogin[];
  /** The logins that token services were given on the way. */
  readonly sent: readonly SentLogin[];
}

/** Who was shown a login, and for what. */
export interface Asked {
  readonly origin: string;
  readonly repository: string;
}

export interface LoginMemory {
  readonly tokens: TokenCache;
  readonly challenges: ChallengeMemory;
  /** By registry origin and repository. */
  readonly plans: Map<string, RememberedPlan>;
  /**
   * Notes that a login was refused: for the whole registry where the answer calls it wrong or locked, else for that
   * repository, since a registry may refuse there what it takes elsewhere.
   */
  noteRefusal(asked: Asked, credential: Credential, answer: BareResponse): void;
  /** The answer that refused this login: it is not sent again, or the account would be locked. */
  findRefusal(asked: Asked, credential: Credential): BareResponse | undefined;
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
  readonly onToken?: LoginMemory['onToken'];
}

export function createLoginMemory({
  clock,
  challengeFile,
  onToken = () => undefined,
}: LoginMemoryOptions): LoginMemory {
  const logins: Credential[] = [];
  const refusals = new Map<string, { answer: BareResponse; untilMs: number }>();
  /** By login; 'over' once it has been used. */
  const firstUses = new Map<string, Promise<void> | 'over'>();

  const nameOf: LoginMemory['nameOf'] = (credential) => {
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
      keepRecent(refusals, keyOf(isOfLogin ? origin : `${origin} ${repository}`, credential), { answer, untilMs });
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
      const end = (): void => keepRecent(firstUses, key, 'over');
      keepRecent(firstUses, key, used.then(end, end));
      return used;
    },
    nameOf,
  };
}
