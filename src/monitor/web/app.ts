// The routes of the server, and what every request passes: Host, credential, and for a change its header and Origin.

import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import type { Authenticator } from './authenticate.ts';
import type { EventStream } from './event-stream.ts';
import type { Pages } from './pages.ts';
import { badRequest, forbidden, type HttpProblem, methodNotAllowed, notFound } from './problem.ts';
import type { OriginPolicy } from './request-origin.ts';
import { problemResponse, replyResponse, SECURITY_HEADERS } from './response.ts';
import type { WebRoute } from './route.ts';

export interface AppOptions {
  readonly routes: readonly WebRoute[];
  readonly stream: EventStream;
  readonly origins: OriginPolicy;
  /** null: every request is accepted. */
  readonly authenticator: Authenticator | null;
  readonly publicRead: boolean;
  /** The prefix of all paths, also accepted without it: some proxies remove it. */
  readonly base: string;
  readonly pageOfError: Pages['error'];
  readonly onError: (error: unknown) => void;
}

type WebContext = Context<{ Bindings: HttpBindings }>;
type Access = WebRoute['access'];

const STREAM_PATH = '/api/v1/stream';
const MAX_BODY_BYTES = 16 * 1024;

export function createApp(options: AppOptions): Hono<{ Bindings: HttpBindings }> {
  const { routes, stream, origins, authenticator, publicRead, base, pageOfError, onError } = options;
  const app = new Hono<{ Bindings: HttpBindings }>({ getPath: ({ url }) => pathWithout(base, new URL(url).pathname) });

  const refuse = async (c: WebContext, access: Access): Promise<HttpProblem | null> => {
    const { host } = new URL(c.req.url);
    if (!origins.isOwnHost(host)) {
      return forbidden(
        'The Host field is not that of this monitor; use localhost with its port, or set url in the configuration.',
      );
    }
    const isRead = c.req.method === 'GET' || c.req.method === 'HEAD';
    if (authenticator !== null && access !== 'open' && !(publicRead && isRead && access === 'read')) {
      const problem = await authenticator.refuse(c.req.header('authorization'));
      if (problem !== null) return problem;
    }
    return null;
  };

  /** What only a request that changes something needs: another site must not be able to send it. */
  const refuseChange = (c: WebContext): HttpProblem | null => {
    if (c.req.header('x-kairos-pull') !== '1') return forbidden('The header X-Kairos-Pull: 1 is required.');
    if (!origins.isOwnOrigin(c.req.header('origin'), new URL(c.req.url).host)) {
      return forbidden('The Origin field names another site.');
    }
    const isLarge = Number(c.req.header('content-length') ?? 0) > MAX_BODY_BYTES;
    return isLarge ? { status: 413, title: 'Content too large', detail: 'The request needs no content.' } : null;
  };

  const fail = (c: WebContext, problem: HttpProblem): Response | Promise<Response> => {
    const isForBrowser = c.req.header('accept')?.includes('text/html') === true && !c.req.path.startsWith('/api/');
    const page = isForBrowser ? pageOfError?.(problem, { base, query: queryOf(c) }) : null;
    if (page == null) return problemResponse(problem);
    const headers = { ...page.headers, ...problem.headers };
    return replyResponse({ status: problem.status, ...page, headers }, c.req.header('accept-encoding') ?? '');
  };

  for (const { method, path, access, reply } of routes) {
    app.on(method, path, async (c) => {
      const problem = (await refuse(c, access)) ?? (method === 'POST' ? refuseChange(c) : null);
      if (problem !== null) return fail(c, problem);
      const parameter = c.req.param('id') ?? c.req.param('file') ?? '';
      const gone = new AbortController();
      c.env.outgoing.once('close', () => gone.abort());
      const outcome = await reply({
        ...{ base, query: queryOf(c), parameter, accept: c.req.header('accept') ?? '' },
        scrapeTimeout: c.req.header('x-prometheus-scrape-timeout-seconds') ?? '',
        signal: gone.signal,
      });
      return outcome.ok ? replyResponse(outcome.value, c.req.header('accept-encoding') ?? '') : fail(c, outcome.error);
    });
  }

  app.get(STREAM_PATH, async (c) => {
    const problem = await refuse(c, 'read');
    if (problem !== null) return fail(c, problem);
    const after = c.req.header('last-event-id') ?? c.req.query('after');
    if (c.req.method === 'HEAD') return new Response(null, { headers: STREAM_HEADERS });
    if (stream.isFull) return fail(c, TOO_MANY_STREAMS);
    c.env.outgoing.writeHead(200, STREAM_HEADERS);
    stream.open(c.env.outgoing, after !== undefined && /^\d{1,15}$/.test(after) ? Number(after) : undefined);
    return new Response(null, { headers: { 'x-hono-already-sent': 'true' } });
  });

  for (const [path, allowed] of allowedMethods(routes)) {
    app.all(path, async (c) => fail(c, (await refuse(c, 'read')) ?? methodNotAllowed(c.req.method, allowed)));
  }
  app.notFound(async (c) => fail(c, (await refuse(c, 'read')) ?? notFound('There is nothing at this path.')));
  app.onError((error) => {
    onError(error);
    return problemResponse(INTERNAL);
  });
  return app;
}

/** For what fails before it is a request: `app` never sees it. */
export const malformedRequest: HttpProblem = badRequest('The request line or the Host field is malformed.');

const INTERNAL: HttpProblem = {
  ...{ status: 500, title: 'Internal error' },
  detail: 'This is a bug of kairos-pull; its log has the details.',
};

const TOO_MANY_STREAMS: HttpProblem = {
  ...{ status: 503, title: 'Too many streams', headers: { 'retry-after': '10' } },
  detail: 'Too many clients read the stream of events; poll /api/v1/events instead.',
};

/** Proxies neither keep nor change it: nginx by `X-Accel-Buffering`, others by `no-transform`. */
const STREAM_HEADERS: Readonly<Record<string, string>> = {
  ...SECURITY_HEADERS,
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};

const queryOf = (c: WebContext): URLSearchParams => new URL(c.req.url).searchParams;

/** Percent-encoded, so that an encoded slash separates nothing. */
function pathWithout(base: string, path: string): string {
  if (base !== '' && path === base) return '/';
  return base !== '' && path.startsWith(`${base}/`) ? path.slice(base.length) : path;
}

function allowedMethods(routes: readonly WebRoute[]): ReadonlyMap<string, string> {
  const allowed = new Map<string, string>([[STREAM_PATH, 'GET, HEAD']]);
  for (const { method, path } of routes) allowed.set(path, method === 'GET' ? 'GET, HEAD' : method);
  return allowed;
}
