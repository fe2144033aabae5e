// Finds the challenges of a registry's 401: in its WWW-Authenticate, else in that of /v2/.

import type { HttpResponse, Send } from '../http/send.ts';
import { type Challenge, parseChallenges } from './challenge.ts';

export type FindChallenges = (challenged: HttpResponse, signal: AbortSignal) => Promise<readonly Challenge[]>;

/** `ping` is sent once at most: some registries challenge only there, others send an empty field. */
export function createChallengeFinder(ping: (signal: AbortSignal) => ReturnType<Send>): FindChallenges {
  let pinged: Promise<readonly Challenge[]> | undefined;
  const readPing = async (signal: AbortSignal): Promise<readonly Challenge[]> => {
    const outcome = await ping(signal);
    return outcome.ok && !outcome.value.crossedOrigin ? read(outcome.value) : [];
  };
  return async (challenged, signal) => {
    const challenges = read(challenged);
    if (challenges.length > 0) return challenges;
    pinged ??= readPing(signal);
    return pinged;
  };
}

const read = ({ headers }: HttpResponse): readonly Challenge[] => parseChallenges(headers.all('www-authenticate'));
