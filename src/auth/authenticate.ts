// Answers a registry's 401 as well as it can be answered: RFC 9110 section 11, distribution token specification.
//
// The request itself brings the challenge; nothing is asked beforehand. What worked is kept, for the other requests of
// the image and for the next image of the repository. Until then, in this order: Bearer before Basic (log-in.ts), the
// most specific login first, and last, where that is possible, no login at all (bearer.ts, basic.ts). Bounds: two
// questions for a token an image (image-tokens.ts), and no login that was refused is sent again (login-account.ts).

import type { HttpRequest, Send } from '../http/send.ts';
import { type Answer, isChallenged } from './answer.ts';
import { type Attempt, createAttempts } from './attempts.ts';
import type { Credential } from './credential.ts';
import { createChallengeFinder } from './find-challenges.ts';
import { createImageTokens } from './image-tokens.ts';
import { keepRecent } from './keep-recent.ts';
import { logIn } from './log-in.ts';
import { createLoginAccount } from './login-account.ts';
import type { LoginMemory } from './login-memory.ts';
import type { Plan } from './plan.ts';
import { answerStranger, isStrangersChallenge } from './stranger.ts';
import { createTurn } from './turn.ts';

export type { Answer, Login, RefusedLogin } from './answer.ts';

export interface AuthenticatorOptions {
  readonly send: Send;
  /** The registry's base URL: its origin is where credentials may go. */
  readonly base: URL;
  readonly repository: string;
  /** Read only when a challenge asks for a login; the most specific first. */
  readonly credentials: () => AsyncIterable<Credential>;
  readonly memory: LoginMemory;
}

/** Sends a request of one image, logging in when asked to. */
export type Ask = (request: HttpRequest) => Promise<Answer>;

export function createAuthenticator(options: AuthenticatorOptions): Ask {
  const { send, base, repository, credentials, memory } = options;
  const account = createLoginAccount({ origin: base.origin, repository }, memory);
  const attempts = createAttempts(send, createImageTokens(send, base, memory), account);
  const findChallenges = createChallengeFinder(send, base);
  const inTurn = createTurn();
  const key = `${base.origin} ${repository}`;
  /** What the registry takes for this image. */
  let plan: Plan | undefined;

  const attempt = async (request: HttpRequest, tried: Plan): Promise<Attempt | undefined> => {
    const made = await attempts.make(tried, request);
    if (made !== undefined && isTaken(made.answer)) {
      plan = tried;
      keepRecent(memory.plans, key, { plan: tried, refused: made.answer.login.refused });
    }
    return made;
  };

  /** Starts where an earlier image of the repository ended; undefined when that leads nowhere any more. */
  const recall = async (request: HttpRequest): Promise<Answer | undefined> => {
    const remembered = memory.plans.get(key);
    if (remembered === undefined) return undefined;
    account.resume(remembered.refused);
    const made = await attempt(request, remembered.plan);
    if (made !== undefined && made.obstacle !== 'login' && !isChallenged(made.answer)) return made.answer;
    memory.plans.delete(key);
    account.resume([]);
    return undefined;
  };

  const askRegistry = async (request: HttpRequest): Promise<Answer> => {
    const known = plan === undefined ? await recall(request) : (await attempts.make(plan, request, true))?.answer;
    if (known !== undefined) return known;
    const plain = await attempts.plainly(request);
    if (plain.kind !== 'response' || !isChallenged(plain)) return plain;
    const { response } = plain;
    return inTurn(async () => {
      // Another request found the way while this one waited for its turn.
      if (plan !== undefined) return undefined;
      const challenges = await findChallenges(response, request.signal);
      const { url } = response;
      const answer = await logIn({ challenges, url, repository, credentials, attempt: (one) => attempt(request, one) });
      return answer ?? plain;
    }).then((answer) => answer ?? askRegistry(request));
  };

  return async (request) => {
    const answer = await askRegistry(request);
    return isStrangersChallenge(answer) ? answerStranger(attempts, base, request, answer) : answer;
  };
}

/** The registry takes the plan: what it answers is about the image. */
const isTaken = (answer: Answer): boolean =>
  answer.kind === 'response' && !isChallenged(answer) && answer.response.status !== 429 && answer.response.status < 500;
