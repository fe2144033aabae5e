// Sends the requests of one image with an AuthMethod, and says whether the credential was denied.

import { type Credential, describeCredential, isSameCredential } from '../credentials/credential.ts';
import type { HttpRequest, HttpResponse, NamedByRegistry, Send } from '../http/send.ts';
import type { AcceptedMethod, AuthMemory } from './auth-memory.ts';
import { type AuthMethod, basicAuthorization, bearerAuthorization, type TokenMethod } from './auth-method.ts';
import type { AuthOutcome, BareOutcome, CredentialsTried, SentCredential } from './auth-outcome.ts';
import { challengesOf, type KnownChallenge } from './challenge.ts';
import { isTokenRefused } from './credential-rejection.ts';
import type { PingOutcome } from './ping.ts';
import { createRefusedCredentials, type Denial } from './refused-credentials.ts';
import type { TokenRefusal } from './token.ts';
import type { Token } from './token-answer.ts';
import type { FetchedToken } from './token-cache.ts';
import { createTokenSource, type TokenSource } from './token-source.ts';

export interface Attempt {
  readonly outcome: AuthOutcome;
  /** Unset: nothing was sent. */
  readonly method?: AuthMethod;
  readonly denial?: Denial | undefined;
}

export interface SendOptions {
  /** The method has worked for the image. */
  readonly isProven?: boolean;
  /** Ends the wait for a token before the request's own signal does. */
  readonly tokenSignal?: AbortSignal | undefined;
}

export interface AuthorizedSend {
  readonly options: AuthenticatorOptions;
  sendAnonymously(request: HttpRequest): Promise<AuthOutcome>;
  /** undefined: it would take a token, and no more may be requested. */
  sendWith(method: AuthMethod, request: HttpRequest, options?: SendOptions): Promise<Attempt | undefined>;
  /** The registry requires another kind of credential. */
  omit(credential: Credential): void;
  /** The first of those. */
  readonly omitted: Credential | undefined;
  /** Continues where an earlier image of the repository ended; undefined takes that back. */
  resume(earlier: AcceptedMethod | undefined): void;
  /** Forgets what was refused. `by`: refusals by it do not count for the registry's own challenge. */
  restart(by?: string): void;
  /** The credentials that token services were sent so far, each once. */
  readonly sent: readonly SentCredential[];
}

/** The check of one image, as far as authentication is concerned. */
export interface AuthenticatorOptions {
  readonly send: Send;
  /** The registry's base URL: credentials may be sent to its origin. */
  readonly base: URL;
  readonly repository: string;
  /** `GET /v2/` without credentials, sent once in a run. `hasAlternative`: as in HttpRequest. */
  readonly ping: (signal: AbortSignal, hasAlternative?: boolean) => Promise<PingOutcome>;
  /** Read only when a challenge requires a credential; the most specific first. */
  readonly credentials: () => AsyncIterable<Credential>;
  readonly memory: AuthMemory;
  /** What the registry is known to require, if nothing newer is remembered. */
  readonly knownChallenge?: KnownChallenge | undefined;
  /** The hosts that its token service may use (realm-list.ts); unset: any. */
  readonly realms?: readonly string[] | undefined;
  /** Whether the response may withhold what clients with credentials get; unset: by its status. */
  readonly isWithheld?: (request: HttpRequest, response: HttpResponse) => boolean;
  /** For a runtime that does not request `/v2/`: what is served only after the challenge of `/v2/` counts as refused. */
  readonly ignoresPing?: boolean | undefined;
  /** Starts to open a connection that a request will soon use. */
  readonly open?: (url: URL, namedBy?: NamedByRegistry) => void;
  /** A credential was sent to a token service: for this image, or for an earlier one whose method or refusal it uses. */
  readonly onCredentialSent?: ((sent: SentCredential) => void) | undefined;
}

interface SentResult {
  readonly outcome: BareOutcome;
  readonly isDropped?: true;
}

export function createAuthorizedSend(options: AuthenticatorOptions): AuthorizedSend {
  const { send, base, repository, memory, onCredentialSent } = options;
  const start = (by?: string) => {
    const origin = by === undefined ? base.origin : `${base.origin} by ${by}`;
    const refused = createRefusedCredentials({ origin, repository }, memory.refusals);
    return { origin, refused, tokens: createTokenSource(send, base, memory) };
  };
  let state = start();
  const sent: SentCredential[] = [];
  let omitted: Credential | undefined;

  const recordSent = (credential: Credential | undefined, realm: URL): void => {
    const isKnown = (one: SentCredential): boolean =>
      credential !== undefined && isSameCredential(one.credential, credential) && one.realm.href === realm.href;
    if (credential === undefined || sent.some(isKnown)) return;
    sent.push({ credential, realm });
    onCredentialSent?.({ credential, realm });
  };

  const sendPlain = async (request: HttpRequest, authorization?: string): Promise<BareOutcome> => {
    const headers = { ...request.headers, ...(authorization !== undefined && { authorization }) };
    const outcome = await send({ ...request, headers });
    return outcome.ok
      ? { kind: 'response', response: outcome.value }
      : { kind: 'failure', failure: outcome.error, from: 'registry' };
  };

  const sendWithToken = async (
    method: TokenMethod,
    request: HttpRequest,
    tokens: TokenSource,
    { isProven = false, tokenSignal = request.signal }: SendOptions,
  ): Promise<SentResult | undefined> => {
    const tokenRequest = { method, origin: request.url.origin, isProven, signal: tokenSignal };
    const fetched = await tokens.get(tokenRequest);
    if (fetched !== undefined && wasReached(fetched)) recordSent(method.credential, method.endpoint.realm);
    if (!fetched?.ok) return fetched && { outcome: refusedToken(fetched.error) };
    const result = await sendToken(method, request, fetched.value);
    if (!isStale(result.outcome, tokens.isOwn(fetched.value))) return result;
    const renewed = await tokens.renew(tokenRequest, fetched.value);
    if (renewed === undefined) return result;
    return renewed.ok ? sendToken(method, request, renewed.value) : { outcome: refusedToken(renewed.error) };
  };

  const sendToken = async (
    { credential }: TokenMethod,
    request: HttpRequest,
    { value, isFromElsewhere }: Token,
  ): Promise<SentResult> => {
    const outcome = await sendPlain(request, bearerAuthorization(value));
    return credential !== undefined && isFromElsewhere ? { outcome, isDropped: true } : { outcome };
  };

  return {
    options,
    sent,
    omit(credential) {
      omitted ??= credential;
    },
    get omitted() {
      return omitted;
    },
    async sendAnonymously(request) {
      const { refused } = state;
      const outcome = await sendPlain(request);
      return { ...outcome, credentials: refused.describe(undefined, outcome, undefined) };
    },
    async sendWith(method, request, sendOptions = {}) {
      const { origin, refused, tokens } = state;
      const { credential } = method;
      const authorized =
        credential === undefined
          ? request
          : { ...request, usesLogin: true, credential: describeCredential(credential) };
      const use = async (): Promise<Attempt | undefined> => {
        const known = refused.find(credential);
        if (method.kind === 'token' && known?.response.url.origin === method.endpoint.realm.origin) {
          recordSent(credential, method.endpoint.realm);
        }
        const result: SentResult | undefined =
          known !== undefined
            ? { outcome: known }
            : method.kind === 'token'
              ? await sendWithToken(method, authorized, tokens, sendOptions)
              : { outcome: await sendPlain(authorized, authorizationOf(method)) };
        if (result === undefined) return undefined;
        const { outcome, isDropped } = result;
        const { isProven = false } = sendOptions;
        // A credential that is known to be wrong stays wrong, however it was to be sent this time.
        const denial = known?.response.status === 401 ? 'authentication' : denialOf(method, outcome, isProven);
        if (credential !== undefined && 'response' in outcome) refused.record(credential, outcome, denial);
        const credentials: CredentialsTried = {
          ...refused.describe(method, outcome, denial),
          ...(isProven && { proven: method }),
          ...(isDropped && { isDropped }),
        };
        return { outcome: { ...outcome, credentials }, method, denial };
      };
      return credential === undefined ? use() : memory.serializeFirstUse(origin, credential, request.signal, use);
    },
    resume(earlier) {
      state.refused.resume(earlier?.refused ?? []);
      for (const { credential, realm } of earlier?.sent ?? []) recordSent(credential, realm);
    },
    restart(by) {
      state = start(by);
    },
  };
}

const authorizationOf = ({ credential }: Exclude<AuthMethod, TokenMethod>): string =>
  credential.kind === 'password'
    ? basicAuthorization(credential.username, credential.password)
    : bearerAuthorization(credential.token);

/** Without a connection nothing was sent; with a cached token the credential was sent earlier. */
const wasReached = (fetched: FetchedToken): boolean =>
  fetched.ok ||
  fetched.error.kind === 'response' ||
  (fetched.error.failure.kind !== 'paused' && ['headers', 'body'].includes(fetched.error.failure.phase));

const refusedToken = (refusal: TokenRefusal): BareOutcome =>
  refusal.kind === 'failure'
    ? { kind: 'failure', failure: refusal.failure, from: 'token-service' }
    : { kind: 'token-refused', response: refusal.response, problem: refusal.problem };

/** Whether a new token may help. One that was fetched for this image is good, unless the registry says it is not. */
function isStale(outcome: BareOutcome, isOwn: boolean): boolean {
  if (outcome.kind !== 'response' || outcome.response.crossedOrigin) return false;
  const { status } = outcome.response;
  // ECR Public answers an expired token with a bare 400.
  if (!isOwn) return status === 401 || status === 400;
  // RFC 6750 section 3.1.
  const challenges = challengesOf(outcome.response);
  return status === 401 && challenges.some(({ params }) => params.error === 'invalid_token');
}

function denialOf(method: AuthMethod, outcome: BareOutcome, isProven: boolean): Denial | undefined {
  if (outcome.kind === 'token-refused') {
    // After a redirect to another origin the credential was not sent: it was not refused.
    return isTokenRefused(outcome.response) && !outcome.response.crossedOrigin ? 'authentication' : undefined;
  }
  if (outcome.kind !== 'response' || outcome.response.crossedOrigin) return undefined;
  const { status } = outcome.response;
  if (status === 401) return method.kind === 'token' || isProven ? 'authorization' : 'authentication';
  return status === 403 ? 'authorization' : undefined;
}
