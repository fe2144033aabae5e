// A scripted registry and its token service, and the checks of one run against them.

import { createAuthMemory } from '../../src/auth/auth-memory.ts';
import { type AuthOutcome, createAuthenticator, type SentCredential } from '../../src/auth/authenticate.ts';
import type { KnownChallenge } from '../../src/auth/challenge.ts';
import type { Credential } from '../../src/credentials/credential.ts';
import { Secret } from '../../src/credentials/secret.ts';
import { type HttpRequest, type Method, type Middleware, stack } from '../../src/http/send.ts';
import { createFakeClock } from './fake-clock.ts';
import { createFakeSend, type Reply, type Scripted } from './fake-send.ts';

export const REGISTRY = 'https://registry.test';
export const REALM = 'https://auth.test/token';
export const CHALLENGE = `Bearer realm="${REALM}",service="registry.test",scope="repository:app:pull"`;

type Kind<K> = Credential & { kind: K };

export const password = (username: string, secret: string, source = 'config.json'): Kind<'password'> => ({
  kind: 'password',
  username,
  password: new Secret(secret),
  source,
});

export const identityToken = (secret: string): Kind<'identity-token'> => ({
  kind: 'identity-token',
  token: new Secret(secret),
  source: 'config.json',
});

export const registryToken = (secret: string): Kind<'registry-token'> => ({
  kind: 'registry-token',
  token: new Secret(secret),
  source: 'config.json',
});

export const basic = (username: string, secret: string): string =>
  `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`;

/** As in `lines`: the request for the image, and the one for its token. */
export const MANIFEST = 'GET registry.test/v2/app/manifests/1';
export const TOKEN = 'GET auth.test/token';

export const refusal = (challenge: string | readonly string[] = CHALLENGE, message = 'authentication required') => ({
  status: 401,
  headers: { 'www-authenticate': challenge },
  body: JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message }] }),
});

export const tokenReply = (token: string, more: object = {}): Reply => ({
  status: 200,
  body: JSON.stringify({ token, ...more }),
});

export const FOUND: Reply = { status: 200, body: '{}' };

/** Docker Hub's words for a wrong password. */
export const WRONG_PASSWORD: Reply = { status: 401, body: '{"details":"incorrect username or password"}\n' };
/** A refusal that may also be about the repository. */
export const DENIED: Reply = { status: 403, body: '{"errors":[{"code":"DENIED","message":"denied"}]}' };

export interface Script {
  /** How the token service responds. */
  readonly token?: (authorization: string | undefined, request: HttpRequest) => Scripted | Promise<Scripted>;
  /** How the registry responds. */
  readonly registry?: (authorization: string | undefined, request: HttpRequest) => Scripted | Promise<Scripted>;
  /** How the registry responds to `GET /v2/`; unset: with 200, and the request is not recorded. */
  readonly ping?: (request: HttpRequest) => Scripted;
  /** Everything else. */
  readonly elsewhere?: (request: HttpRequest) => Scripted;
}

/** The registry accepts the token "good", and the token service issues it anonymously. */
const acceptsGoodToken: NonNullable<Script['registry']> = (authorization) =>
  authorization === 'Bearer good' ? FOUND : refusal();

const issuesToAll: NonNullable<Script['token']> = () => tokenReply('good');

export function startScript({ token = issuesToAll, registry = acceptsGoodToken, ping, elsewhere }: Script = {}) {
  return createFakeSend(async (request) => {
    // A few turns of the event loop, so that concurrent requests really overlap.
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    request.signal.throwIfAborted();
    const { authorization } = request.headers;
    if (request.purpose === 'ping' && ping !== undefined) return ping(request);
    if (request.url.href.startsWith(REALM)) return token(authorization, request);
    if (request.url.origin === REGISTRY) return registry(authorization, request);
    if (elsewhere === undefined) throw new Error(`unexpected request: ${request.url.href}`);
    return elsewhere(request);
  });
}

/** The requests as lines, with their credentials. */
export const linesOf = (sent: readonly HttpRequest[]): string[] =>
  sent.map(({ method, url, headers }) => {
    const credentials = headers.authorization === undefined ? '' : ` as ${readable(headers.authorization)}`;
    return `${method} ${url.host}${url.pathname}${credentials}`;
  });

const readable = (authorization: string): string =>
  authorization.startsWith('Basic ') ? Buffer.from(authorization.slice(6), 'base64').toString() : authorization;

export interface ImageOptions {
  readonly base?: string;
  readonly repository?: string;
  /** Stored, the most specific first. */
  readonly credentials?: readonly Credential[];
  readonly signal?: AbortSignal;
  /** What the registry is known to require. */
  readonly knownChallenge?: KnownChallenge;
  /** The hosts that its token service may have. */
  readonly realms?: readonly string[];
  readonly open?: (url: URL) => void;
}

/** The checks of one run, against one script. `middlewares` wrap the scripted Send. */
export function startRun(script: Script = {}, middlewares: readonly Middleware[] = [], challengeFile?: string) {
  const { send: bare, requests: sent } = startScript(script);
  const send = stack(middlewares, bare);
  const clock = createFakeClock(1_700_000_000_000);
  const memory = createAuthMemory({ clock, challengeFile });

  /** Starts the check of an image. */
  function startImage(options: ImageOptions = {}) {
    const {
      base = REGISTRY,
      repository = 'app',
      credentials: stored = [],
      signal,
      knownChallenge,
      realms,
      open,
    } = options;
    const own = signal ?? new AbortController().signal;
    const lookedUp: Credential[] = [];
    async function* credentials(): AsyncGenerator<Credential> {
      for (const credential of stored) {
        lookedUp.push(credential);
        yield credential;
      }
    }
    const target = { base: new URL(base), repository };
    const sendPing = script.ping === undefined ? createFakeSend(FOUND).send : send;
    const ping = (pingSignal: AbortSignal) =>
      memory.pingOnce(base, pingSignal, () =>
        sendPing({
          method: 'GET',
          url: new URL('/v2/', base),
          headers: {},
          purpose: 'ping',
          maxBytes: 4096,
          signal: pingSignal,
        }),
      );
    const credentialsSent: SentCredential[] = [];
    const onCredentialSent = (sent: SentCredential): void => void credentialsSent.push(sent);
    const settings = { knownChallenge, realms, onCredentialSent, ...(open && { open }) };
    const authenticate = createAuthenticator({ send, ping, ...target, credentials, memory, ...settings });
    return {
      /** Every credential that was reported as sent to a token service. */
      credentialsSent,
      /** Every credential that was looked up. */
      lookedUp,
      send: (path = 'manifests/1', method: Method = 'GET') =>
        authenticate({
          method,
          url: new URL(`/v2/${repository}/${path}`, base),
          headers: {},
          purpose: 'manifest',
          maxBytes: 4096,
          signal: own,
        }),
    };
  }

  return {
    sent,
    /** What was sent since the last call. */
    lines: () => linesOf(sent.splice(0)),
    passTime: clock.pass,
    startImage,
    /** Ends the run: writes what it learned to the file. */
    save: () => memory.challenges.save(),
  };
}

/** What a test compares of an outcome. */
export function summaryOf(outcome: AuthOutcome) {
  const { kind, credentials } = outcome;
  return {
    kind,
    ...('response' in outcome && { status: outcome.response.status }),
    used: credentials.used?.username ?? credentials.used?.kind,
    refused: credentials.refused.map(({ credential }) => credential.username ?? credential.kind),
  };
}
