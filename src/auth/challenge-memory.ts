// Remembers where registries send us for a token, so that the next check asks there at once: in this run, and in a file
// for the next ones. Challenges only, which every registry tells everybody: never a token, never a login.
//
// A remembered challenge is a guess. What the registry says itself wins, and corrects it (authenticate.ts).

import { setBounded } from '../core/bounded-map.ts';
import type { Clock } from '../core/clock.ts';
import { once } from '../core/once.ts';
import type { KnownChallenge } from './challenge.ts';
import { type RememberedChallenge, readChallengeFile, writeChallengeFile } from './challenge-file.ts';
import type { TokenPlace } from './plan.ts';
import { scopesFor } from './scope.ts';

export interface RecalledChallenge {
  readonly challenge: KnownChallenge;
  /** The registry said so in this run. */
  readonly isLive: boolean;
}

export interface ChallengeMemory {
  /** By the registry's origin; `usual` where nothing newer is known, nor that it is wrong. */
  recall(origin: string, usual?: KnownChallenge): Promise<RecalledChallenge | undefined>;
  note(origin: string, repository: string, place: TokenPlace): void;
  forget(origin: string): void;
  /** Writes to the file what this run learned. Never rejects: without a file every check costs a round trip more. */
  save(): Promise<void>;
}

/** A token service that moved away leaves its address to others: logins go to an old one no longer than this. */
const LIFETIME_MS = 24 * 60 * 60_000;

/** `file`: unset where nothing is to be remembered beyond the run. */
export function createChallengeMemory(clock: Clock, file?: string): ChallengeMemory {
  const learned = new Map<string, RememberedChallenge | undefined>();
  const stored = once(async () => (file === undefined ? new Map() : readChallengeFile(file)));

  const isFresh = ({ seenMs }: RememberedChallenge): boolean =>
    seenMs <= clock.now() && clock.now() < seenMs + LIFETIME_MS;

  return {
    async recall(origin, usual) {
      const isLive = learned.has(origin);
      const found = isLive ? learned.get(origin) : (await stored()).get(origin);
      if (found !== undefined && isFresh(found)) return { challenge: found, isLive };
      return usual === undefined || (isLive && found === undefined) ? undefined : { challenge: usual, isLive: false };
    },
    note(origin, repository, { realm, service, scopes }) {
      const scope = scopes.join(' ');
      const isUsual = scope === scopesFor(undefined, repository).join(' ');
      // What names one repository says nothing of the next.
      if (!isUsual && scope.includes(':')) return setBounded(learned, origin, undefined);
      const challenge = { realm: realm.href, service, ...(!isUsual && { scope }), seenMs: clock.now() };
      setBounded(learned, origin, challenge);
    },
    forget: (origin) => setBounded(learned, origin, undefined),
    async save() {
      if (file === undefined || learned.size === 0) return;
      // Read again: other runs may have written meanwhile. Who writes last wins, and what is lost is learned again.
      const all = await readChallengeFile(file);
      for (const [origin, challenge] of learned) setBounded(all, origin, challenge);
      await writeChallengeFile(file, new Map([...all].filter(([, challenge]) => challenge && isFresh(challenge))));
    },
  };
}
