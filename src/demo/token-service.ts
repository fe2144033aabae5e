// The token service of a Bearer challenge: issues opaque tokens and remembers what each one grants.
// distribution docs: spec/auth/token.md (GET) and spec/auth/oauth.md (POST).

import { basicCredential, type LoggedRequest } from './logged-request.ts';
import { errorReply, jsonReply, type Reply } from './reply.ts';

/** User name to password. */
export type Users = Readonly<Record<string, string>>;
/** May this user (undefined: anonymous) pull from this repository? */
export type Access = (user: string | undefined, repository: string) => boolean;

/** Where real token services differ, as data. */
export interface TokenPolicy {
  /** The reply to a wrong credential; `anonymous`: continue as if none had been sent. */
  readonly wrongCredential: Reply | 'anonymous';
  /** The reply when no requested scope is granted; `empty-token`: a token that grants nothing. */
  readonly nothingGranted: Reply | 'empty-token' | ((user: string | undefined) => Reply | 'empty-token');
  /** The reply to a request with neither a scope nor a correct credential. */
  readonly nothingRequested: Reply | 'empty-token';
  /** The reply to every POST; unset: POST works. */
  readonly post?: Reply;
  /** Tokens only identify the user, whatever the scope: the registry looks up the access. */
  readonly ignoresScope?: boolean;
  readonly fields: readonly ('token' | 'access_token')[];
  /** Reported, not enforced: `revoke()` makes tokens expire. undefined: omitted. */
  readonly expiresInSeconds: number | undefined;
}

export interface TokenServiceOptions {
  readonly users?: Users;
  /** Default: anonymous access if there are no users, otherwise every user. */
  readonly access?: Access;
  /** Identity (refresh) token to user name. */
  readonly identityTokens?: Users;
  /** Any other `service` parameter gets a 400; undefined: so does every one. */
  readonly service?: string | undefined;
  readonly policy?: Partial<TokenPolicy>;
}

export interface Grant {
  opens(repository: string, scope: string): boolean;
}

export interface TokenService {
  /** Its URL, if it is not on the registry's own origin. */
  readonly realm?: string;
  readonly service: string | undefined;
  respond(request: LoggedRequest): Reply;
  /** A token as if this user had requested it, for a client that has its own. */
  issue(user: string | undefined, scopes: readonly string[]): string;
  /** undefined for a token that was never issued, or was revoked. */
  find(token: string): Grant | undefined;
  /** Invalidates every token. */
  revoke(): void;
}

const STANDARD: TokenPolicy = {
  wrongCredential: errorReply(401, 'UNAUTHORIZED', 'authentication required', null),
  nothingGranted: 'empty-token',
  nothingRequested: 'empty-token',
  fields: ['token', 'access_token'],
  expiresInSeconds: 300,
};

let issued = 0;

export const defaultAccess =
  (users: Users | undefined): Access =>
  (user) =>
    users === undefined || user !== undefined;

export function createTokenService(options: TokenServiceOptions = {}): TokenService {
  const { users = {}, access = defaultAccess(options.users), service } = options;
  const policy = { ...STANDARD, ...options.policy };
  const identityTokens = new Map(Object.entries(options.identityTokens ?? {}));
  const grants = new Map<string, Grant>();

  /** false: the credential is wrong. */
  function userOf(request: LoggedRequest, form: URLSearchParams): string | undefined | false {
    const refreshToken = form.get('refresh_token');
    if (refreshToken !== null) return identityTokens.get(refreshToken) ?? false;
    const password = form.get('password');
    const credential =
      password === null
        ? basicCredential(request.headers.authorization)
        : { username: form.get('username') ?? '', password };
    if (credential === undefined) return undefined;
    return users[credential.username] === credential.password ? credential.username : false;
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

  function respond(request: LoggedRequest): Reply {
    const posted = request.method === 'POST';
    if (posted && policy.post !== undefined) return policy.post;
    const form = new URLSearchParams(posted ? request.body : '');
    const parameters = posted ? form : request.query;
    const requestedService = parameters.get('service');
    if (requestedService !== null && requestedService !== service) {
      return errorReply(400, 'BAD_REQUEST', `unknown service "${requestedService}"`);
    }

    const known = userOf(request, form);
    if (known === false && policy.wrongCredential !== 'anonymous') return policy.wrongCredential;
    const user = known === false ? undefined : known;
    const scopes = parameters.getAll('scope').flatMap((scope) => scope.split(' ').filter((word) => word !== ''));
    if (scopes.length === 0 && user === undefined && policy.nothingRequested !== 'empty-token')
      return policy.nothingRequested;
    const granted = grantedTo(user, scopes);
    if (scopes.length > 0 && granted.length === 0) {
      const { nothingGranted } = policy;
      const refusal = typeof nothingGranted === 'function' ? nothingGranted(user) : nothingGranted;
      if (refusal !== 'empty-token') return refusal;
    }
    const token = issue(user, granted);
    const fields = Object.fromEntries(policy.fields.map((field) => [field, token]));
    return jsonReply(200, { ...fields, expires_in: policy.expiresInSeconds, ...refreshToken(parameters, user) });
  }

  /** Only on request, and only for a user: `offline_token=true` (GET), `access_type=offline` (POST). */
  function refreshToken(parameters: URLSearchParams, user: string | undefined): { refresh_token?: string } {
    const isRequested = parameters.get('offline_token') === 'true' || parameters.get('access_type') === 'offline';
    if (!isRequested || user === undefined) return {};
    issued += 1;
    const token = `demo-identity-${issued}`;
    identityTokens.set(token, user);
    return { refresh_token: token };
  }

  return {
    service,
    respond,
    issue: (user, scopes) => issue(user, grantedTo(user, scopes)),
    find: (token) => grants.get(token),
    revoke: () => grants.clear(),
  };
}
