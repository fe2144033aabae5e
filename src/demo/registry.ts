// The embedded registry: CNCF distribution's pull side on loopback, for the demo and for the project's own tests.

import { type AccessControl, createBasicControl, createBearerControl } from './access-control.ts';
import { type Answer, textAnswer } from './answer.ts';
import type { Imitation } from './imitation.ts';
import type { LoggedRequest } from './logged-request.ts';
import { answerPull, routeOf } from './pull-api.ts';
import { type EmbeddedServer, type ListenOptions, startServer } from './server.ts';
import { createStore, type Store } from './store.ts';
import { type Access, createTokenService, type TokenService, type Users } from './token-service.ts';

export interface RegistryOptions extends ListenOptions {
  /** Default: that of the imitation, otherwise `none`. */
  readonly auth?: 'none' | 'basic' | 'bearer';
  readonly users?: Users;
  /** Default: everybody if there are no users, otherwise every user. */
  readonly access?: Access;
  /** A token service elsewhere; unset, `bearer` has one on the registry's own origin. */
  readonly tokens?: TokenService;
  readonly imitate?: Imitation;
}

export interface EmbeddedRegistry extends EmbeddedServer {
  /** A bundle comes with all it names; content alone is a manifest that may name what is not there. */
  readonly put: Store['put'];
  /** Takes away a tag, a manifest or a blob. */
  readonly remove: Store['remove'];
  readonly tokens: TokenService;
}

export async function startRegistry(options: RegistryOptions = {}): Promise<EmbeddedRegistry> {
  const auth = options.auth ?? options.imitate?.auth ?? 'none';
  const imitation: Imitation = options.imitate ?? { auth: 'bearer', service: 'embedded-registry' };
  const tokenPath = imitation.tokenPath ?? '/token';
  const store = createStore();
  const tokens =
    options.tokens ??
    createTokenService({
      service: imitation.service,
      ...(imitation.tokens && { policy: imitation.tokens }),
      ...(options.users && { users: options.users }),
      ...(options.access && { access: options.access }),
    });
  let accessControl: AccessControl = () => undefined;

  function answer(request: LoggedRequest): Answer {
    if (auth === 'bearer' && options.tokens === undefined && request.path === tokenPath) return tokens.answer(request);
    if (request.path === '/') return { status: 200, headers: { 'cache-control': 'no-cache' } };
    const answered = answerApi(request);
    const headers = {
      'docker-distribution-api-version': 'registry/2.0',
      'x-content-type-options': 'nosniff',
      ...imitation.headers,
      ...answered.headers,
    };
    return { ...answered, headers };
  }

  function answerApi(request: LoggedRequest): Answer {
    if (request.path === '/v2') return { status: 301, headers: { location: '/v2/' } };
    const route = routeOf(request.path);
    if (route === undefined) return textAnswer(404, '404 page not found\n');
    const refusal = accessControl(request, route.repository);
    if (refusal !== undefined) return refusal;
    const answered = answerPull(store, route, request);
    if (answered.status !== 404 || route.kind !== 'manifests') return answered;
    return imitation.manifestUnknown?.(route.repository ?? '', route.reference) ?? answered;
  }

  const server = await startServer(answer, options);
  if (auth === 'basic') accessControl = createBasicControl(options, imitation);
  if (auth === 'bearer') {
    accessControl = createBearerControl(tokens, tokens.realm ?? `${server.origin}${tokenPath}`, imitation);
  }
  return Object.assign(server, { put: store.put, remove: store.remove, tokens });
}
