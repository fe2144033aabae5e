// The credentials of one check, and what is remembered about them: for a whole run, or for a while in one that never ends.

import { type AuthMemory, forgetOutcomes } from '../auth/auth-memory.ts';
import { setBounded } from '../core/bounded-map.ts';
import type { Clock } from '../core/clock.ts';
import {
  type CredentialChain,
  type CredentialChainOptions,
  createCredentialChain,
} from '../credentials/credential-chain.ts';
import { createCredentialHelper, type GetFromHelper } from '../credentials/credential-helper.ts';
import type { GivenLogin } from '../credentials/credential-source.ts';
import type { FoundSecret } from '../credentials/pull-secret.ts';

/** Used by one check instead of those of its checker. */
export interface OwnCredentials {
  readonly login?: GivenLogin;
  readonly authFile?: string;
  /** In addition to the other credentials of the checker, and before those that are found. */
  readonly pullSecrets?: OwnPullSecrets;
}

export interface OwnPullSecrets {
  readonly found: readonly FoundSecret[];
  /** Of their content and origin: what was learned with other secrets is not remembered for these. */
  readonly version: string;
}

export interface CheckCredentials {
  readonly credentials: CredentialChain;
  /** Checks with other credentials have another one: what one of them accepted says nothing about the others. */
  readonly memory: AuthMemory;
}

/** For each check. */
export type CredentialsOfCheck = (own: OwnCredentials | undefined) => CheckCredentials;

interface Generation {
  readonly untilMs: number;
  readonly memory: AuthMemory;
  readonly getFromHelper: GetFromHelper;
}

/** Beyond so many different credentials the oldest are forgotten. */
const MAX_GENERATIONS = 1_000;

export interface Remembering {
  readonly clock: Clock;
  readonly forgetAfterMs?: number | undefined;
}

export function createCheckCredentials(
  options: CredentialChainOptions,
  memory: AuthMemory,
  { clock, forgetAfterMs }: Remembering,
): CredentialsOfCheck {
  const generations = new Map<string, Generation>();
  const ofRun = forgetAfterMs === undefined ? createCredentialChain(options) : undefined;

  const generationOf = (own: OwnCredentials | undefined): Generation => {
    const key = nameOf(own);
    const known = generations.get(key);
    if (known !== undefined && clock.elapsed() < known.untilMs) return known;
    const generation = {
      untilMs: clock.elapsed() + (forgetAfterMs ?? Number.POSITIVE_INFINITY),
      memory: forgetOutcomes(clock, memory),
      getFromHelper: createCredentialHelper(options),
    };
    setBounded(generations, key, generation, MAX_GENERATIONS);
    return generation;
  };

  return (own) => {
    if (own === undefined && ofRun !== undefined) return { credentials: ofRun, memory };
    const { memory: remembered, getFromHelper } = generationOf(own);
    const chosen = optionsFor(options, own);
    // A chain reads each file once.
    return { credentials: createCredentialChain(chosen, getFromHelper), memory: remembered };
  };
}

function optionsFor(options: CredentialChainOptions, own: OwnCredentials | undefined): CredentialChainOptions {
  if (own === undefined) return options;
  if (own.pullSecrets !== undefined) return { ...options, pullSecrets: own.pullSecrets.found };
  const { login: _login, authFile: _path, authFileBytes: _bytes, pullSecrets: _secrets, ...rest } = options;
  return { ...rest, ...(own.login && { login: own.login }), ...(own.authFile && { authFile: own.authFile }) };
}

/** Without the secret: a check uses the password that it is given, and remembers what was learned with this login. */
const nameOf = (own: OwnCredentials | undefined): string =>
  own === undefined
    ? ''
    : JSON.stringify([own.login?.username, own.login?.label, own.authFile, own.pullSecrets?.version]);
