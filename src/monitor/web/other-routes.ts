// The routes beside the API: pages, health for other monitors, badges, metrics, and the health of the monitor itself.

import { failure, success } from '../../core/outcome.ts';
import type { MonitorHealth, MonitorView, ResourceView } from '../view/monitor-view.ts';
import { stateBadge, uptimeBadge } from './badge.ts';
import { resourceDocument } from './documents.ts';
import type { Pages } from './pages.ts';
import { type HttpProblem, notFound, unknownResource } from './problem.ts';
import { readWindow } from './query.ts';
import { get, json, type WebRoute } from './route.ts';

/** The text for Prometheus, in the format that the `Accept` field prefers. */
export type FormatMetrics = (accept: string) => Promise<{ readonly contentType: string; readonly body: string }>;

export function pageRoutes(pages: Pages): readonly WebRoute[] {
  return [
    get('/', async (request) => success(await pages.dashboard(request))),
    get('/resources/:id', async (request) => {
      const page = await pages.resource(request.parameter, request);
      return page === null ? failure(unknownResource(request.parameter)) : success(page);
    }),
    get('/assets/:version/:file', ({ parameter }) => {
      const asset = pages.asset(parameter);
      return asset === null ? failure(notFound('There is no such file.')) : success(asset);
    }),
  ];
}

export function healthRoutes(view: MonitorView): readonly WebRoute[] {
  const notAlive = { ...unavailable('Stuck'), detail: 'The monitor has not looked for due checks for two minutes.' };
  return [
    {
      ...{ method: 'GET', path: '/healthz', access: 'open' },
      reply: () => (view.health().isAlive ? json({ status: 'alive' }) : failure(notAlive)),
    },
    {
      ...{ method: 'GET', path: '/readyz', access: 'open' },
      reply() {
        const health = view.health();
        const notReady = { ...unavailable('Not ready'), detail: describeUnready(health) };
        return health.isReady ? json({ status: 'ready' }) : failure(notReady);
      },
    },
    get('/resources/:id/health', ({ parameter: id }) => {
      const resource = view.resource(id);
      if (resource === null) return failure(unknownResource(id));
      const { state, reason, cause, message, since, lastDefiniteAt, lastDefiniteState } = resourceDocument(resource);
      return json(
        { id, state, reason, cause, message, since, lastDefiniteAt, lastDefiniteState },
        { status: isHealthy(resource) ? 200 : 503, headers: { 'x-kairos-pull-state': state } },
      );
    }),
    get('/badge/:file', ({ parameter: file, query }) => {
      const id = file.endsWith('.svg') ? file.slice(0, -'.svg'.length) : undefined;
      if (id === undefined) return failure(notFound('A badge is /badge/{id}.svg.'));
      const resource = view.resource(id);
      if (resource === null) return failure(unknownResource(id));
      const window = readWindow(query);
      if (!window.ok) return window;
      return success({
        contentType: 'image/svg+xml; charset=utf-8',
        body: query.has('window') ? uptimeBadge(resource, window.value) : stateBadge(resource),
        // Other sites show it, and keep it no longer than a moment.
        headers: { 'cache-control': 'no-cache', 'cross-origin-resource-policy': 'cross-origin' },
      });
    }),
  ];
}

/** The message of the store may name its host: it is for those who may read the page. */
function describeUnready({ store, clock, workers }: MonitorHealth): string {
  const known = [clock, workers].filter((problem) => problem !== null);
  const isOther = store !== null || known.length === 0;
  return [...(isOther ? ['The store is not writable, or the schedule is not filled yet.'] : []), ...known].join(' ');
}

const unavailable = (title: string): Omit<HttpProblem, 'detail'> => ({ status: 503, title });

/** An undetermined resource counts as its last definite state. */
function isHealthy({ state, lastDefiniteState }: ResourceView): boolean {
  return state === 'undetermined' ? lastDefiniteState === 'available' : state === 'available' || state === 'paused';
}

export const metricsRoute = (format: FormatMetrics): WebRoute => ({
  ...{ method: 'GET', path: '/metrics', access: 'private' },
  reply: async ({ accept }) => success({ ...(await format(accept)), headers: { vary: 'Accept' } }),
});
