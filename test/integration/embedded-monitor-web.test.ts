// The monitor with its web server over real sockets: an image comes, goes, returns and moves, and API, stream, health,
// badge, CSV and page agree.

import assert from 'node:assert/strict';
import { get, type IncomingMessage } from 'node:http';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { createMonitor, type Monitor } from '../../src/monitor/monitor.ts';
import { createMemoryStore } from '../../src/monitor/store/memory-store.ts';
import { createPages } from '../../src/monitor/web/html-pages.ts';
import { createWebServer, type WebServer } from '../../src/monitor/web/server.ts';
import { type Answered, ask } from '../support/ask.ts';
import { BARE_ENV } from '../support/command.ts';
import { imageResource, planOf } from '../support/monitor-run.ts';

interface Served extends AsyncDisposable {
  readonly monitor: Monitor;
  readonly server: WebServer;
  ask(path: string, asking?: Parameters<typeof ask>[1]): Promise<Answered>;
}

async function serve({ name }: EmbeddedRegistry): Promise<Served> {
  const fail = (error: unknown): never => assert.fail(String(error));
  const resource = imageResource('app', { target: `${name}/team/app:1`, host: name, group: 'shop' });
  const opened = await createMonitor({
    plan: { ...planOf([resource]), checker: { env: BARE_ENV, retries: 0 } },
    ...{ store: createMemoryStore(), onError: fail, onStoreFailure: fail, onStoreRecovery: () => {} },
  });
  const monitor = opened.ok ? opened.value : assert.fail(opened.error.message);
  const started = await createWebServer(monitor.view, {
    ...{ listen: { host: '127.0.0.1', port: 0 }, auth: null, url: null, log: fail },
    pages: createPages(monitor.view),
  });
  const server = started.ok ? started.value : assert.fail(started.error.message);
  return {
    ...{ monitor, server },
    ask: (path, asking) => ask(`${server.origin}${path}`, asking),
    async [Symbol.asyncDispose]() {
      await server.close(0);
      await monitor.stop(0);
    },
  };
}

describe('the web server of a monitor of the embedded registry', () => {
  it('shows the same state everywhere while an image comes, goes, returns and moves', async () => {
    await using registry = await startRegistry();
    registry.put('team/app', '1', createImage());
    await using web = await serve(registry);
    const json = async (path: string) => JSON.parse((await web.ask(path)).body);
    assert.equal((await json('/api/v1/resources/app')).state, 'pending');
    const stream = openStream(`${web.server.origin}/api/v1/stream?after=0`);
    while (web.server.streams === 0) await new Promise((resolve) => setImmediate(resolve));
    const states: unknown[] = [];
    const check = async (): Promise<void> => {
      await web.monitor.runOnce(new AbortController().signal);
      const resource = await json('/api/v1/resources/app');
      const { counts, outages } = await json('/api/v1/summary');
      const health = await web.ask('/resources/app/health');
      const badge = await web.ask('/badge/app.svg');
      const page = await web.ask('/resources/app', { headers: { accept: 'text/html' } });
      const [latest] = await json('/api/v1/resources/app/checks?limit=1');
      assert.equal(counts[resource.state], 1);
      assert.equal(outages, resource.outage === null ? 0 : 1);
      assert.equal(health.headers['x-kairos-pull-state'], resource.state);
      assert.ok(badge.body.includes(`<title>app: ${resource.state}</title>`));
      assert.equal(page.status, 200);
      assert.deepEqual([latest.state, latest.at], [resource.state, resource.lastCheckedAt]);
      assert.ok((await web.ask('/api/v1/uptime.csv')).body.includes(`,${resource.state},`));
      states.push([resource.state, resource.reason, health.status, outages]);
    };
    await check();
    registry.remove('team/app', '1');
    await check();
    await check();
    registry.put('team/app', '1', createImage({ text: 'moved' }));
    await check();
    await check();
    await registry.close();
    await check();
    assert.deepEqual(states, [
      ['available', null, 200, 0],
      ['unavailable', 'not-found', 503, 0],
      ['unavailable', 'not-found', 503, 1],
      ['available', null, 200, 1],
      ['available', null, 200, 0],
      ['undetermined', 'unreachable', 200, 0],
    ]);
    const events = await json('/api/v1/events?after=0');
    const outages = await json('/api/v1/outages');
    assert.deepEqual(
      outages.map(({ resource, reason, endedAt }: Record<string, unknown>) => [resource, reason, typeof endedAt]),
      [['app', 'not-found', 'string']],
    );
    await web.server.close();
    const blocks = (await stream).split('\n\n').filter((block) => block.includes('data: '));
    const sent = blocks.map((block) => JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? ''));
    assert.deepEqual(
      sent.filter(({ event }) => event !== 'check'),
      events,
    );
    assert.deepEqual(
      sent.filter(({ event }) => event === 'check').map(({ state }) => state),
      states.map((row) => (row as string[])[0]),
    );
  });

  it('checks immediately on request', async () => {
    await using registry = await startRegistry();
    registry.put('team/app', '1', createImage());
    await using web = await serve(registry);
    const changed = new Promise<string>((resolve) => {
      web.monitor.view.subscribe((update) => update.kind === 'check' && resolve(update.check.state));
    });
    web.monitor.start();
    assert.equal(await changed, 'available');
    assert.equal((await web.ask('/readyz')).status, 200);
    registry.remove('team/app', '1');
    const next = new Promise<string>((resolve) => {
      web.monitor.view.subscribe((update) => update.kind === 'check' && resolve(update.check.state));
    });
    const post = () => web.ask('/api/v1/resources/app/check', { method: 'POST', headers: { 'x-kairos-pull': '1' } });
    const [first, second] = [await post(), await post()];
    assert.deepEqual([first.status, second.status], [202, 429]);
    assert.equal(await next, 'unavailable');
    assert.equal((await web.ask('/resources/app/health')).status, 503);
  });
});

/** The whole text, when the server has ended it. */
async function openStream(url: string): Promise<string> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => get(url, resolve).on('error', reject));
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return new Promise((resolve) => response.once('end', () => resolve(text)));
}
