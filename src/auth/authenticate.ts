// Answers a registry's 401 as well as it can be answered: RFC 9110 section 11, distribution token specification.
//
// The request itself brings the challenge; nothing is asked beforehand. Of the challenges the best supported is
// answered first (Bearer, then Basic), with each stored login in turn and then without one. Bounds: two token
// requests an image, and a login that was refused is not sent again.

import { cleanText } from '../core/text.ts';
import type { HttpFailure } from '../http/failure.ts';
import type { HttpRequest, HttpResponse, NamedBy, Send } from '../http/send.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { Credential } from './credential.ts';
import { type LoginMemory, loginKey, type Plan, rememberPlan } from './login-memory.ts';
import { vetRealm } from './realm.ts';
import { saysBadLogin } from './refusal.ts';
import { scopesFor } from './scope.ts';
import { basicAuthorization, fetchToken, type TokenQuestion } from './token.ts';

export interface RefusedLogin {
  readonly credential: Credential;
  readonly response: HttpResponse;
}

/** How the question was asked in the end. */
export interface Login {
  readonly used: Credential | undefined;
  readonly refused: readonly RefusedLogin[];
  /** A token was sent with the last request. */
  readonly withToken: boolean;
}

export type Answer = { readonly login: Login } & (
  | { readonly kind: 'response'; readonly response: HttpResponse }
  | { readonly kind: 'failure'; readonly failure: HttpFailure; readonly from: 'registry' | 'token-service' }
  /** The token service answered, without a token. */
  | { readonly kind: 'token-refused'; readonly response: HttpResponse; readonly problem: string | null }
  | { readonly kind: 'bad-challenge'; readonly problem: string }
);

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

interface Authorization {
  readonly header: string;
  readonly credential: Credential | undefined;
  /** Unset for Basic and for tokens that were given, not fetched. */
  readonly tokenKey: string | undefined;
  /** Taken over from an earlier image: may have gone stale. */
  readonly reused: boolean;
}

const MAX_TOKEN_REQUESTS = 2;
const MAX_BASIC_LOGINS = 2;
const MAX_PING_BYTES = 16 * 1024;
const PREFERENCE = ['bearer', 'basic'];

export function createAuthenticator({ send, base, repository, credentials, memory }: AuthenticatorOptions): Ask {
  const planKey = `${base.origin} ${repository}`;
  const refused: RefusedLogin[] = [];
  let authorization: Authorization | undefined;
  let tokenRequests = 0;

  const login = (): Login => ({
    used: authorization?.credential,
    refused: [...refused],
    withToken: authorization !== undefined && authorization.header.startsWith('Bearer '),
  });

  const sendWith = async (request: HttpRequest): Promise<Answer> => {
    const headers =
      authorization === undefined ? request.headers : { ...request.headers, authorization: authorization.header };
    const outcome = await send({ ...request, headers });
    return outcome.ok
      ? { kind: 'response', response: outcome.value, login: login() }
      : { kind: 'failure', failure: outcome.error, from: 'registry', login: login() };
  };

  const isRefused = (credential: Credential): boolean =>
    refused.some((one) => loginKey(one.credential) === loginKey(credential));

  /** A kept token, or a new one within the bound; undefined when the bound is reached. */
  const obtainToken = async (plan: Plan & { scheme: 'bearer' }, namedBy: NamedBy, signal: AbortSignal) => {
    const { realm, service, scopes, credential } = plan;
    const key = [base.origin, realm.href, service, ...scopes, loginKey(credential)].join('\n');
    const question: TokenQuestion = { realm, service, scopes, credential, namedBy, signal };
    const fetch = () => {
      tokenRequests += 1;
      return fetchToken(send, question);
    };
    if (tokenRequests >= MAX_TOKEN_REQUESTS) return undefined;
    const { fetched, reused } = memory.tokens.get(key, fetch);
    const outcome = await fetched;
    // A fetch shared with another image may have ended at that image's deadline, not ours.
    if (!outcome.ok && reused) return { key, reused: false, outcome: await fetch() };
    return { key, reused, outcome };
  };

  const adopt = (plan: Plan, header: string, tokenKey: string | undefined, reused: boolean): void => {
    authorization = { header, credential: plan.credential, tokenKey, reused };
  };

  const answerBearer = async (
    request: HttpRequest,
    challenge: Challenge,
    challenged: HttpResponse,
  ): Promise<Answer> => {
    const vetted = vetRealm(challenge.params.realm, challenged.url);
    if (!vetted.ok)
      return { kind: 'bad-challenge', problem: `the token service it names ${vetted.error}`, login: login() };
    const stranger = challenged.crossedOrigin;
    const namedBy: NamedBy = { registry: bareHost(base), as: 'realm' };
    const { service, scope } = challenge.params;
    const question = { scheme: 'bearer', realm: vetted.value, service, scopes: scopesFor(scope, repository) } as const;
    // Whoever a redirect led to gets no login of the registry's: it was not stored for them.
    const logins = stranger ? none() : credentials();
    let refusal: Answer | undefined;

    const attempt = async (credential: Credential | undefined): Promise<Answer | 'refused'> => {
      const plan: Plan = { ...question, credential };
      if (credential?.kind === 'registry-token') {
        adopt(plan, `Bearer ${credential.token.reveal()}`, undefined, false);
        const answer = await sendWith(request);
        if (answer.kind !== 'response' || answer.response.status !== 401) return answer;
        refused.push({ credential, response: answer.response });
        authorization = undefined;
        refusal = { ...answer, login: login() };
        return 'refused';
      }
      const known = credential && memory.badLogins.get(`${vetted.value.href} ${loginKey(credential)}`);
      if (credential !== undefined && known !== undefined) {
        refused.push({ credential, response: known });
        refusal = { kind: 'token-refused', response: known, problem: null, login: login() };
        return 'refused';
      }
      const obtained = await obtainToken(plan, namedBy, request.signal);
      if (obtained === undefined) return refusal ?? { kind: 'response', response: challenged, login: login() };
      const { key, reused, outcome } = obtained;
      if (outcome.ok) {
        adopt(plan, `Bearer ${outcome.value.value.reveal()}`, key, reused);
        const answer = await sendWith(stranger ? toStranger(request, challenged, namedBy) : request);
        if (!stranger && isAccepted(answer)) rememberPlan(memory, planKey, plan);
        if (stranger) authorization = undefined;
        return stranger && answer.kind === 'response'
          ? { ...answer, response: { ...answer.response, crossedOrigin: true } }
          : answer;
      }
      if (outcome.error.kind === 'failure') {
        return { kind: 'failure', failure: outcome.error.failure, from: 'token-service', login: login() };
      }
      const { response, problem } = outcome.error;
      if (credential !== undefined && isLoginRefusal(response)) {
        refused.push({ credential, response });
        if (saysBadLogin(response)) memory.badLogins.set(`${vetted.value.href} ${loginKey(credential)}`, response);
        refusal = { kind: 'token-refused', response, problem, login: login() };
        return 'refused';
      }
      return { kind: 'token-refused', response, problem, login: login() };
    };

    for await (const credential of logins) {
      if (isRefused(credential)) continue;
      const answer = await attempt(credential);
      if (answer !== 'refused') return answer;
      // The last token request is kept for asking without a login.
      if (tokenRequests >= MAX_TOKEN_REQUESTS - 1) break;
    }
    const answer = await attempt(undefined);
    return answer === 'refused' ? (refusal as Answer) : answer;
  };

  const answerBasic = async (request: HttpRequest, challenged: Answer): Promise<Answer> => {
    let answer = challenged;
    let logins = 0;
    for await (const credential of credentials()) {
      if (credential.kind !== 'password' || isRefused(credential)) continue;
      if (logins >= MAX_BASIC_LOGINS) break;
      logins += 1;
      const plan: Plan = { scheme: 'basic', credential };
      adopt(plan, basicAuthorization(credential.username, credential.password), undefined, false);
      answer = await sendWith(request);
      if (answer.kind !== 'response' || answer.response.status !== 401) {
        if (isAccepted(answer)) rememberPlan(memory, planKey, plan);
        return answer;
      }
      refused.push({ credential, response: answer.response });
      authorization = undefined;
    }
    return { ...answer, login: login() };
  };

  /** Some registries challenge only at /v2/: their 401 for a manifest has no WWW-Authenticate. */
  const challengeOf = async (request: HttpRequest, response: HttpResponse): Promise<readonly string[]> => {
    const lines = response.headers.all('www-authenticate');
    if (lines.some((line) => line.trim() !== '') || response.crossedOrigin || authorization !== undefined) return lines;
    const { signal } = request;
    const ping = await send({
      method: 'GET',
      url: new URL('/v2/', base),
      headers: {},
      purpose: 'ping',
      maxBytes: MAX_PING_BYTES,
      signal,
    });
    return ping.ok && ping.value.status === 401 && !ping.value.crossedOrigin
      ? ping.value.headers.all('www-authenticate')
      : [];
  };

  const solve = async (request: HttpRequest, first: Answer & { kind: 'response' }): Promise<Answer> => {
    const lines = await challengeOf(request, first.response);
    const challenges = parseChallenges(lines);
    const supported = challenges
      .filter(({ scheme }) => PREFERENCE.includes(scheme))
      .filter(({ scheme }) => !(scheme === 'basic' && first.response.crossedOrigin))
      .sort((a, b) => PREFERENCE.indexOf(a.scheme) - PREFERENCE.indexOf(b.scheme));
    if (challenges.length > 0 && supported.length === 0 && !first.response.crossedOrigin) {
      const schemes = [...new Set(challenges.map(({ scheme }) => scheme))].join(', ');
      return { kind: 'bad-challenge', problem: `it asks for a login by ${cleanText(schemes, 60)}`, login: login() };
    }
    let best: Answer | undefined;
    for (const challenge of supported) {
      const answer =
        challenge.scheme === 'bearer'
          ? await answerBearer(request, challenge, first.response)
          : await answerBasic(request, first);
      if (isAccepted(answer)) return answer;
      // The first failure says most, unless a later challenge got an answer from the registry itself.
      if (best === undefined || (best.kind !== 'response' && answer.kind === 'response' && answer !== first))
        best = answer;
    }
    return best === undefined
      ? { ...first, login: login() }
      : { ...best, login: { ...best.login, refused: [...refused] } };
  };

  /** Starts where an earlier image of the repository ended. */
  const recall = async (signal: AbortSignal): Promise<void> => {
    const plan = memory.plans.get(planKey);
    if (plan?.scheme === 'basic' && plan.credential.kind === 'password') {
      adopt(plan, basicAuthorization(plan.credential.username, plan.credential.password), undefined, true);
    } else if (plan?.scheme === 'bearer') {
      const obtained = await obtainToken(plan, { registry: bareHost(base), as: 'realm' }, signal);
      if (obtained?.outcome.ok)
        adopt(plan, `Bearer ${obtained.outcome.value.value.reveal()}`, obtained.key, obtained.reused);
    }
  };

  return async (request) => {
    if (authorization === undefined) await recall(request.signal);
    const before = authorization;
    const answer = await sendWith(request);
    if (answer.kind !== 'response') return answer;
    const { response } = answer;
    const stale = before?.reused === true && (response.status === 401 || isBareRefusal(response));
    if (response.status !== 401 && !stale) return answer;
    if (before !== undefined && !response.crossedOrigin) {
      // A login that was just made and is refused all the same: asking once more would not change that.
      if (!stale) return answer;
      if (before.tokenKey !== undefined) memory.tokens.drop(before.tokenKey);
      memory.plans.delete(planKey);
      authorization = undefined;
      if (response.status !== 401) {
        const again = await sendWith(request);
        return again.kind === 'response' && again.response.status === 401 ? solve(request, again) : again;
      }
    }
    return solve(request, answer);
  };
}

async function* none(): AsyncGenerator<never> {}

const bareHost = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

const isAccepted = (answer: Answer): boolean => answer.kind === 'response' && answer.response.status !== 401;

/** ECR Public answers an expired token with a 400 that has no challenge. */
const isBareRefusal = ({ status, headers }: HttpResponse): boolean =>
  status === 400 && headers.get('www-authenticate') === undefined;

/** Chainguard answers 400 for a login that has expired. */
const isLoginRefusal = ({ status }: HttpResponse): boolean => status === 400 || status === 401 || status === 403;

const toStranger = (request: HttpRequest, { url }: HttpResponse, { registry }: NamedBy): HttpRequest => ({
  ...request,
  url,
  namedBy: { registry, as: 'redirect' },
});
