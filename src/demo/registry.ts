// The embedded registry: the pull side of CNCF distribution on loopback, for the demo and for the project's own tests.

import { type AccessControl, createBasicControl, createBearerControl } from './access-control.ts';
import type { Dialect } from './dialect.ts';
import type { LoggedRequest } from './logged-request.ts';
import { pullReply, routeOf } from './pull-api.ts';
import { type Reply, textReply } from './reply.ts';
import { type EmbeddedServer, type ListenOptions, startServer } from './server.ts';
import { createStore, type Store } from './store.ts';
import { type Access, createTokenService, type TokenService, type Users } from './token-service.ts';

export interface EmbeddedRegistryOptions extends ListenOptions {
  /** Default: that of the dialect, otherwise `none`. */
  readonly auth?: 'none' | 'basic' | 'bearer';
  readonly users?: Users;
  /** Default: anonymous access if there are no users, otherwise every user. */
  readonly access?: Access;
  /** A token service elsewhere; unset, `bearer` has one on the registry's own origin. */
  readonly tokens?: TokenService;
  readonly dialect?: Dialect;
}

export interface EmbeddedRegistry extends EmbeddedServer {
  /** A bundle includes everything it refers to; content alone is a manifest that may refer to missing blobs. */
  readonly put: Store['put'];
  /** Removes a tag, a manifest or a blob. */
  readonly remove: Store['remove'];
  readonly tokens: TokenService;
}

export async function startRegistry(options: EmbeddedRegistryOptions = {}): Promise<EmbeddedRegistry> {
  const auth = options.auth ?? options.dialect?.auth ?? 'none';
  const dialect: Dialect = options.dialect ?? { auth: 'bearer', service: 'embedded-registry' };
  const tokenPath = dialect.tokenPath ?? '/token';
  const store = createStore();
  const tokens =
    options.tokens ??
    createTokenService({
      service: dialect.service,
      ...(dialect.tokens && { policy: dialect.tokens }),
      ...(options.users && { users: options.users }),
      ...(options.access && { access: options.access }),
    });
  let accessControl: AccessControl = () => undefined;

  function respond(request: LoggedRequest): Reply {
    if (auth === 'bearer' && options.tokens === undefined && request.path === tokenPath) return tokens.respond(request);
    if (request.path === '/') return { status: 200, headers: { 'cache-control': 'no-cache' } };
    const reply = apiReply(request);
    const headers = {
      'docker-distribution-api-version': 'registry/2.0',
      'x-content-type-options': 'nosniff',
      ...dialect.headers,
      ...reply.headers,
    };
    return { ...reply, headers };
  }

  function apiReply(request: LoggedRequest): Reply {
    if (request.path === '/v2') return { status: 301, headers: { location: '/v2/' } };
    const route = routeOf(request.path);
    if (route === undefined) return textReply(404, '404 page not found\n');
    const refusal = accessControl(request, route.repository);
    if (refusal !== undefined) return refusal;
    const reply = pullReply(store, route, request);
    if (reply.status !== 404 || route.kind !== 'manifests') return reply;
    return dialect.manifestUnknown?.(route.repository ?? '', route.reference) ?? reply;
  }

  const server = await startServer(respond, options);
  if (auth === 'basic') accessControl = createBasicControl(options, dialect);
  if (auth === 'bearer') {
    accessControl = createBearerControl(tokens, tokens.realm ?? `${server.origin}${tokenPath}`, dialect);
  }
  return Object.assign(server, { put: store.put, remove: store.remove, tokens });
}
