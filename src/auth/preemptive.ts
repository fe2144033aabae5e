// Preemptive authentication (RFC 7617 section 2.2): sends the first request of an image with a token before the registry
// challenges it, from the token endpoint that is remembered or known for it, while the connection to the registry opens.
//
// It saves round trips and decides nothing: without this file and its line in authenticate.ts every outcome stays the
// same. A response to a token is about the image, and final. A refusal, of the token or by the token service, is final
// only if the registry's own challenge names the same endpoint.

import { cleanText } from '../core/text.ts';
import type { HttpRequest } from '../http/send.ts';
import { answerBearer } from './answer-challenge.ts';
import { type AuthOutcome, isChallenged, mayNeedCredentials } from './auth-outcome.ts';
import type { AuthenticatorOptions, AuthorizedSend } from './authorized-send.ts';
import { type Challenge, challengesOf, type KnownChallenge } from './challenge.ts';
import type { MethodSearch } from './method-search.ts';
import { type ChallengedBy, pingForChallenge } from './ping-challenge.ts';
import { bearerEndpoint, isSameEndpoint, realmNamedBy, type TokenEndpoint, tokenEndpointOf } from './token-endpoint.ts';

/** A token service that no response has just named may be gone, although the registry works: it gets no more time. */
const TOKEN_TIMEOUT_MS = 3_000;

/** Sends a request with a token if it is the first and there is a guess, otherwise anonymously. */
export function withPreemptiveToken(
  sender: AuthorizedSend,
  search: MethodSearch,
): (request: HttpRequest) => Promise<AuthOutcome> {
  let isTried = false;
  return async (request) => {
    const early = await search.alone(async () => {
      if (isTried) return undefined;
      isTried = true;
      return sendEarly(request, sender, search);
    });
    return early ?? (await search.sendAccepted(request)) ?? sender.sendAnonymously(request);
  };
}

const REMEMBERED = { run: ' (from this run)', file: ' (from an earlier run)', table: ' (well-known registry)' };

/** The final outcome, or that of the anonymous request that disproved the guess; undefined when there is no guess. */
async function sendEarly(
  request: HttpRequest,
  sender: AuthorizedSend,
  search: MethodSearch,
): Promise<AuthOutcome | undefined> {
  const { options } = sender;
  const { base, memory, knownChallenge, open } = options;
  const recalled = await memory.challenges.recall(base.origin, knownChallenge);
  if (recalled === undefined) return undefined;
  const guessed = tokenEndpointOf({ params: paramsOf(recalled.challenge) }, { url: base, quote: cleanText }, options);
  if (!guessed.ok) return undefined;
  const endpoint = guessed.value;
  const { realm, scopes } = endpoint;
  memory.onEvent?.({
    ...{ type: 'memory', what: 'challenge', host: base.host },
    detail: cleanText(
      `token service ${realm.origin}${realm.pathname}, scope ${scopes.join(' ')}${REMEMBERED[recalled.from]}`,
    ),
  });
  open?.(base);
  open?.(endpoint.realm, realmNamedBy(base, endpoint.realm));
  if (!recalled.isLive) sender.restart(endpoint.realm.href);
  const tokenSignal = AbortSignal.any([request.signal, AbortSignal.timeout(TOKEN_TIMEOUT_MS)]);
  const attempt = await answerBearer(endpoint, request, sender, { tokenSignal });
  if (attempt === undefined) return undefined;
  const { outcome } = attempt;
  if (isConclusive(outcome)) {
    if (recalled.isLive || !mayNeedCredentials(outcome)) {
      search.accept(attempt);
      return outcome;
    }
    // To a registry that requires something else by now, it was a request without credentials.
    return (await isNamedByPing(endpoint, request, options)) ? outcome : confirm(endpoint, outcome, request, sender);
  }
  // Harbor and Gitea require something else once they have received a token: only the same endpoint counts.
  if (outcome.kind === 'response' && isChallenged(outcome)) {
    const { response } = outcome;
    if (isNamed(endpoint, { challenges: challengesOf(response), challenged: response }, options)) return outcome;
  }
  return confirm(endpoint, outcome, request, sender);
}

/** By an anonymous request: `refused` is final if the registry names the endpoint and the token service was reached. */
async function confirm(
  endpoint: TokenEndpoint,
  refused: AuthOutcome,
  request: HttpRequest,
  sender: AuthorizedSend,
): Promise<AuthOutcome> {
  const { options } = sender;
  const anonymous = await sender.sendAnonymously(request);
  if (refused.kind !== 'failure' && mayNeedCredentials(anonymous)) {
    const { response } = anonymous;
    if (isNamed(endpoint, { challenges: challengesOf(response), challenged: response }, options)) return refused;
    if (await isNamedByPing(endpoint, request, options)) return refused;
  }
  options.memory.challenges.forget(options.base.origin);
  sender.restart();
  // What the wrong token service refused does not count.
  return { ...anonymous, credentials: { used: undefined, refused: [], withToken: false } };
}

async function isNamedByPing(
  endpoint: TokenEndpoint,
  { signal }: HttpRequest,
  options: AuthenticatorOptions,
): Promise<boolean> {
  const pinged = await pingForChallenge(options, signal);
  return pinged !== undefined && isNamed(endpoint, pinged, options);
}

function isNamed(
  endpoint: TokenEndpoint,
  { challenges, challenged }: ChallengedBy,
  options: AuthenticatorOptions,
): boolean {
  const named = bearerEndpoint(challenges, challenged, options);
  return named !== undefined && isSameEndpoint(named, endpoint);
}

const paramsOf = ({ realm, service, scope }: KnownChallenge): Challenge['params'] => ({
  realm,
  ...(service !== undefined && { service }),
  ...(scope !== undefined && { scope }),
});

/** Whether an outcome counts, whatever the registry would have required. */
function isConclusive(outcome: AuthOutcome): boolean {
  switch (outcome.kind) {
    case 'response':
      // To a token of another service, registries answer 401, some 403, ECR Public 400.
      return outcome.response.crossedOrigin || ![400, 401, 403].includes(outcome.response.status);
    case 'token-refused':
      return outcome.response.status === 429;
    case 'failure':
      return outcome.from === 'registry';
    default:
      return false;
  }
}
