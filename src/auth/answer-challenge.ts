// Answers the challenges of a registry. Bearer: with a token for each stored credential and, if all were refused, with an
// anonymous one. Basic: with at most two passwords.

import { passwordOf } from '../credentials/credential.ts';
import type { HttpRequest } from '../http/send.ts';
import type { AuthMethod } from './auth-method.ts';
import { isChallenged, unanswered } from './auth-outcome.ts';
import type { Attempt, AuthorizedSend, SendOptions } from './authorized-send.ts';
import { answerable, type Challenge } from './challenge.ts';
import { bearerEndpoint, type Challenged, type TokenEndpoint, tokenEndpointOf } from './token-endpoint.ts';

/** With more, a registry could lock the account. */
const MAX_PASSWORDS = 2;

/** The attempt with the best challenge; undefined when there was nothing to answer with. */
export async function answerChallenges(
  challenges: readonly Challenge[],
  challenged: Challenged,
  request: HttpRequest,
  sender: AuthorizedSend,
): Promise<Attempt | undefined> {
  const { base, repository, memory } = sender.options;
  const attempt = await answerBest(challenges, challenged, request, sender);
  const endpoint = bearerEndpoint(challenges, challenged, sender.options);
  if (endpoint === undefined) memory.challenges.forget(base.origin);
  else if (attempt?.outcome.kind === 'response') memory.challenges.learn(base.origin, repository, endpoint);
  return attempt;
}

async function answerBest(
  challenges: readonly Challenge[],
  challenged: Challenged,
  request: HttpRequest,
  sender: AuthorizedSend,
): Promise<Attempt | undefined> {
  const supported = answerable(challenges);
  if (supported.length === 0 && challenges.length > 0) {
    const schemes = [...new Set(challenges.map(({ scheme }) => scheme))];
    const shown = challenged.quote(schemes.join(', '), 60);
    const problem = `it requires the unsupported scheme${schemes.length > 1 ? 's' : ''} "${shown}"`;
    return { outcome: unanswered({ problem }) };
  }
  let best: Attempt | undefined;
  for (const challenge of supported) {
    const attempt = await answerChallenge(challenge, challenged, request, sender);
    if (attempt?.outcome.kind === 'response' && !isChallenged(attempt.outcome)) return attempt;
    // The first one says most, unless only a later one got a response of the registry.
    const isFirstResponse = best?.outcome.kind !== 'response' && attempt?.outcome.kind === 'response';
    if (best === undefined || isFirstResponse) best = attempt;
  }
  return best;
}

async function answerChallenge(
  challenge: Challenge,
  challenged: Challenged,
  request: HttpRequest,
  sender: AuthorizedSend,
): Promise<Attempt | undefined> {
  if (challenge.scheme === 'basic') return answerBasic(request, sender);
  const endpoint = tokenEndpointOf(challenge, challenged, sender.options);
  return endpoint.ok ? answerBearer(endpoint.value, request, sender) : { outcome: unanswered(endpoint.error) };
}

/** RFC 7617; undefined when there is no user name and password. */
async function answerBasic(request: HttpRequest, sender: AuthorizedSend): Promise<Attempt | undefined> {
  const { decided, refused } = await tryEach(basicMethods(sender), request, sender);
  return decided ?? refused;
}

async function* basicMethods(sender: AuthorizedSend): AsyncGenerator<AuthMethod> {
  let tried = 0;
  for await (const stored of sender.options.credentials()) {
    const credential = passwordOf(stored);
    if (credential === undefined) {
      sender.omit(stored);
      continue;
    }
    yield { kind: 'basic', credential };
    tried += 1;
    if (tried === MAX_PASSWORDS) return;
  }
}

/** RFC 6750 section 3: with a token for each stored credential, then with an anonymous one. */
export async function answerBearer(
  endpoint: TokenEndpoint,
  request: HttpRequest,
  sender: AuthorizedSend,
  options?: SendOptions,
): Promise<Attempt | undefined> {
  let unsent: Attempt | undefined;
  async function* bearerMethods(): AsyncGenerator<AuthMethod> {
    for await (const credential of sender.options.credentials()) {
      if (credential.kind === 'registry-token') yield { kind: 'registry-token', credential };
      else if (endpoint.cleartextOrigin === undefined) yield { kind: 'token', endpoint, credential };
      else {
        const problem = `it names the token service ${endpoint.cleartextOrigin}, which does not use encryption`;
        unsent = { outcome: unanswered({ problem, because: 'cleartext-credentials' }) };
        return;
      }
    }
  }
  const { decided, refused } = await tryEach(bearerMethods(), request, sender, options);
  if (decided !== undefined) return decided;
  if (unsent !== undefined) return refused ?? unsent;
  const anonymous: AuthMethod = { kind: 'token', endpoint, credential: undefined };
  return (await sender.sendWith(anonymous, request, options)) ?? refused;
}

/** Tries the methods until one is not denied: what is wrong then is not the credential. */
async function tryEach(
  methods: AsyncIterable<AuthMethod>,
  request: HttpRequest,
  sender: AuthorizedSend,
  options?: SendOptions,
): Promise<{ decided: Attempt | undefined; refused: Attempt | undefined }> {
  let refused: Attempt | undefined;
  let withoutAccess: Attempt | undefined;
  for await (const method of methods) {
    const attempt = await sender.sendWith(method, request, options);
    if (attempt === undefined) break;
    if (attempt.denial === undefined) return { decided: attempt, refused };
    if (attempt.denial === 'authentication') refused = attempt;
    else withoutAccess ??= attempt;
  }
  // A valid credential without access to the image says more than a refused one, or an anonymous response.
  return { decided: withoutAccess, refused };
}
