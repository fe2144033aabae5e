// Decides who may pass: no login, HTTP Basic or Bearer tokens, refused as CNCF distribution 2.8 refuses.

import { type Answer, errorAnswer } from './answer.ts';
import { basicLogin } from './basic-login.ts';
import type { Imitation, Refused } from './imitation.ts';
import type { LoggedRequest } from './logged-request.ts';
import { type Access, defaultAccess, type TokenService, type Users } from './token-service.ts';

/** The answer that stops a request; undefined lets it pass. `repository` is undefined for the base `/v2/`. */
export type AccessControl = (request: LoggedRequest, repository: string | undefined) => Answer | undefined;

export interface BasicOptions {
  readonly users?: Users | undefined;
  readonly access?: Access | undefined;
}

export function createBasicControl(
  { users, access = defaultAccess(users) }: BasicOptions,
  imitation: Imitation,
): AccessControl {
  return ({ headers }, repository) => {
    const login = basicLogin(headers.authorization);
    const known = login !== undefined && users?.[login.username] === login.password;
    const user = known ? login.username : undefined;
    const mayPass = repository === undefined ? known : (known || login === undefined) && access(user, repository);
    if (mayPass) return undefined;
    if (known) return imitation.denied?.(repository ?? '') ?? denied(repository);
    const standard = 'Basic realm="Registry Realm"';
    return refusal(imitation, { standard, repository, withLogin: login !== undefined });
  };
}

export function createBearerControl(tokens: TokenService, realm: string, imitation: Imitation): AccessControl {
  return ({ headers }, repository) => {
    const scope = imitation.scope === undefined ? scopeOf(repository) : imitation.scope(repository);
    const token = /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    const grant = token === undefined ? undefined : tokens.find(token);
    if (grant !== undefined && (repository === undefined || grant.opens(repository, scope ?? ''))) return undefined;

    if (token !== undefined && grant === undefined && imitation.invalidToken) return imitation.invalidToken;
    const error = token === undefined ? undefined : grant === undefined ? 'invalid_token' : 'insufficient_scope';
    const parameters = { realm, service: tokens.service, scope, error };
    const standard = `Bearer ${Object.entries(parameters)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}="${value}"`)
      .join(',')}`;
    return refusal(imitation, { standard, realm, repository, withLogin: headers.authorization !== undefined });
  };
}

function refusal(imitation: Imitation, refused: Refused): Answer {
  const answer = imitation.unauthorized?.(refused) ?? unauthorized(refused.repository);
  const challenge = imitation.challenge === undefined ? refused.standard : imitation.challenge(refused);
  const headers = challenge === undefined ? {} : { 'www-authenticate': challenge };
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

function scopeOf(repository: string | undefined): string | undefined {
  return repository === undefined ? undefined : `repository:${repository}:pull`;
}

function unauthorized(repository: string | undefined): Answer {
  const detail = repository === undefined ? null : accessDetail(repository);
  return errorAnswer(401, 'UNAUTHORIZED', 'authentication required', detail);
}

function denied(repository: string | undefined): Answer {
  return errorAnswer(403, 'DENIED', 'requested access to the resource is denied', accessDetail(repository ?? ''));
}

function accessDetail(repository: string): object {
  return [{ Type: 'repository', Class: '', Name: repository, Action: 'pull' }];
}
