// The token service a Bearer challenge points at: hands out opaque tokens and remembers what each one opens.
// distribution docs: spec/auth/token.md (GET) and spec/auth/oauth.md (POST).

import { type Answer, errorAnswer, jsonAnswer } from './answer.ts';
import { basicLogin } from './basic-login.ts';
import type { LoggedRequest } from './logged-request.ts';
import { type EmbeddedServer, type ListenOptions, startServer } from './server.ts';

/** User name to password. */
export type Users = Readonly<Record<string, string>>;
/** May this user (undefined: nobody logged in) pull from this repository? */
export type Access = (user: string | undefined, repository: string) => boolean;

/** Where real token services differ, as data. */
export interface TokenPolicy {
  /** The answer to a wrong login; `anonymous`: go on as if none had been sent. */
  readonly wrongLogin: Answer | 'anonymous';
  /** The answer when nothing that was asked is granted; `empty-token`: a token that opens nothing. */
  readonly nothingGranted: Answer | 'empty-token' | ((user: string | undefined) => Answer | 'empty-token');
  /** The answer when neither a scope nor a good login came. */
  readonly nothingAsked: Answer | 'empty-token';
  /** The answer to every POST; unset: POST works. */
  readonly post?: Answer;
  /** Tokens only tell who asks, whatever the scope: the registry looks up the access. */
  readonly ignoresScope?: boolean;
  readonly fields: readonly ('token' | 'access_token')[];
  /** Told, not enforced: `revoke()` makes tokens expire. undefined: not told. */
  readonly expiresInSeconds: number | undefined;
}

export interface TokenServiceOptions {
  readonly users?: Users;
  /** Default: everybody if there are no users, otherwise every user. */
  readonly access?: Access;
  /** Identity (refresh) tokens and whose they are. */
  readonly identityTokens?: Users;
  /** Any other `service` parameter is a 400; undefined: none may be sent at all. */
  readonly service?: string | undefined;
  readonly policy?: Partial<TokenPolicy>;
}

export interface Grant {
  opens(repository: string, scope: string): boolean;
}

export interface TokenService {
  /** Where clients find it, when it listens on a port of its own. */
  readonly realm?: string;
  readonly service: string | undefined;
  answer(request: LoggedRequest): Answer;
  /** A token as if this user had asked; to hand to a client that brings its own. */
  issue(user: string | undefined, scopes: readonly string[]): string;
  /** undefined for a token that was never issued, or was revoked. */
  find(token: string): Grant | undefined;
  /** Every token is worth nothing from now on. */
  revoke(): void;
}

const STANDARD: TokenPolicy = {
  wrongLogin: errorAnswer(401, 'UNAUTHORIZED', 'authentication required', null),
  nothingGranted: 'empty-token',
  nothingAsked: 'empty-token',
  fields: ['token', 'access_token'],
  expiresInSeconds: 300,
};

let issued = 0;

/** All the world, or every user where there are users. */
export const defaultAccess =
  (users: Users | undefined): Access =>
  (user) =>
    users === undefined || user !== undefined;

export function createTokenService(options: TokenServiceOptions = {}): TokenService {
  const { users = {}, access = defaultAccess(options.users), service } = options;
  const policy = { ...STANDARD, ...options.policy };
  const identityTokens = new Map(Object.entries(options.identityTokens ?? {}));
  const grants = new Map<string, Grant>();

  /** false: a login was sent, and it is wrong. */
  function userOf(request: LoggedRequest, form: URLSearchParams): string | undefined | false {
    const refreshToken = form.get('refresh_token');
    if (refreshToken !== null) return identityTokens.get(refreshToken) ?? false;
    const password = form.get('password');
    const login =
      password === null
        ? basicLogin(request.headers.authorization)
        : { username: form.get('username') ?? '', password };
    if (login === undefined) return undefined;
    return users[login.username] === login.password ? login.username : false;
  }

  function issue(user: string | undefined, granted: readonly string[]): string {
    issued += 1;
    const token = `demo-token-${issued}`;
    grants.set(token, {
      opens: (repository, scope) => (policy.ignoresScope ? access(user, repository) : granted.includes(scope)),
    });
    return token;
  }

  function grantedTo(user: string | undefined, scopes: readonly string[]): string[] {
    return scopes.flatMap((scope) => {
      const match = /^repository(?:\([^)]*\))?:(.+):([^:]*)$/.exec(scope);
      if (match === null) return policy.ignoresScope ? [scope] : [];
      const [, repository = '', actions = ''] = match;
      const pulls = actions.split(',').some((action) => action === 'pull' || action === '*');
      return pulls && access(user, repository) ? [`repository:${repository}:pull`] : [];
    });
  }

  function answer(request: LoggedRequest): Answer {
    const posted = request.method === 'POST';
    if (posted && policy.post !== undefined) return policy.post;
    const form = new URLSearchParams(posted ? request.body : '');
    const asked = posted ? form : request.query;
    const askedService = asked.get('service');
    if (askedService !== null && askedService !== service) {
      return errorAnswer(400, 'BAD_REQUEST', `unknown service "${askedService}"`);
    }

    const login = userOf(request, form);
    if (login === false && policy.wrongLogin !== 'anonymous') return policy.wrongLogin;
    const user = login === false ? undefined : login;
    const scopes = asked.getAll('scope').flatMap((scope) => scope.split(' ').filter((word) => word !== ''));
    if (scopes.length === 0 && user === undefined && policy.nothingAsked !== 'empty-token') return policy.nothingAsked;
    const granted = grantedTo(user, scopes);
    if (scopes.length > 0 && granted.length === 0) {
      const { nothingGranted } = policy;
      const refusal = typeof nothingGranted === 'function' ? nothingGranted(user) : nothingGranted;
      if (refusal !== 'empty-token') return refusal;
    }
    const token = issue(user, granted);
    const fields = Object.fromEntries(policy.fields.map((field) => [field, token]));
    return jsonAnswer(200, { ...fields, expires_in: policy.expiresInSeconds, ...refreshToken(asked, user) });
  }

  /** Only on request, and only for somebody: `offline_token=true` (GET), `access_type=offline` (POST). */
  function refreshToken(asked: URLSearchParams, user: string | undefined): { refresh_token?: string } {
    const wanted = asked.get('offline_token') === 'true' || asked.get('access_type') === 'offline';
    if (!wanted || user === undefined) return {};
    issued += 1;
    const token = `demo-identity-${issued}`;
    identityTokens.set(token, user);
    return { refresh_token: token };
  }

  return {
    service,
    answer,
    issue: (user, scopes) => issue(user, grantedTo(user, scopes)),
    find: (token) => grants.get(token),
    revoke: () => grants.clear(),
  };
}

/** The same on a port of its own, at `/token`. */
export async function startTokenService(
  options: TokenServiceOptions & ListenOptions = {},
): Promise<TokenService & EmbeddedServer> {
  const tokens = createTokenService(options);
  const notFound = errorAnswer(404, 'NOT_FOUND', 'page not found');
  const server = await startServer(
    (request) => (request.path === '/token' ? tokens.answer(request) : notFound),
    options,
  );
  return Object.assign(server, tokens, { realm: `${server.origin}/token` });
}
