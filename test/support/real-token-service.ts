// A token service for the real registry: distribution's token specification, GET with Basic and POST with OAuth 2.
// Anybody may pull public/*; the one user may do anything.

import { createSign, randomUUID, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { CertificateFiles } from './real-certificate.ts';

export interface TokenRequest {
  readonly method: string;
  /** null when nobody logged in. */
  readonly username: string | null;
  readonly scopes: readonly string[];
  readonly grantType: string | null;
  readonly status: number;
}

export interface TokenService {
  readonly realm: string;
  readonly issuer: string;
  readonly service: string;
  readonly requests: TokenRequest[];
  /** What a login with `offline_token=true` would have stored as `identitytoken`. */
  readonly refreshToken: string;
  close(): Promise<void>;
}

interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** `repository:NAME:pull,push`, cut down to what this caller may do. */
function grant(scope: string, isUser: boolean): Access {
  const [type = '', ...rest] = scope.split(':');
  const asked = (rest.pop() ?? '').split(',');
  const name = rest.join(':');
  const isAllowed = (action: string) => isUser || (action === 'pull' && name.startsWith('public/'));
  return { type, name, actions: asked.filter(isAllowed) };
}

function basicLogin(request: IncomingMessage): { username: string; password: string } | undefined {
  const encoded = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [username = '', ...password] = Buffer.from(encoded, 'base64').toString().split(':');
  return { username, password: password.join(':') };
}

export async function startTokenService(
  signing: CertificateFiles,
  user: { username: string; password: string },
): Promise<TokenService> {
  const issuer = 'kairos-pull test issuer';
  const service = 'kairos-pull test registry';
  const refreshToken = `refresh-${randomUUID()}`;
  const key = readFileSync(signing.key);
  const x5c = [new X509Certificate(readFileSync(signing.cert)).raw.toString('base64')];
  const requests: TokenRequest[] = [];

  function signToken(subject: string, access: readonly Access[]): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, sub: subject, aud: service, nbf: now - 10, iat: now, exp: now + 300, access };
    const signed = `${base64url({ typ: 'JWT', alg: 'RS256', x5c })}.${base64url({ ...claims, jti: randomUUID() })}`;
    return `${signed}.${createSign('sha256').update(signed).sign(key, 'base64url')}`;
  }

  async function answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const form = new URLSearchParams(request.method === 'POST' ? await text(request) : url.search);
    const grantType = form.get('grant_type');
    const login =
      grantType === 'password'
        ? { username: form.get('username') ?? '', password: form.get('password') ?? '' }
        : basicLogin(request);
    const isUser =
      grantType === 'refresh_token'
        ? form.get('refresh_token') === refreshToken
        : login?.username === user.username && login.password === user.password;
    const isRefused = !isUser && (login !== undefined || grantType !== null);
    const scopes = form.getAll('scope').flatMap((scope) => scope.split(' '));
    const status = isRefused ? 401 : 200;
    const username = grantType === 'refresh_token' ? user.username : (login?.username ?? null);
    requests.push({ method: request.method ?? '', username, scopes, grantType, status });
    if (isRefused) {
      return { status, body: { errors: [{ code: 'UNAUTHORIZED', message: 'incorrect username or password' }] } };
    }
    const access = scopes.filter((scope) => scope !== '').map((scope) => grant(scope, isUser));
    const token = signToken(username ?? '', access);
    const isOffline = form.get('offline_token') === 'true' || form.get('access_type') === 'offline';
    const refresh = isOffline || grantType === 'refresh_token' ? { refresh_token: refreshToken } : {};
    return { status, body: { token, access_token: token, expires_in: 300, ...refresh } };
  }

  const server = createServer((request, response) => {
    answer(request).then(
      ({ status, body }) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const realm = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { realm, issuer, service, requests, refreshToken, close };
}
