// Token services on a port of their own, at `/token`: the embedded one, and one whose signed tokens CNCF distribution accepts.

import { createSign, randomUUID, X509Certificate } from 'node:crypto';
import { basicCredential, type LoggedRequest } from '../../src/demo/logged-request.ts';
import { errorReply, jsonReply, type Reply } from '../../src/demo/reply.ts';
import { type EmbeddedServer, type ListenOptions, startServer } from '../../src/demo/server.ts';
import { createTokenService, type TokenService, type TokenServiceOptions } from '../../src/demo/token-service.ts';
import { signingIdentity } from './certificates.ts';

export async function startTokenService(
  options: TokenServiceOptions & ListenOptions = {},
): Promise<TokenService & EmbeddedServer> {
  const tokens = createTokenService(options);
  const server = await startAtToken(tokens.respond, options);
  return Object.assign(server, tokens, { realm: `${server.origin}/token` });
}

export interface TokenRequest {
  readonly method: string;
  /** null for an anonymous request. */
  readonly username: string | null;
  readonly scopes: readonly string[];
  readonly grantType: string | null;
  readonly status: number;
}

export interface SigningTokenService {
  readonly realm: string;
  readonly issuer: string;
  readonly service: string;
  readonly requests: TokenRequest[];
  /** What `docker login` stores as `identitytoken` after `offline_token=true`. */
  readonly refreshToken: string;
  close(): Promise<void>;
}

/**
 * distribution's token specification, GET with Basic and POST with OAuth 2. Anonymous requests may pull public/*; the one
 * user may do anything.
 */
export async function startSigningTokenService(user: {
  readonly username: string;
  readonly password: string;
}): Promise<SigningTokenService> {
  const service = 'kairos-pull test registry';
  const refreshToken = `refresh-${randomUUID()}`;
  const requests: TokenRequest[] = [];

  function respond({ method, headers, query, body }: LoggedRequest): Reply {
    const form = method === 'POST' ? new URLSearchParams(body) : query;
    const grantType = form.get('grant_type');
    const credential =
      grantType === 'password'
        ? { username: form.get('username') ?? '', password: form.get('password') ?? '' }
        : basicCredential(headers.authorization);
    const isUser =
      grantType === 'refresh_token'
        ? form.get('refresh_token') === refreshToken
        : credential?.username === user.username && credential.password === user.password;
    const isRefused = !isUser && (credential !== undefined || grantType !== null);
    const scopes = form.getAll('scope').flatMap((scope) => scope.split(' '));
    const username = grantType === 'refresh_token' ? user.username : (credential?.username ?? null);
    requests.push({ method, username, scopes, grantType, status: isRefused ? 401 : 200 });
    if (isRefused) return errorReply(401, 'UNAUTHORIZED', 'incorrect username or password');

    const access = scopes.filter((scope) => scope !== '').map((scope) => grant(scope, isUser));
    const token = signToken({ iss: ISSUER, sub: username ?? '', aud: service, access });
    const isOffline = form.get('offline_token') === 'true' || form.get('access_type') === 'offline';
    const refresh = isOffline || grantType === 'refresh_token' ? { refresh_token: refreshToken } : {};
    return jsonReply(200, { token, access_token: token, expires_in: 300, ...refresh });
  }

  const { origin, close } = await startAtToken(respond);
  return { realm: `${origin}/token`, issuer: ISSUER, service, requests, refreshToken, close };
}

const ISSUER = 'kairos-pull test issuer';

function startAtToken(
  respond: (request: LoggedRequest) => Reply,
  options: ListenOptions = {},
): Promise<EmbeddedServer> {
  const notFound = errorReply(404, 'NOT_FOUND', 'page not found');
  return startServer((request) => (request.path === '/token' ? respond(request) : notFound), options);
}

/** `repository:NAME:pull,push`, reduced to what this client may do. */
function grant(scope: string, isUser: boolean): { type: string; name: string; actions: string[] } {
  const [type = '', ...rest] = scope.split(':');
  const actions = (rest.pop() ?? '').split(',');
  const name = rest.join(':');
  return { type, name, actions: actions.filter((one) => isUser || (one === 'pull' && name.startsWith('public/'))) };
}

function signToken(claims: object): string {
  const { key, cert } = signingIdentity();
  const now = Math.floor(Date.now() / 1000);
  const head = { typ: 'JWT', alg: 'RS256', x5c: [new X509Certificate(cert).raw.toString('base64')] };
  const all = { ...claims, nbf: now - 10, iat: now, exp: now + 300, jti: randomUUID() };
  const text = [head, all].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${createSign('sha256').update(text).sign(key, 'base64url')}`;
}
