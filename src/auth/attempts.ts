// Asks a question as planned, and says what stood in the way.

import type { HttpRequest, Send } from '../http/send.ts';
import type { AuthOutcome, BareOutcome, SentCredential } from './auth-outcome.ts';
import { basicAuthorization, bearerAuthorization } from './authorization.ts';
import { parseChallenges } from './challenge.ts';
import type { ImageTokens, TokenPlan } from './image-tokens.ts';
import type { LoginAccount, Obstacle } from './login-account.ts';
import type { Plan } from './plan.ts';
import { isTokenRefused } from './refusal.ts';
import type { TokenRefusal } from './token.ts';
import type { Fetched } from './token-cache.ts';

export interface Attempt {
  readonly answer: AuthOutcome;
  readonly obstacle: Obstacle | undefined;
}

export interface Manner {
  /** The plan has worked for the image. */
  readonly isProven?: boolean;
  /** Ends the wait for a token before the request's own signal does. */
  readonly patience?: AbortSignal | undefined;
}

export interface Attempts {
  /** Asks as nobody, showing nothing. */
  plainly(request: HttpRequest): Promise<AuthOutcome>;
  /** undefined: it would take a token, and no more may be asked for. */
  make(plan: Plan, request: HttpRequest, manner?: Manner): Promise<Attempt | undefined>;
}

export function createAttempts(
  send: Send,
  tokens: ImageTokens,
  account: LoginAccount,
  onCredentialSent: (sent: SentCredential) => void,
): Attempts {
  const noteSent = ({ place: { realm }, credential }: TokenPlan): void => {
    if (credential !== undefined) onCredentialSent({ credential, realm });
  };

  const show = async (request: HttpRequest, authorization?: string): Promise<BareOutcome> => {
    const headers = { ...request.headers, ...(authorization !== undefined && { authorization }) };
    const outcome = await send({ ...request, headers });
    return outcome.ok
      ? { kind: 'response', response: outcome.value }
      : { kind: 'failure', failure: outcome.error, from: 'registry' };
  };

  const showToken = async (
    plan: TokenPlan,
    request: HttpRequest,
    { isProven = false, patience = request.signal }: Manner,
  ): Promise<BareOutcome | undefined> => {
    const wish = { plan, origin: request.url.origin, isProven, signal: patience };
    const fetched = await tokens.get(wish);
    if (fetched !== undefined && wasReached(fetched)) noteSent(plan);
    if (!fetched?.ok) return fetched && answerOf(fetched.error);
    const answer = await show(request, bearerAuthorization(fetched.value.value));
    if (!isStale(answer, tokens.isOwn(fetched.value))) return answer;
    const renewed = await tokens.renew(wish, fetched.value);
    if (renewed === undefined) return answer;
    return renewed.ok ? show(request, bearerAuthorization(renewed.value.value)) : answerOf(renewed.error);
  };

  const ask = (plan: Plan, request: HttpRequest, manner: Manner): Promise<BareOutcome | undefined> => {
    switch (plan.kind) {
      case 'basic':
        return show(request, basicAuthorization(plan.credential.username, plan.credential.password));
      case 'registry-token':
        return show(request, bearerAuthorization(plan.credential.token));
      default:
        return showToken(plan, request, manner);
    }
  };

  return {
    async plainly(request) {
      const answer = await show(request);
      return { ...answer, credentials: account.describe(undefined, answer, undefined) };
    },
    make: (plan, request, manner = {}) =>
      account.afterFirstUse(plan.credential, request.signal, async () => {
        const known = account.knownRefusal(plan.credential);
        if (plan.kind === 'token' && known?.response.url.origin === plan.place.realm.origin) noteSent(plan);
        const answer = known ?? (await ask(plan, request, manner));
        if (answer === undefined) return undefined;
        // A login that is known to be wrong stays so, however it was to be shown this time.
        const obstacle = known?.response.status === 401 ? 'login' : obstacleOf(plan, answer, manner.isProven ?? false);
        if (plan.credential !== undefined && 'response' in answer) account.note(plan.credential, answer, obstacle);
        return { answer: { ...answer, credentials: account.describe(plan, answer, obstacle) }, obstacle };
      }),
  };
}

/** A token service whose connection never stood was sent nothing; one that gave a kept token had the login earlier. */
const wasReached = (fetched: Fetched): boolean =>
  fetched.ok ||
  fetched.error.kind === 'answer' ||
  (fetched.error.failure.kind !== 'paused' && ['headers', 'body'].includes(fetched.error.failure.phase));

const answerOf = (refusal: TokenRefusal): BareOutcome =>
  refusal.kind === 'failure'
    ? { kind: 'failure', failure: refusal.failure, from: 'token-service' }
    : { kind: 'token-refused', response: refusal.response, problem: refusal.problem };

/** Whether a new token may do better. The one this very image asked for is good, unless the registry says it is not. */
function isStale(answer: BareOutcome, isOwn: boolean): boolean {
  if (answer.kind !== 'response' || answer.response.crossedOrigin) return false;
  const { status, headers } = answer.response;
  // ECR Public answers an expired token with a bare 400.
  if (!isOwn) return status === 401 || status === 400;
  // RFC 6750 section 3.1.
  const challenges = parseChallenges(headers.all('www-authenticate'));
  return status === 401 && challenges.some(({ params }) => params.error === 'invalid_token');
}

function obstacleOf(plan: Plan, answer: BareOutcome, isProven: boolean): Obstacle | undefined {
  if (answer.kind === 'token-refused') return isTokenRefused(answer.response) ? 'login' : undefined;
  if (answer.kind !== 'response' || answer.response.crossedOrigin) return undefined;
  const { status } = answer.response;
  if (status === 401) return plan.kind === 'token' || isProven ? 'access' : 'login';
  return status === 403 ? 'access' : undefined;
}
