// A stand-in for a Kubernetes API server: discovery, lists in pages that expire, single objects, label selectors, and
// what a Role allows. Shapes as in https://kubernetes.io/docs/reference/using-api/api-concepts/

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { authority, type Identity } from './certificates.ts';
import { type LoopbackServer, listen } from './servers.ts';

export type KubernetesObject = Readonly<Record<string, unknown>> & {
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string; readonly namespace?: string };
};

export interface ApiRequest {
  /** Path and query. */
  readonly url: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** `system:serviceaccount:…`, the common name of a client certificate, or `system:anonymous`. */
  readonly user: string;
  readonly authorization: string | undefined;
}

export interface KubernetesApiOptions {
  /** Set: https. */
  readonly tls?: Identity;
  /** User by bearer token; unset: everybody is admin, as behind kubectl proxy. */
  readonly tokens?: Readonly<Record<string, string>>;
  /** Users by Basic credentials `name:password`. */
  readonly basic?: readonly string[];
  /** Whether the user may do that; default everything. `verb`: get or list. */
  readonly allows?: (request: { user: string; verb: string; resource: string; namespace: string | null }) => boolean;
  /** The most objects of a page, whatever the client asks for. */
  readonly maxPage?: number;
  /** In the path of its URL, as behind a gateway. */
  readonly prefix?: string;
}

export interface KubernetesApi extends LoopbackServer {
  readonly requests: readonly ApiRequest[];
  /** Replaces all objects. */
  serve(objects: readonly KubernetesObject[]): void;
  allow(allows: NonNullable<KubernetesApiOptions['allows']>): void;
  accept(tokens: Readonly<Record<string, string>>): void;
  /** How many continue tokens expire from now on, with 410; `continues`: they come with another one. */
  expire(count: number, options?: { readonly continues?: boolean }): void;
  /** Answers instead, if it returns something; undefined goes on. */
  intercept(answer: (request: ApiRequest) => Answer | undefined): void;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Resource {
  readonly plural: string;
  readonly kind: string;
  readonly short?: string;
}

const GROUPS: Readonly<Record<string, readonly Resource[]>> = {
  v1: [
    { plural: 'pods', kind: 'Pod', short: 'po' },
    { plural: 'secrets', kind: 'Secret' },
    { plural: 'serviceaccounts', kind: 'ServiceAccount', short: 'sa' },
  ],
  'apps/v1': [
    { plural: 'deployments', kind: 'Deployment', short: 'deploy' },
    { plural: 'statefulsets', kind: 'StatefulSet', short: 'sts' },
    { plural: 'daemonsets', kind: 'DaemonSet', short: 'ds' },
    { plural: 'replicasets', kind: 'ReplicaSet', short: 'rs' },
  ],
  'batch/v1': [
    { plural: 'jobs', kind: 'Job' },
    { plural: 'cronjobs', kind: 'CronJob', short: 'cj' },
  ],
};

export async function startKubernetesApi(options: KubernetesApiOptions = {}): Promise<KubernetesApi> {
  const requests: ApiRequest[] = [];
  const { tls, basic = [], maxPage = Number.POSITIVE_INFINITY, prefix = '' } = options;
  let { allows = () => true, tokens } = options;
  let objects: readonly KubernetesObject[] = [];
  let intercept: (request: ApiRequest) => Answer | undefined = () => undefined;
  let expiring = 0;
  let continuesAfterExpiry = true;
  let version = 1000;

  const userOf = (request: IncomingMessage): string | undefined => {
    const { authorization = '' } = request.headers;
    const [, token = ''] = /^Bearer (.+)$/.exec(authorization) ?? [];
    if (tokens === undefined) return 'admin';
    if (Object.hasOwn(tokens, token)) return tokens[token];
    const login = Buffer.from(/^Basic (.+)$/.exec(authorization)?.[1] ?? '', 'base64').toString();
    if (basic.includes(login)) return login.split(':')[0];
    if (tls === undefined || authorization !== '') return undefined;
    const { subject } = (request.socket as TLSSocket).getPeerCertificate();
    return subject === undefined ? undefined : String(subject.CN);
  };

  const answer = (request: ApiRequest, user: string | undefined): Answer => {
    const intercepted = intercept(request);
    if (intercepted !== undefined) return intercepted;
    if (user === undefined) return status(401, 'Unauthorized', 'Unauthorized');
    const discovered = discover(request.path);
    if (discovered !== undefined) return { status: 200, body: discovered };
    const place = placeOf(request.path);
    if (place === undefined) return status(404, 'NotFound', 'the server could not find the requested resource');
    const { groupVersion, resource, namespace, name } = place;
    const verb = name === undefined ? 'list' : 'get';
    if (!allows({ user, verb, resource: resource.plural, namespace })) {
      const group = groupVersion === 'v1' ? '' : groupVersion.split('/')[0];
      const what = name === undefined ? `${resource.plural}` : `${resource.plural} "${name}"`;
      const where = namespace === null ? 'at the cluster scope' : `in the namespace "${namespace}"`;
      const message = `${what} is forbidden: User "${user}" cannot ${verb} resource "${resource.plural}" in API group "${group}" ${where}`;
      return status(403, 'Forbidden', message, { name, kind: resource.plural });
    }
    const all = objects
      .filter(
        ({ kind, metadata }) => kind === resource.kind && (namespace === null || metadata.namespace === namespace),
      )
      .filter(({ metadata }) => matches(metadata.labels, request.query.get('labelSelector') ?? ''));
    if (name !== undefined) {
      const found = all.find(({ metadata }) => metadata.name === name);
      if (found !== undefined)
        return { status: 200, body: { ...found, kind: resource.kind, apiVersion: groupVersion } };
      return status(404, 'NotFound', `${resource.plural} "${name}" not found`, { name, kind: resource.plural });
    }
    return page(all, resource.kind, groupVersion, request.query);
  };

  const page = (
    all: readonly KubernetesObject[],
    kind: string,
    groupVersion: string,
    query: URLSearchParams,
  ): Answer => {
    const limit = Math.min(Number(query.get('limit') ?? 0) || Number.POSITIVE_INFINITY, maxPage);
    const token = query.get('continue') ?? '';
    const start = token === '' ? 0 : Number(JSON.parse(Buffer.from(token, 'base64url').toString()).start);
    const tokenAt = (from: number): string =>
      Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: version, start: from })).toString('base64url');
    if (token !== '' && expiring > 0) {
      expiring -= 1;
      const message =
        'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results.';
      return status(410, 'Expired', message, undefined, continuesAfterExpiry ? { continue: tokenAt(start) } : {});
    }
    const end = Math.min(all.length, start + limit);
    const rest = all.length - end;
    const metadata = {
      resourceVersion: String(version),
      ...(rest > 0 && { continue: tokenAt(end), remainingItemCount: rest }),
    };
    // Items of a list have no kind of their own.
    const items = all.slice(start, end).map(({ kind: _, apiVersion: __, ...item }) => item);
    return { status: 200, body: { kind: `${kind}List`, apiVersion: groupVersion, metadata, items } };
  };

  const handle = (incoming: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(incoming.url ?? '/', 'http://api');
    const user = userOf(incoming);
    const request: ApiRequest = {
      url: incoming.url ?? '',
      path: url.pathname.startsWith(prefix) ? url.pathname.slice(prefix.length) : '',
      query: url.searchParams,
      user: user ?? 'system:anonymous',
      authorization: incoming.headers.authorization,
    };
    requests.push(request);
    const { status: code, body, headers } = answer(request, user);
    const text = body === undefined || typeof body === 'string' ? (body ?? '') : JSON.stringify(body);
    response.writeHead(code, { 'content-type': 'application/json', 'cache-control': 'no-cache, private', ...headers });
    response.end(text);
  };

  const server = tls
    ? createSecureServer({ ...tls, ca: authority().cert, requestCert: true, rejectUnauthorized: false }, handle)
    : createServer(handle);
  return {
    ...(await listen(server, tls ? 'https' : 'http')),
    requests,
    serve: (next) => {
      objects = next;
      version += 1;
    },
    allow: (next) => {
      allows = next;
    },
    accept: (next) => {
      tokens = next;
    },
    expire: (count, { continues = true } = {}) => {
      expiring = count;
      continuesAfterExpiry = continues;
    },
    intercept: (next) => {
      intercept = next;
    },
  };
}

function status(
  code: number,
  reason: string,
  message: string,
  details?: Readonly<Record<string, unknown>>,
  metadata: Readonly<Record<string, unknown>> = {},
): Answer {
  const body = { kind: 'Status', apiVersion: 'v1', metadata, status: 'Failure', message, reason, details, code };
  return { status: code, body };
}

const RESOURCE_PATH = /^\/(?:api\/(v1)|apis\/([^/]+\/v1))(?:\/namespaces\/([^/]+))?\/([a-z]+)(?:\/([^/]+))?$/;

function placeOf(path: string) {
  const [, core, grouped, namespace, plural, name] = RESOURCE_PATH.exec(path) ?? [];
  const groupVersion = core ?? grouped ?? '';
  const resource = GROUPS[groupVersion]?.find((one) => one.plural === plural);
  if (resource === undefined) return undefined;
  return { groupVersion, resource, namespace: namespace === undefined ? null : decodeURIComponent(namespace), name };
}

/** The clients ask for these before they list. */
function discover(path: string): unknown {
  const groups = Object.keys(GROUPS).filter((name) => name !== 'v1');
  if (path === '/version') return { major: '1', minor: '32', gitVersion: 'v1.32.4' };
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  if (path === '/apis') {
    return {
      ...{ kind: 'APIGroupList', apiVersion: 'v1' },
      groups: groups.map((groupVersion) => {
        const version = { groupVersion, version: 'v1' };
        return { name: groupVersion.split('/')[0], versions: [version], preferredVersion: version };
      }),
    };
  }
  const [, core, grouped] = /^\/(?:api\/(v1)|apis\/([^/]+\/v1))$/.exec(path) ?? [];
  const resources = GROUPS[core ?? grouped ?? ''];
  if (resources === undefined) return undefined;
  return {
    ...{ kind: 'APIResourceList', apiVersion: 'v1', groupVersion: core ?? grouped },
    resources: resources.map(({ plural, kind, short }) => ({
      ...{ name: plural, singularName: kind.toLowerCase(), namespaced: true, kind, verbs: ['get', 'list', 'watch'] },
      ...(short !== undefined && { shortNames: [short] }),
    })),
  };
}

/** `a=b,c!=d,e,!f` */
function matches(labels: unknown, selector: string): boolean {
  const values = (labels ?? {}) as Readonly<Record<string, string>>;
  return selector
    .split(',')
    .filter((part) => part !== '')
    .every((part) => {
      const [, key = '', operator = '', value] = /^!?([^=!]+)(?:(==?|!=)(.*))?$/.exec(part) ?? [];
      if (operator === '') return part.startsWith('!') !== Object.hasOwn(values, key);
      return operator === '!=' ? values[key] !== value : values[key] === value;
    });
}
