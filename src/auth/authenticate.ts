// Answers a registry's 401 as well as it can be answered: RFC 9110 section 11, distribution token specification.
//
// The request itself brings the challenge, unless it can be guessed (guess.ts): then the token is asked for while the
// connection to the registry opens. What worked is kept, for the other requests of the image and for the next image of
// the repository. Until then, in this order: Bearer before Basic (log-in.ts), the most specific login first, and last,
// where that is possible, no login at all (bearer.ts, basic.ts). Bounds: two questions for a token an image
// (image-tokens.ts), two more after a wrong guess, and no login that was refused is sent again (login-account.ts).

import { setBounded } from '../core/bounded-map.ts';
import { cleanText } from '../core/text.ts';
import { type Credential, isSameCredential } from '../credentials/credential.ts';
import type { HttpRequest, HttpResponse, NamedByRegistry, Send } from '../http/send.ts';
import { type Attempt, createAttempts } from './attempts.ts';
import type { AuthMemory } from './auth-memory.ts';
import { type AuthOutcome, isChallenged, type SentCredential } from './auth-outcome.ts';
import { answerBearer } from './bearer.ts';
import type { KnownChallenge } from './challenge.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import { createChallengeFinder } from './find-challenges.ts';
import { isConclusive, isSamePlace, paramsOf, patienceFor } from './guess.ts';
import { createImageTokens, namerOf } from './image-tokens.ts';
import { logIn, placeOf } from './log-in.ts';
import { createLoginAccount } from './login-account.ts';
import type { Plan, TokenPlace } from './plan.ts';
import { answerStranger, isStrangersChallenge } from './stranger.ts';
import { createTurn } from './turn.ts';

export type { AuthOutcome, CredentialsTried, RefusedCredential, SentCredential } from './auth-outcome.ts';

export interface AuthenticatorOptions {
  readonly send: Send;
  /** The registry's base URL: its origin is where credentials may go. */
  readonly base: URL;
  /** `GET /v2/` without credentials. */
  readonly ping: (signal: AbortSignal) => ReturnType<Send>;
  readonly repository: string;
  /** Read only when a challenge asks for a login; the most specific first. */
  readonly credentials: () => AsyncIterable<Credential>;
  readonly memory: AuthMemory;
  /** What the registry is known to ask for, where nothing newer is remembered. */
  readonly expected?: KnownChallenge | undefined;
  /** The hosts that its token service may have (realm-list.ts); unset: any. */
  readonly realms?: readonly string[] | undefined;
  /** A login went to a token service: for this image, or for an earlier one whose plan or refusal it takes over. */
  readonly onCredentialSent?: ((sent: SentCredential) => void) | undefined;
  /** Begins to open a connection that a request will follow on. */
  readonly open?: (url: URL, namedBy?: NamedByRegistry) => void;
}

/** Sends a request of one image, logging in when asked to. */
export type AuthenticatedSend = (request: HttpRequest) => Promise<AuthOutcome>;

export function createAuthenticator(options: AuthenticatorOptions): AuthenticatedSend {
  const { send, base, ping, repository, credentials, memory, expected, realms, open } = options;
  const { origin } = base;
  const findChallenges = createChallengeFinder(ping);
  const inTurn = createTurn();
  const sent: SentCredential[] = [];
  const noteSent = (login: SentCredential): void => {
    const { credential, realm } = login;
    if (sent.some((one) => isSameCredential(one.credential, credential) && one.realm.href === realm.href)) return;
    sent.push(login);
    options.onCredentialSent?.(login);
  };
  const key = `${origin} ${repository}`;
  /** What is refused by a token service that was guessed says nothing to the right one. */
  const start = (guessed?: TokenPlace) => {
    const asked = { origin: guessed === undefined ? origin : `${origin} by ${guessed.realm.href}`, repository };
    const account = createLoginAccount(asked, memory);
    const tokens = createImageTokens(send, base, memory);
    return { account, attempts: createAttempts(send, tokens, account, noteSent) };
  };
  let { account, attempts } = start();
  /** What the registry takes for this image. */
  let plan: Plan | undefined;
  let hasGuessed = false;
  /** A guess the registry has yet to confirm, and what came of it. */
  let doubted: { readonly place: TokenPlace; readonly answer: AuthOutcome } | undefined;

  const keep = (tried: Plan, made: Attempt | undefined): Attempt | undefined => {
    if (made !== undefined && isTaken(made.answer)) {
      plan = tried;
      setBounded(memory.plans, key, { plan: tried, refused: made.answer.credentials.refused, sent: [...sent] });
    }
    return made;
  };

  const attempt = async (request: HttpRequest, tried: Plan): Promise<Attempt | undefined> =>
    keep(tried, await attempts.make(tried, request));

  /** Starts where an earlier image of the repository ended; undefined when that leads nowhere any more. */
  const recall = async (request: HttpRequest): Promise<AuthOutcome | undefined> => {
    const remembered = memory.plans.get(key);
    if (remembered === undefined) return undefined;
    account.resume(remembered.refused);
    for (const login of remembered.sent) noteSent(login);
    const made = await attempt(request, remembered.plan);
    if (made !== undefined && made.obstacle !== 'login' && !isChallenged(made.answer)) return made.answer;
    memory.plans.delete(key);
    account.resume([]);
    return undefined;
  };

  const bearerPlace = (challenges: readonly Challenge[], challenged: HttpResponse): TokenPlace | undefined => {
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    const place = bearer && placeOf(bearer.params, challenged, repository, realms);
    return place?.ok ? place.value : undefined;
  };

  /** The registry itself asks for the token that it was shown. */
  const confirms = (response: HttpResponse, place: TokenPlace): boolean => {
    if (response.status !== 401 || response.crossedOrigin) return false;
    const asked = bearerPlace(parseChallenges(response.headers.all('www-authenticate')), response);
    return asked !== undefined && isSamePlace(asked, place);
  };

  /** Once an image; undefined when nothing can be guessed, or when only the registry can tell what came of it. */
  const guess = async (request: HttpRequest): Promise<AuthOutcome | undefined> => {
    if (hasGuessed) return undefined;
    hasGuessed = true;
    const recalled = await memory.challenges.recall(origin, expected);
    if (recalled === undefined) return undefined;
    const place = placeOf(paramsOf(recalled.challenge), { url: base, quote: cleanText }, repository, realms);
    if (!place.ok) return undefined;
    open?.(base);
    open?.(place.value.realm, namerOf(place.value.realm, base));
    if (!recalled.isLive) ({ account, attempts } = start(place.value));
    const patience = patienceFor(request.signal);
    const answer = await answerBearer(place.value, credentials(), async (tried) => {
      const made = await attempts.make(tried, request, { patience });
      return made !== undefined && isConclusive(made.answer) ? keep(tried, made) : made;
    });
    // Harbor and Gitea ask for something else once they were shown a token: only the same place counts.
    const isConfirmed = answer?.kind === 'response' && confirms(answer.response, place.value);
    if (answer === undefined || isConfirmed || isConclusive(answer)) return answer;
    doubted = { place: place.value, answer };
    return undefined;
  };

  /** What the registry's own challenge makes of a doubted guess. */
  const settleDoubt = (place: TokenPlace | undefined): AuthOutcome | undefined => {
    if (doubted === undefined) return undefined;
    const { place: guessed, answer } = doubted;
    // A token service that could not be reached was not waited for long.
    const isConfirmed = place !== undefined && isSamePlace(place, guessed) && answer.kind !== 'failure';
    if (!isConfirmed) dropGuess();
    doubted = undefined;
    return isConfirmed ? answer : undefined;
  };

  const dropGuess = (): void => {
    doubted = undefined;
    memory.challenges.forget(origin);
    ({ account, attempts } = start());
  };

  const askRegistry = async (request: HttpRequest): Promise<AuthOutcome> => {
    const known =
      plan === undefined ? await recall(request) : (await attempts.make(plan, request, { isProven: true }))?.answer;
    if (known !== undefined) return known;
    const guessed = await inTurn(async () => (plan === undefined ? guess(request) : undefined));
    if (guessed !== undefined) return guessed;
    if (plan !== undefined) return askRegistry(request);

    const plain = await attempts.plainly(request);
    if (plain.kind !== 'response' || !isChallenged(plain)) {
      if (doubted !== undefined) dropGuess();
      return plain;
    }
    const { response } = plain;
    return inTurn(async () => {
      // Another request found the way while this one waited for its turn.
      if (plan !== undefined) return undefined;
      const challenges = await findChallenges(response, request.signal);
      const place = bearerPlace(challenges, response);
      const confirmed = settleDoubt(place);
      if (confirmed !== undefined) return confirmed;
      const task = { challenges, challenged: response, repository, realms, credentials };
      const answer = await logIn({ ...task, attempt: (one) => attempt(request, one) });
      if (place === undefined) memory.challenges.forget(origin);
      else if (answer?.kind === 'response') memory.challenges.note(origin, repository, place);
      return answer ?? plain;
    }).then((answer) => answer ?? askRegistry(request));
  };

  return async (request) => {
    const answer = await askRegistry(request);
    return isStrangersChallenge(answer) ? answerStranger(attempts, { base, realms }, request, answer) : answer;
  };
}

/** The registry takes the plan: what it answers is about the image. */
const isTaken = (answer: AuthOutcome): boolean =>
  answer.kind === 'response' && !isChallenged(answer) && answer.response.status !== 429 && answer.response.status < 500;
