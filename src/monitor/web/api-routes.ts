// The JSON API under /api/v1.

import { failure, success } from '../../core/outcome.ts';
import type { MonitorView } from '../view/monitor-view.ts';
import {
  bucketDocument,
  checkDocument,
  eventDocument,
  formatTime,
  outageDocument,
  resourceDocument,
  summaryDocument,
} from './documents.ts';
import { type HttpProblem, unknownResource } from './problem.ts';
import { readBoolean, readInteger, readTime, readWindow } from './query.ts';
import { get, json, jsonOr, type WebRoute } from './route.ts';
import { timelineCsv, uptimeCsv } from './uptime-csv.ts';

const LIMIT = { min: 1, max: 1_000, usual: 100 };
const MAX_BUCKETS = 1_000;
const MAX_ID = Number.MAX_SAFE_INTEGER;

export function apiRoutes(view: MonitorView): readonly WebRoute[] {
  return [
    get('/api/v1/summary', () => json(summaryDocument(view.summary(), view.health()))),
    get('/api/v1/resources', () => json(view.resources().map(resourceDocument))),
    get('/api/v1/resources/:id', async ({ parameter: id }) => {
      const resource = view.resource(id);
      if (resource === null) return failure(unknownResource(id));
      return json({ ...resourceDocument(resource), result: await view.result(id) });
    }),
    get('/api/v1/resources/:id/checks', async ({ parameter: id, query }) => {
      const limit = readInteger(query, 'limit', LIMIT);
      const before = readTime(query, 'before');
      if (!limit.ok) return limit;
      if (!before.ok) return before;
      const beforeMs = before.value === undefined ? {} : { beforeMs: before.value };
      const checks = await view.checks(id, { limit: limit.value, ...beforeMs });
      return jsonOr(checks, (all) => all.map(checkDocument), unknownResource(id));
    }),
    get('/api/v1/resources/:id/timeline', async ({ parameter: id, query }) => {
      const range = readTimelineQuery(query);
      if (!range.ok) return range;
      return jsonOr(await view.timeline(id, range.value), (all) => all.map(bucketDocument), unknownResource(id));
    }),
    get('/api/v1/resources/:id/timeline.csv', async ({ parameter: id, query }) => {
      const range = readTimelineQuery(query);
      if (!range.ok) return range;
      const buckets = await view.timeline(id, range.value);
      return buckets === null ? failure(unknownResource(id)) : csv('timeline', timelineCsv(buckets));
    }),
    get('/api/v1/uptime.csv', () => csv('uptime', uptimeCsv(view.resources()))),
    get('/api/v1/outages', async ({ query }) => {
      const limit = readInteger(query, 'limit', LIMIT);
      const openOnly = readBoolean(query, 'open');
      if (!limit.ok) return limit;
      if (!openOnly.ok) return openOnly;
      const resource = query.get('resource');
      const outages = await view.outages({
        ...{ limit: limit.value, openOnly: openOnly.value },
        ...(resource === null ? {} : { resource }),
      });
      return json(outages.map(outageDocument));
    }),
    get('/api/v1/events', async ({ query }) => {
      const limit = readInteger(query, 'limit', LIMIT);
      const after = readInteger(query, 'after', { max: MAX_ID, usual: -1 });
      if (!limit.ok) return limit;
      if (!after.ok) return after;
      // Without `after` the newest ones, so that a client can begin there.
      const events =
        after.value < 0
          ? [...(await view.latestEvents({ limit: limit.value }))].reverse()
          : await view.eventsAfter(after.value, limit.value);
      return json(events.map(eventDocument));
    }),
    {
      ...{ method: 'POST', path: '/api/v1/resources/:id/check', access: 'private' },
      reply: async ({ parameter: id }) => {
        const outcome = await view.requestCheck(id);
        if (outcome === 'accepted') return json({ resource: id, requestedAt: formatTime(view.now()) }, { status: 202 });
        return failure(outcome === 'unknown' ? unknownResource(id) : REFUSED[outcome]);
      },
    },
  ];
}

const REFUSED: Readonly<Record<'paused' | 'too-often' | 'unavailable' | 'no-worker', HttpProblem>> = {
  unavailable: {
    ...{ status: 503, title: 'Store not available', headers: { 'retry-after': '5' } },
    detail: 'The store cannot be reached now; another process checks this resource, and reads the request there.',
  },
  'no-worker': {
    ...{ status: 503, title: 'No worker', headers: { 'retry-after': '5' } },
    detail: 'No worker is running, so the resource is not checked. Start one with --role worker.',
  },
  paused: { status: 409, title: 'Paused', detail: 'The resource is paused; it is not checked.' },
  'too-often': {
    ...{ status: 429, title: 'Too many requests', headers: { 'retry-after': '1' } },
    detail: 'A check of this resource was requested less than a second ago.',
  },
};

function readTimelineQuery(query: URLSearchParams) {
  const window = readWindow(query);
  const buckets = readInteger(query, 'buckets', { min: 1, max: MAX_BUCKETS, usual: 90 });
  if (!window.ok) return window;
  return buckets.ok ? success({ window: window.value, buckets: buckets.value }) : buckets;
}

const csv = (name: string, body: string) =>
  success({
    ...{ contentType: 'text/csv; charset=utf-8', body },
    headers: { 'content-disposition': `attachment; filename="${name}.csv"` },
  });
