// Access control by HTTP Basic or Bearer tokens, with the refusals of CNCF distribution 2.8.

import type { Dialect, Refused } from './dialect.ts';
import { basicCredential, type LoggedRequest } from './logged-request.ts';
import { errorReply, type Reply } from './reply.ts';
import { type Access, defaultAccess, type TokenService, type Users } from './token-service.ts';

/** The reply that refuses a request; undefined lets it through. `repository` is undefined for the base `/v2/`. */
export type AccessControl = (request: LoggedRequest, repository: string | undefined) => Reply | undefined;

export interface BasicOptions {
  readonly users?: Users | undefined;
  readonly access?: Access | undefined;
}

export function createBasicControl(
  { users, access = defaultAccess(users) }: BasicOptions,
  dialect: Dialect,
): AccessControl {
  return ({ headers }, repository) => {
    const credential = basicCredential(headers.authorization);
    const known = credential !== undefined && users?.[credential.username] === credential.password;
    const user = known ? credential.username : undefined;
    const mayPass = repository === undefined ? known : (known || credential === undefined) && access(user, repository);
    if (mayPass) return undefined;
    if (known) return dialect.denied?.(repository ?? '') ?? denied(repository);
    const standard = 'Basic realm="Registry Realm"';
    return refusal(dialect, { standard, repository, withCredential: credential !== undefined });
  };
}

export function createBearerControl(tokens: TokenService, realm: string, dialect: Dialect): AccessControl {
  return ({ headers }, repository) => {
    const scope = dialect.scope === undefined ? scopeOf(repository) : dialect.scope(repository);
    const token = /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    const grant = token === undefined ? undefined : tokens.find(token);
    if (grant !== undefined && (repository === undefined || grant.opens(repository, scope ?? ''))) return undefined;

    if (token !== undefined && grant === undefined && dialect.invalidToken) return dialect.invalidToken;
    const error = token === undefined ? undefined : grant === undefined ? 'invalid_token' : 'insufficient_scope';
    const parameters = { realm, service: tokens.service, scope, error };
    const standard = `Bearer ${Object.entries(parameters)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}="${value}"`)
      .join(',')}`;
    return refusal(dialect, { standard, realm, repository, withCredential: headers.authorization !== undefined });
  };
}

function refusal(dialect: Dialect, refused: Refused): Reply {
  const reply = dialect.unauthorized?.(refused) ?? unauthorized(refused.repository);
  const challenge = dialect.challenge === undefined ? refused.standard : dialect.challenge(refused);
  const headers = challenge === undefined ? {} : { 'www-authenticate': challenge };
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

function scopeOf(repository: string | undefined): string | undefined {
  return repository === undefined ? undefined : `repository:${repository}:pull`;
}

function unauthorized(repository: string | undefined): Reply {
  const detail = repository === undefined ? null : accessDetail(repository);
  return errorReply(401, 'UNAUTHORIZED', 'authentication required', detail);
}

function denied(repository: string | undefined): Reply {
  return errorReply(403, 'DENIED', 'requested access to the resource is denied', accessDetail(repository ?? ''));
}

function accessDetail(repository: string): object {
  return [{ Type: 'repository', Class: '', Name: repository, Action: 'pull' }];
}
