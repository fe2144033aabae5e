// What the checks of one run share about authentication.

import type { OnEvent } from '../core/check-event.ts';
import type { Clock } from '../core/clock.ts';
import { type Credential, isSameCredential } from '../credentials/credential.ts';
import type { Secret } from '../credentials/secret.ts';
import type { AuthMethod } from './auth-method.ts';
import type { RefusedCredential, SentCredential } from './auth-outcome.ts';
import { type ChallengeMemory, createChallengeMemory } from './challenge-memory.ts';
import { createPingMemory, type PingOnce } from './ping.ts';
import {
  type CredentialName,
  createFirstUses,
  createRefusalMemory,
  type RefusalMemory,
  type SerializeFirstUse,
} from './refused-credentials.ts';
import { createTokenCache, type TokenCache } from './token-cache.ts';

export interface AuthMemory {
  readonly challenges: ChallengeMemory;
  readonly tokens: TokenCache;
  readonly refusals: RefusalMemory;
  readonly serializeFirstUse: SerializeFirstUse;
  readonly pingOnce: PingOnce;
  /** The origins of registries that refused credentials they had not asked for. */
  readonly refusesUnrequested: Set<string>;
  /** By registry origin and repository. */
  readonly methods: Map<string, AcceptedMethod>;
  readonly nameOf: CredentialName;
  /** Called with every token that is issued. */
  readonly onToken: (token: Secret) => void;
  /** Called when something remembered is used. */
  readonly onEvent?: OnEvent | undefined;
}

/** What worked for a repository: its next image starts with it, without a challenge. */
export interface AcceptedMethod {
  readonly method: AuthMethod;
  /** Refused before it was found: the next image reports them as well. */
  readonly refused: readonly RefusedCredential[];
  /** Sent to token services before it was found. */
  readonly sent: readonly SentCredential[];
}

export interface AuthMemoryOptions {
  readonly clock: Clock;
  /** Where challenges are remembered beyond the run. */
  readonly challengeFile?: string | undefined;
  readonly onToken?: AuthMemory['onToken'];
  readonly onEvent?: OnEvent | undefined;
  /** See `createChallengeMemory`. */
  readonly repeatsSecret?: (text: string) => boolean;
}

export function createAuthMemory({
  clock,
  challengeFile,
  onToken = () => undefined,
  onEvent,
  repeatsSecret,
}: AuthMemoryOptions): AuthMemory {
  return forgetOutcomes(clock, {
    challenges: createChallengeMemory(clock, challengeFile, repeatsSecret),
    tokens: createTokenCache(clock),
    nameOf: createNames(),
    onToken,
    onEvent,
  });
}

/** The same tokens and challenges, which expire, without what was accepted and refused. */
export function forgetOutcomes(
  clock: Clock,
  {
    challenges,
    tokens,
    nameOf,
    onToken,
    onEvent,
  }: Pick<AuthMemory, 'challenges' | 'tokens' | 'nameOf' | 'onToken' | 'onEvent'>,
): AuthMemory {
  return {
    challenges,
    tokens,
    refusals: createRefusalMemory(clock, nameOf),
    serializeFirstUse: createFirstUses(nameOf),
    pingOnce: createPingMemory(),
    refusesUnrequested: new Set(),
    methods: new Map(),
    nameOf,
    onToken,
    onEvent,
  };
}

/** Beyond so many the oldest are forgotten; their numbers are not used again. */
const MAX_NAMED = 1_000;

function createNames(): CredentialName {
  const named: { readonly credential: Credential; readonly number: number }[] = [];
  let next = 0;
  return (credential) => {
    if (credential === undefined) return 'anonymous';
    const known = named.find((one) => isSameCredential(one.credential, credential));
    if (known !== undefined) return `credential ${known.number}`;
    if (named.length === MAX_NAMED) named.shift();
    named.push({ credential, number: next });
    return `credential ${next++}`;
  };
}
