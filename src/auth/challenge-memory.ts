// Remembers the challenges of registries for preemptive authentication, in this run and in a file for the next ones.
// Challenges only, which are public: never a token, never a credential.
//
// A remembered challenge is a guess: the registry's own challenge takes precedence, and corrects it (authenticate.ts).

import { setBounded } from '../core/bounded-map.ts';
import type { Clock } from '../core/clock.ts';
import { once } from '../core/once.ts';
import type { KnownChallenge } from './challenge.ts';
import { type RememberedChallenge, readChallengeFile, writeChallengeFile } from './challenge-file.ts';
import { realmText, scopesFor, type TokenEndpoint } from './token-endpoint.ts';

export interface RecalledChallenge {
  readonly challenge: KnownChallenge;
  /** The registry sent it in this run. */
  readonly isLive: boolean;
  /** `file`: of an earlier run. `table`: known of this registry. */
  readonly from: 'run' | 'file' | 'table';
}

export interface ChallengeMemory {
  /** By the registry's origin; `known` unless something newer is remembered, or that it is wrong. */
  recall(origin: string, known?: KnownChallenge): Promise<RecalledChallenge | undefined>;
  learn(origin: string, repository: string, endpoint: TokenEndpoint): void;
  forget(origin: string): void;
  /** Writes what this run learned to the file. Never rejects: without a file, a check only takes one more round trip. */
  save(): Promise<void>;
}

/** A token service may move and leave its address to others: credentials are sent to a remembered one only for so long. */
const LIFETIME_MS = 24 * 60 * 60_000;

/**
 * `file`: unset if nothing is remembered beyond the run. `repeatsSecret`: whether a text contains a secret of the run; such
 * a challenge is not written, since the next run does not know the secret.
 */
export function createChallengeMemory(
  clock: Clock,
  file?: string,
  repeatsSecret: (text: string) => boolean = () => false,
): ChallengeMemory {
  const learned = new Map<string, RememberedChallenge | undefined>();
  const stored = once(async () => (file === undefined ? new Map() : readChallengeFile(file)));

  const isFresh = ({ seenMs }: RememberedChallenge): boolean =>
    seenMs <= clock.now() && clock.now() < seenMs + LIFETIME_MS;

  return {
    async recall(origin, known) {
      const isLive = learned.has(origin);
      const found = isLive ? learned.get(origin) : (await stored()).get(origin);
      if (found !== undefined && isFresh(found)) return { challenge: found, isLive, from: isLive ? 'run' : 'file' };
      return known === undefined || (isLive && found === undefined)
        ? undefined
        : { challenge: known, isLive: false, from: 'table' };
    },
    learn(origin, repository, endpoint) {
      const { service, scopes } = endpoint;
      const scope = scopes.join(' ');
      const isDefault = scope === scopesFor(undefined, repository).join(' ');
      // A scope that names one repository says nothing about the next.
      if (!isDefault && scope.includes(':')) return setBounded(learned, origin, undefined);
      const challenge = { realm: realmText(endpoint), service, ...(!isDefault && { scope }), seenMs: clock.now() };
      setBounded(learned, origin, challenge);
    },
    forget: (origin) => setBounded(learned, origin, undefined),
    async save() {
      if (file === undefined || learned.size === 0) return;
      // Read again: other runs may have written in the meantime. The last write wins; what is lost is learned again.
      const all = await readChallengeFile(file);
      for (const [origin, challenge] of learned) {
        const { realm = '', service = '', scope = '' } = challenge ?? {};
        setBounded(all, origin, [realm, service, scope].some(repeatsSecret) ? undefined : challenge);
      }
      await writeChallengeFile(file, new Map([...all].filter(([, challenge]) => challenge && isFresh(challenge))));
    },
  };
}
