import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SCENE_NOW } from '../../support/monitor-scene.ts';
import { problemOf, startWebScene, type WebScene } from './web-scene.ts';

const RFC_3339_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('the JSON API', () => {
  let web: WebScene;
  before(async () => {
    web = await startWebScene();
  });
  after(() => web[Symbol.asyncDispose]());

  // biome-ignore lint/suspicious/noExplicitAny: documents of the API, checked by these tests
  const json = async (path: string): Promise<any> => web.json(path);

  it('gives a summary with its counts and the number of open outages', async () => {
    const summary = await json('/api/v1/summary');
    assert.equal(summary.version, '0.1.0');
    assert.match(summary.startedAt, RFC_3339_UTC);
    assert.deepEqual(summary.counts, {
      ...{ available: 6, unavailable: 1, undetermined: 1, pending: 1, paused: 1, skipped: 1 },
    });
    assert.equal(summary.outages, 1);
    assert.equal(summary.health.isReady, true);
  });

  it('gives each resource with every key, in the order of the configuration', async () => {
    const resources = await json('/api/v1/resources');
    assert.deepEqual(
      resources.map(({ id }: { id: string }) => id),
      web.monitor.resources().map(({ id }) => id),
    );
    const [first] = resources;
    const named =
      'id name group kind target foundAt state reason cause message hint since lastCheckedAt lastDefiniteAt nextCheckAt intervalSeconds digest outage uptime';
    for (const key of named.split(' ')) assert.ok(Object.hasOwn(first, key), key);
    assert.deepEqual(first.foundAt, [{ source: 'kairos-pull.yaml', line: 12, path: 'monitor.resources[0]' }]);
    assert.deepEqual(Object.keys(first.uptime), ['24h', '7d', '30d', '90d']);
    assert.deepEqual(first.uptime['24h'], { availableRatio: 1, knownRatio: 1 });
    assert.equal(first.intervalSeconds, 300);
    for (const key of ['since', 'lastCheckedAt', 'lastDefiniteAt', 'nextCheckAt'])
      assert.match(first[key], RFC_3339_UTC);
  });

  it('gives no data as null, never as 0 or 1', async () => {
    const pending = await json('/api/v1/resources/image-gateway');
    assert.equal(pending.state, 'pending');
    assert.deepEqual(pending.uptime['90d'], { availableRatio: null, knownRatio: null });
    assert.deepEqual([pending.since, pending.lastCheckedAt, pending.result], [null, null, null]);
  });

  it('gives one resource with the result of its last check and its outage', async () => {
    const resource = await json('/api/v1/resources/image-web');
    assert.equal(resource.state, 'unavailable');
    assert.equal(resource.result.verdict, 'unpullable');
    assert.equal(resource.result.reason, 'not-found');
    assert.deepEqual(Object.keys(resource.outage), ['id', 'startedAt']);
    assert.match(resource.outage.startedAt, RFC_3339_UTC);
  });

  it('gives the checks newest first, up to the limit and before a time', async () => {
    const checks = await json('/api/v1/resources/image-api/checks');
    assert.equal(checks.length, 100);
    assert.deepEqual(Object.keys(checks[0]).slice(0, 7), [
      'at',
      'state',
      'reason',
      'cause',
      'message',
      'digest',
      'durationMs',
    ]);
    const times = checks.map(({ at }: { at: string }) => at);
    assert.deepEqual(times, [...times].sort().reverse());
    const earlier = await json(`/api/v1/resources/image-api/checks?limit=3&before=${times[2]}`);
    assert.deepEqual(earlier, checks.slice(3, 6));
    const offset = times[2].replace('Z', '+00:00');
    assert.deepEqual(await json(`/api/v1/resources/image-api/checks?limit=3&before=${offset}`), checks.slice(3, 6));
  });

  it('gives buckets whose seconds add up to their length', async () => {
    for (const [query, seconds, count] of [
      ['', 86_400, 90],
      ['?window=7d&buckets=7', 7 * 86_400, 7],
      ['?window=90d&buckets=1000', 90 * 86_400, 1_000],
      ['?window=30d&buckets=1', 30 * 86_400, 1],
    ] as const) {
      const buckets = await json(`/api/v1/resources/image-search/timeline${query}`);
      assert.equal(buckets.length, count);
      let total = 0;
      for (const { from, to, ...states } of buckets) {
        assert.deepEqual(Object.keys(states), ['available', 'unavailable', 'undetermined', 'paused', 'gap']);
        const sum = Object.values<number>(states).reduce((a, b) => a + b, 0);
        assert.equal(sum, (Date.parse(to) - Date.parse(from)) / 1000);
        total += sum;
      }
      assert.equal(total, seconds);
      assert.equal(Date.parse(buckets.at(-1).to), SCENE_NOW);
    }
  });

  it('gives outages, all or the open ones, and those of one resource', async () => {
    const open = await json('/api/v1/outages?open=true');
    assert.deepEqual(Object.keys(open[0]), ['id', 'resource', 'startedAt', 'endedAt', 'reason', 'cause', 'message']);
    assert.deepEqual(
      open.map(({ resource, endedAt }: { resource: string; endedAt: null }) => [resource, endedAt]),
      [['image-web', null]],
    );
    const all = await json('/api/v1/outages?limit=1000');
    assert.ok(all.length > open.length);
    const started = all.map(({ startedAt }: { startedAt: string }) => startedAt);
    assert.deepEqual(started, [...started].sort().reverse());
    const ofWeb = await json('/api/v1/outages?resource=image-web');
    assert.deepEqual(new Set(ofWeb.map(({ resource }: { resource: string }) => resource)), new Set(['image-web']));
    assert.deepEqual(await json('/api/v1/outages?resource=none'), []);
  });

  it('gives events after an id, oldest first; without an id the newest', async () => {
    const events = await json('/api/v1/events?after=0&limit=2');
    assert.deepEqual(
      events.map(({ id }: { id: number }) => id),
      [1, 2],
    );
    const keys = 'id at event resource from to reason cause message digest previousDigest';
    assert.deepEqual(Object.keys(events[0]), keys.split(' '));
    const newest = await json('/api/v1/events?limit=3');
    const last = newest.at(-1).id;
    assert.deepEqual(
      newest.map(({ id }: { id: number }) => id),
      [last - 2, last - 1, last],
    );
    assert.deepEqual(await json(`/api/v1/events?after=${last}`), []);
  });

  it('responds to a bad query with 400 and names the parameter', async () => {
    for (const [path, name] of [
      ['/api/v1/resources/image-api/checks?limit=0', 'limit'],
      ['/api/v1/resources/image-api/checks?limit=1001', 'limit'],
      ['/api/v1/resources/image-api/checks?limit=', 'limit'],
      ['/api/v1/resources/image-api/checks?limit=1e2', 'limit'],
      ['/api/v1/resources/image-api/checks?before=yesterday', 'before'],
      ['/api/v1/resources/image-api/checks?before=2026-13-01T00:00:00Z', 'before'],
      ['/api/v1/resources/image-api/checks?before=2026-12-01', 'before'],
      ['/api/v1/resources/image-api/timeline?window=1y', 'window'],
      ['/api/v1/resources/image-api/timeline?buckets=-1', 'buckets'],
      ['/api/v1/resources/image-api/timeline?buckets=100000', 'buckets'],
      ['/api/v1/outages?open=yes', 'open'],
      ['/api/v1/events?after=-1', 'after'],
      ['/api/v1/events?after=99999999999999999999', 'after'],
      ['/api/v1/events?after=0&limit=many', 'limit'],
      ['/badge/image-api.svg?window=2h', 'window'],
    ] as const) {
      const answered = await web.ask(path);
      assert.equal(answered.status, 400, path);
      assert.match(problemOf(answered).detail, new RegExp(`^${name} must be `), path);
    }
  });

  it('responds to an unknown id with 404 wherever there is one', async () => {
    for (const path of [
      '/api/v1/resources/none',
      '/api/v1/resources/none/checks',
      '/api/v1/resources/none/timeline',
      '/api/v1/resources/none/timeline.csv',
      '/resources/none/health',
      '/badge/none.svg',
    ]) {
      const answered = await web.ask(path);
      assert.equal(answered.status, 404, path);
      assert.equal(problemOf(answered).detail, 'There is no resource with the id "none".');
    }
    assert.equal(problemOf(await web.ask('/api/v1/nothing')).status, 404);
    assert.equal(problemOf(await web.ask('/api/v1/summary/')).status, 404);
  });

  it('responds to a wrong method with 405 and says which are allowed', async () => {
    for (const [method, path, allowed] of [
      ['POST', '/api/v1/summary', 'GET, HEAD'],
      ['DELETE', '/api/v1/resources/image-api', 'GET, HEAD'],
      ['OPTIONS', '/api/v1/resources', 'GET, HEAD'],
      ['TRACE', '/healthz', 'GET, HEAD'],
      ['PUT', '/api/v1/stream', 'GET, HEAD'],
      ['GET', '/api/v1/resources/image-api/check', 'POST'],
      ['PATCH', '/api/v1/resources/image-api/check', 'POST'],
    ] as const) {
      const answered = await web.ask(path, { method });
      assert.equal(problemOf(answered).status, 405, `${method} ${path}`);
      assert.equal(answered.headers.allow, allowed);
    }
  });

  it('responds to HEAD as to GET, without the content', async () => {
    for (const path of ['/api/v1/summary', '/healthz', '/badge/image-api.svg', '/api/v1/stream']) {
      const answered = await web.ask(path, { method: 'HEAD' });
      assert.deepEqual([answered.status, answered.body], [200, ''], path);
    }
    assert.equal(web.server.streams, 0);
    assert.equal((await web.ask('/api/v1/none', { method: 'HEAD' })).status, 404);
  });

  it('compresses what is long for those who accept it', async () => {
    const answered = await web.ask('/api/v1/resources', { headers: { 'accept-encoding': 'br, gzip;q=0.5' } });
    assert.equal(answered.headers['content-encoding'], 'gzip');
    assert.match(answered.headers.vary ?? '', /Accept-Encoding/);
    for (const field of ['gzip;q=0', 'identity', 'x-gzip-ish']) {
      const plain = await web.ask('/api/v1/resources', { headers: { 'accept-encoding': field } });
      assert.equal(plain.headers['content-encoding'], undefined, field);
    }
  });
});
