import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failure } from '../../../src/core/outcome.ts';
import type { Pages } from '../../../src/monitor/web/pages.ts';
import { HOSTILE_TEXTS } from '../../support/made-up-history.ts';
import { problemOf, startWebScene } from './web-scene.ts';

describe('the health of a resource', () => {
  it('is 200 or 503 for other monitors; undetermined counts as the last definite state', async () => {
    await using web = await startWebScene();
    const health = async (id: string) => {
      const { status, headers } = await web.ask(`/resources/${id}/health`);
      return [status, headers['x-kairos-pull-state']];
    };
    assert.deepEqual(await health('image-api'), [200, 'available']);
    assert.deepEqual(await health('image-web'), [503, 'unavailable']);
    assert.deepEqual(await health('image-worker'), [200, 'undetermined']);
    assert.deepEqual(await health('image-gateway'), [503, 'pending']);
    const paused = web.monitor.resources().find(({ state }) => state === 'paused');
    assert.deepEqual(await health(paused?.id ?? ''), [200, 'paused']);
    web.monitor.check('image-web', 'undetermined');
    assert.deepEqual(await health('image-web'), [503, 'undetermined']);
    web.monitor.check('image-gateway', 'undetermined');
    assert.deepEqual(await health('image-gateway'), [503, 'undetermined']);
    web.monitor.check('image-web', 'available');
    assert.deepEqual(await health('image-web'), [200, 'available']);
  });
});

describe('the health of the monitor', () => {
  it('is that of its loop, and of its store and schedule, without a path or a name', async () => {
    await using web = await startWebScene();
    assert.deepEqual(await web.json('/healthz'), { status: 'alive' });
    assert.deepEqual(await web.json('/readyz'), { status: 'ready' });
    web.monitor.setHealth({ isReady: false, store: 'cannot write /srv/private.db: no space left on the device' });
    const notReady = await web.ask('/readyz');
    assert.equal(problemOf(notReady).status, 503);
    assert.ok(!notReady.body.includes('private.db'));
    assert.equal((await web.ask('/healthz')).status, 200);
    const [clock, workers] = ['The clock of this machine is 1 h behind.', 'No worker has checked anything.'];
    const readiness = async () => problemOf(await web.ask('/readyz')).detail;
    web.monitor.setHealth({ store: null, clock });
    assert.equal(await readiness(), clock);
    web.monitor.setHealth({ workers });
    assert.equal(await readiness(), `${clock} ${workers}`);
    web.monitor.setHealth({ store: 'it is away' });
    assert.equal(
      await readiness(),
      `The store is not writable, or the schedule is not filled yet. ${clock} ${workers}`,
    );
    web.monitor.setHealth({ isAlive: false });
    assert.equal(problemOf(await web.ask('/healthz')).status, 503);
  });
});

describe('the time limit of a probe', () => {
  it('leaves the scraper time to read the reply', async () => {
    const limits: number[] = [];
    await using web = await startWebScene({
      async probe(_, { timeoutMs }) {
        limits.push(timeoutMs);
        return failure({ kind: 'busy' });
      },
    });
    for (const seconds of ['10', '1.5', '1', '0.2', '60', '0', '-1', 'NaN']) {
      await web.ask('/probe?target=a', { headers: { 'x-prometheus-scrape-timeout-seconds': seconds } });
    }
    assert.deepEqual(limits, [9_500, 1_000, 500, 100, 30_000, 10_000, 10_000, 10_000]);
  });
});

/** Tags with quoted attributes, text, and the five entities of XML. */
const WELL_FORMED = /^(?:<\/?[a-z]+(?: [a-zA-Z-]+="[^"<>]*")*\/?>|[^<>&]|&(?:amp|lt|gt|quot|apos);)+$/;

describe('a badge', () => {
  it('says name and state, or the uptime of a window', async () => {
    await using web = await startWebScene();
    const badge = await web.ask('/badge/image-web.svg');
    assert.equal(badge.headers['content-type'], 'image/svg+xml; charset=utf-8');
    assert.equal(badge.headers['cache-control'], 'no-cache');
    assert.equal(badge.headers['cross-origin-resource-policy'], 'cross-origin');
    assert.ok(badge.body.includes('<title>web: unavailable</title>'), badge.body);
    assert.ok((await web.ask('/badge/image-api.svg?window=24h')).body.includes('<title>api 24h: 100.00 %</title>'));
    assert.ok(
      (await web.ask('/badge/image-gateway.svg?window=7d')).body.includes('<title>gateway 7d: no data</title>'),
    );
    for (const path of ['/badge/image-api', '/badge/image-api.png', '/badge/.svg']) {
      assert.equal((await web.ask(path)).status, 404, path);
    }
  });

  it('is one SVG without a script, whatever the name contains', async () => {
    await using web = await startWebScene({ monitor: { hostile: true } });
    for (const { id } of web.monitor.resources()) {
      const { body } = await web.ask(`/badge/${id}.svg`);
      assert.match(body, WELL_FORMED, id);
      assert.deepEqual(
        [...new Set(body.match(/<\w+/g))].sort(),
        ['<g', '<path', '<rect', '<svg', '<text', '<title'].sort(),
      );
      assert.ok(!/[\u001b\u202e\u0007]/.test(body), id);
      assert.ok(body.length < 2_500, String(body.length));
    }
  });
});

describe('uptime as CSV', () => {
  it('has a row for each resource', async () => {
    await using web = await startWebScene();
    const { headers, body } = await web.ask('/api/v1/uptime.csv');
    assert.equal(headers['content-type'], 'text/csv; charset=utf-8');
    assert.equal(headers['content-disposition'], 'attachment; filename="uptime.csv"');
    const [head, ...rows] = body.trimEnd().split('\r\n');
    assert.equal(
      head,
      'id,name,group,kind,target,state,since,available_ratio_24h,known_ratio_24h,available_ratio_7d,known_ratio_7d,available_ratio_30d,known_ratio_30d,available_ratio_90d,known_ratio_90d',
    );
    assert.equal(rows.length, 10);
    assert.match(rows[0] ?? '', /^image-api,api,shop,image,ghcr\.io\/org\/api:1\.0,available,[\dTZ:.-]+,1,1,/);
    assert.match(rows[7] ?? '', /,pending,,,,,,,,,$/);
  });

  it('has a row for each bucket of a resource', async () => {
    await using web = await startWebScene();
    const { body } = await web.ask('/api/v1/resources/image-api/timeline.csv?window=7d&buckets=7');
    const [head, ...rows] = body.trimEnd().split('\r\n');
    const states = 'available_seconds,unavailable_seconds,undetermined_seconds,paused_seconds,gap_seconds';
    assert.equal(head, `from,to,${states},available_ratio,known_ratio`);
    assert.equal(rows.length, 7);
    assert.equal(rows[0], '2026-11-21T12:00:00.000Z,2026-11-22T12:00:00.000Z,86400,0,0,0,0,1,1');
    const refused = await web.ask('/api/v1/resources/image-api/timeline.csv?window=2d');
    assert.equal(problemOf(refused).status, 400);
  });

  it('has no cell that a spreadsheet runs', async () => {
    await using web = await startWebScene({ monitor: { hostile: true, resources: 60 } });
    for (const name of ["=cmd|'/c calc'!A0", '+1', '-1', '@SUM(1)', '\t=1', '\r=1', '  =1', 'a"b', 'a,b', 'a\nb']) {
      web.monitor.rename('image-api', name);
      const cells = parseCsv((await web.ask('/api/v1/uptime.csv')).body);
      for (const row of cells) {
        assert.equal(row.length, 15);
        for (const cell of row) assert.ok(!/^\s*[=+@]/.test(cell) && !/^-(?!\d)/.test(cell), cell);
      }
      const isFormula = /^\s*[=+\-@]/.test(name);
      assert.equal(cells[1]?.[1], isFormula ? `'${name}` : name);
    }
  });
});

/** RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') rows.push([]);
  }
  rows.pop();
  return rows;
}

const PAGES: Pages = {
  dashboard: async ({ base, query }) => ({
    contentType: 'text/html; charset=utf-8',
    body: `<p>${base}|${query.get('q')}`,
  }),
  resource: async (id) => (id === 'image-api' ? { contentType: 'text/html; charset=utf-8', body: id } : null),
  asset: (name) =>
    name === 'page.js'
      ? { contentType: 'text/javascript', body: '0', headers: { 'Cache-Control': 'max-age=9' } }
      : null,
  error: ({ status }) => ({ contentType: 'text/html; charset=utf-8', body: `<h1>${status}</h1>` }),
};

describe('pages', () => {
  it('are served with a strict policy, below the path of the public URL or without it', async () => {
    await using web = await startWebScene({ pages: PAGES, url: 'https://ops.example/monitor/' });
    for (const path of ['/', '/monitor', '/monitor/']) {
      const { body, headers } = await web.ask(`${path}?q=1`);
      assert.equal(body, '<p>/monitor|1');
      assert.match(
        String(headers['content-security-policy']),
        /^default-src 'none'; script-src 'self'; style-src 'self';/,
      );
      assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['cache-control'], 'no-store');
    }
    assert.equal((await web.ask('/monitor/resources/image-api')).body, 'image-api');
    assert.equal((await web.ask('/monitor/api/v1/summary')).status, 200);
    assert.equal((await web.ask('/monitorx/api/v1/summary')).status, 404);
    const asset = await web.ask('/assets/1/page.js');
    assert.deepEqual([asset.body, asset.headers['cache-control']], ['0', 'max-age=9']);
    assert.equal((await web.ask('/assets/1/none')).status, 404);
  });

  it('show errors to a browser, and JSON to a program', async () => {
    await using web = await startWebScene({ pages: PAGES });
    const html = await web.ask('/resources/none', { headers: { accept: 'text/html,*/*' } });
    assert.deepEqual([html.status, html.body], [404, '<h1>404</h1>']);
    assert.equal(problemOf(await web.ask('/resources/none')).status, 404);
    assert.equal(problemOf(await web.ask('/api/v1/none', { headers: { accept: 'text/html' } })).status, 404);
  });

  it('are 404 where there are none', async () => {
    await using web = await startWebScene();
    for (const path of ['/', '/resources/image-api', '/assets/1/page.js', '/metrics']) {
      assert.equal(problemOf(await web.ask(path)).status, 404, path);
    }
  });
});

describe('metrics', () => {
  it('are in the format that the client prefers', async () => {
    const metrics = async (accept: string) => ({ contentType: 'text/plain; version=0.0.4', body: `# ${accept}\n` });
    await using web = await startWebScene({ metrics });
    const { body, headers } = await web.ask('/metrics', { headers: { accept: 'application/openmetrics-text' } });
    assert.equal(body, '# application/openmetrics-text\n');
    assert.match(String(headers.vary), /\bAccept\b/);
  });
});

describe('an internal error', () => {
  it('is a problem without details for the client, with details in the log', async () => {
    const metrics = async () => Promise.reject(new Error('secret detail'));
    await using web = await startWebScene({ metrics });
    const answered = await web.ask('/metrics');
    assert.equal(problemOf(answered).status, 500);
    assert.ok(!answered.body.includes('secret'));
    assert.match(web.log.join(), /^internal error: Error: secret detail\n/);
    assert.equal((await web.ask('/healthz')).status, 200);
  });
});

describe('hostile texts', () => {
  it('arrive as they are in JSON, and reach no terminal', async () => {
    await using web = await startWebScene({ monitor: { hostile: true, resources: 60 } });
    for (const path of ['/api/v1/resources', '/api/v1/outages?limit=1000', '/api/v1/events?limit=1000']) {
      const { body } = await web.ask(path);
      assert.ok(!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/.test(body), path);
      for (const text of HOSTILE_TEXTS.slice(0, 3))
        assert.ok(JSON.stringify(JSON.parse(body)).includes(JSON.stringify(text).slice(1, -1)));
    }
  });
});
