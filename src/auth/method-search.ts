// The search for a method that the registry accepts for an image. One request searches, the others wait and then use it,
// and so does the next image of the repository.

import { setBounded } from '../core/bounded-map.ts';
import { createLimiter } from '../core/limiter.ts';
import type { HttpRequest } from '../http/send.ts';
import type { AuthMethod } from './auth-method.ts';
import { type AuthOutcome, isChallenged } from './auth-outcome.ts';
import type { Attempt, AuthorizedSend } from './authorized-send.ts';

export interface MethodSearch {
  /** With the accepted method, or that of an earlier image; undefined if there is none that still works. */
  sendAccepted(request: HttpRequest): Promise<AuthOutcome | undefined>;
  /** Does one piece of the search at a time; undefined once a method is accepted. */
  alone<T>(work: () => Promise<T>): Promise<T | undefined>;
  /** The search is over if the registry accepted the method of this attempt. */
  accept(attempt: Attempt): void;
}

export function createMethodSearch(sender: AuthorizedSend): MethodSearch {
  const { base, repository, memory } = sender.options;
  const key = `${base.origin} ${repository}`;
  const oneAtATime = createLimiter(1);
  let accepted: AuthMethod | undefined;

  const accept = ({ method, outcome }: Attempt): void => {
    if (method === undefined || !isAccepted(outcome)) return;
    accepted = method;
    setBounded(memory.methods, key, { method, refused: outcome.credentials.refused, sent: [...sender.sent] });
  };

  return {
    accept,
    alone: (work) => oneAtATime(async () => (accepted === undefined ? work() : undefined)),
    async sendAccepted(request) {
      if (accepted !== undefined) return (await sender.sendWith(accepted, request, { isProven: true }))?.outcome;
      const earlier = memory.methods.get(key);
      if (earlier === undefined) return undefined;
      sender.resume(earlier);
      const attempt = await sender.sendWith(earlier.method, request);
      if (attempt !== undefined && attempt.denial !== 'authentication' && !isChallenged(attempt.outcome)) {
        accept(attempt);
        return attempt.outcome;
      }
      memory.methods.delete(key);
      sender.resume(undefined);
      return undefined;
    },
  };
}

/** The registry accepts the method: its response is about the image. */
const isAccepted = (outcome: AuthOutcome): boolean =>
  outcome.kind === 'response' &&
  !isChallenged(outcome) &&
  outcome.response.status !== 429 &&
  outcome.response.status < 500;
