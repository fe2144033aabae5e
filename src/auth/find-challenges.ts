// Finds what a registry's 401 asks for: in its WWW-Authenticate, else in that of /v2/.

import type { HttpRequest, HttpResponse, Send } from '../http/send.ts';
import { type Challenge, parseChallenges } from './challenge.ts';

export type FindChallenges = (challenged: HttpResponse, signal: AbortSignal) => Promise<readonly Challenge[]>;

const MAX_PING_BYTES = 16 * 1024;

/** Asks /v2/ once at the most: some registries challenge only there, others send an empty field. */
export function createChallengeFinder(send: Send, base: URL): FindChallenges {
  let pinged: Promise<readonly Challenge[]> | undefined;
  const ping = async (signal: AbortSignal): Promise<readonly Challenge[]> => {
    const url = new URL('/v2/', base);
    const request: HttpRequest = { method: 'GET', url, headers: {}, purpose: 'ping', maxBytes: MAX_PING_BYTES, signal };
    const outcome = await send(request);
    return outcome.ok && !outcome.value.crossedOrigin ? read(outcome.value) : [];
  };
  return async (challenged, signal) => {
    const challenges = read(challenged);
    if (challenges.length > 0) return challenges;
    pinged ??= ping(signal);
    return pinged;
  };
}

const read = ({ headers }: HttpResponse): readonly Challenge[] => parseChallenges(headers.all('www-authenticate'));
