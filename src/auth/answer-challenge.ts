// Answers the challenges of a registry with every stored credential in turn, and last without one.

import type { Credential } from '../credentials/credential.ts';
import type { AuthMethod } from './auth-method.ts';
import { type AuthOutcome, isChallenged, unanswered } from './auth-outcome.ts';
import type { Attempt, AuthenticatorOptions } from './authorized-send.ts';
import type { Challenge } from './challenge.ts';
import { type Challenged, type TokenEndpoint, tokenEndpointOf } from './token-endpoint.ts';

/** undefined when no more tokens may be requested. */
export type TryMethod = (method: AuthMethod) => Promise<Attempt | undefined>;

/** By preference. */
const SCHEMES = ['bearer', 'basic'];
/** With more, a registry could lock the account. */
const MAX_PASSWORDS = 2;

/** The outcome of the best challenge; undefined when there was nothing to answer with. */
export async function answerChallenges(
  challenges: readonly Challenge[],
  challenged: Challenged,
  options: AuthenticatorOptions,
  attempt: TryMethod,
): Promise<AuthOutcome | undefined> {
  const supported = SCHEMES.flatMap((scheme) => challenges.filter((challenge) => challenge.scheme === scheme));
  if (supported.length === 0 && challenges.length > 0) {
    const schemes = [...new Set(challenges.map(({ scheme }) => scheme))];
    const shown = challenged.quote(schemes.join(', '), 60);
    return unanswered({ problem: `it requires the unsupported scheme${schemes.length > 1 ? 's' : ''} "${shown}"` });
  }
  let best: AuthOutcome | undefined;
  for (const challenge of supported) {
    const outcome = await answerChallenge(challenge, challenged, options, attempt);
    if (outcome?.kind === 'response' && !isChallenged(outcome)) return outcome;
    // The first one says most, unless only a later one got a response of the registry.
    if (best === undefined || (best.kind !== 'response' && outcome?.kind === 'response')) best = outcome;
  }
  return best;
}

async function answerChallenge(
  challenge: Challenge,
  challenged: Challenged,
  options: AuthenticatorOptions,
  attempt: TryMethod,
): Promise<AuthOutcome | undefined> {
  if (challenge.scheme === 'basic') return answerBasic(options.credentials(), attempt);
  const endpoint = tokenEndpointOf(challenge, challenged, options);
  return endpoint.ok ? answerBearer(endpoint.value, options.credentials(), attempt) : unanswered(endpoint.error);
}

/** RFC 7617; undefined when there is no user name and password. */
async function answerBasic(
  credentials: AsyncIterable<Credential>,
  attempt: TryMethod,
): Promise<AuthOutcome | undefined> {
  const { decided, refused } = await tryEach(basicMethods(credentials), attempt);
  return decided ?? refused;
}

async function* basicMethods(credentials: AsyncIterable<Credential>): AsyncGenerator<AuthMethod> {
  let tried = 0;
  for await (const credential of credentials) {
    if (credential.kind !== 'password') continue;
    yield { kind: 'basic', credential };
    tried += 1;
    if (tried === MAX_PASSWORDS) return;
  }
}

/** RFC 6750 section 3: with a token for each stored credential, then with an anonymous one. */
export async function answerBearer(
  endpoint: TokenEndpoint,
  credentials: AsyncIterable<Credential>,
  attempt: TryMethod,
): Promise<AuthOutcome | undefined> {
  let unsent: AuthOutcome | undefined;
  async function* bearerMethods(): AsyncGenerator<AuthMethod> {
    for await (const credential of credentials) {
      if (credential.kind === 'registry-token') yield { kind: 'registry-token', credential };
      else if (endpoint.cleartextOrigin === undefined) yield { kind: 'token', endpoint, credential };
      else {
        const problem = `it names the token service ${endpoint.cleartextOrigin}, which does not use encryption`;
        unsent = unanswered({ problem, because: 'cleartext-credentials' });
        return;
      }
    }
  }
  const { decided, refused } = await tryEach(bearerMethods(), attempt);
  if (decided !== undefined) return decided;
  if (unsent !== undefined) return refused ?? unsent;
  const anonymous = await attempt({ kind: 'token', endpoint, credential: undefined });
  return anonymous?.outcome ?? refused;
}

/** Tries the methods until one is not denied: what is wrong then is not the credential. */
async function tryEach(
  methods: AsyncIterable<AuthMethod>,
  attempt: TryMethod,
): Promise<{ decided: AuthOutcome | undefined; refused: AuthOutcome | undefined }> {
  let refused: AuthOutcome | undefined;
  let withoutAccess: AuthOutcome | undefined;
  for await (const method of methods) {
    const made = await attempt(method);
    if (made === undefined) break;
    if (made.denial === undefined) return { decided: made.outcome, refused };
    if (made.denial === 'authentication') refused = made.outcome;
    else withoutAccess ??= made.outcome;
  }
  // A valid credential without access to the image says more than a refused one, or an anonymous response.
  return { decided: withoutAccess, refused };
}
