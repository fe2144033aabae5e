// The command `monitor` and the most widely deployed registry: an image is pushed, deleted, pushed again and moved, the
// registry stops; history, API, stream, metrics, pages, health, badge, log and a webhook's receiver tell the same.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type MonitorClient, openMonitorClient } from '../support/monitor-client.ts';
import { type LoggedLine, spawnMonitor } from '../support/monitor-process.ts';
import { spawnCheck } from '../support/process.ts';
import { startRealRegistry, withoutRealRegistry } from '../support/real-registry.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { createRealClient, writeImageLayout } from '../support/skopeo.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

/** What every place says of the resource, in words of its own: they must agree. */
async function look(client: MonitorClient): Promise<string> {
  const { state, reason, outage, result, lastCheckedAt } = await client.json('/api/v1/resources/app');
  const [latest] = await client.json('/api/v1/resources/app/checks?limit=1');
  const { counts, outages } = await client.json('/api/v1/summary');
  const open = await client.json('/api/v1/outages?open=true');
  const metrics = await client.text('/metrics');
  const series = (name: string): string | undefined =>
    new RegExp(`^kairos_pull_${name}(?:\\{[^}]*resource="app"[^}]*\\})? (\\S+)$`, 'm').exec(metrics)?.[1];
  const dashboard = await client.text('/');
  const page = await client.text('/resources/app');
  const health = await client.get('/resources/app/health');

  assert.deepEqual([latest.state, latest.reason, latest.at], [state, reason, lastCheckedAt]);
  assert.equal(counts[state], 1);
  assert.deepEqual([outages, open.length, open[0]?.id], [outage ? 1 : 0, outage ? 1 : 0, outage?.id]);
  assert.equal(
    result.verdict,
    { available: 'pullable', unavailable: 'unpullable', undetermined: state }[state as string],
  );
  // What cannot be told is neither up nor down.
  assert.equal(series('resource_available'), { available: '1', unavailable: '0' }[state as string]);
  assert.match(metrics, new RegExp(`^kairos_pull_resource_state\\{[^}]*state="${state}"[^}]*\\} 1$`, 'm'));
  assert.equal(series('resource_outage_active'), outage ? '1' : '0');
  assert.ok(dashboard.includes(`data-id="app" data-state="${state}"`), state);
  // Also where the resource is available again, but not long enough to close it.
  assert.equal(dashboard.includes('outage since'), outage !== null);
  assert.equal(page.includes('open for '), outage !== null);
  assert.ok(page.includes(state === 'undetermined' ? 'cannot tell' : state));
  assert.equal(health.headers.get('x-kairos-pull-state'), state);
  assert.match(await client.text('/badge/app.svg'), new RegExp(`<title>app: ${state}</title>`));
  return `${state}${reason === null ? '' : ` ${reason}`}${outage ? ', outage' : ''}`;
}

/** When the receiver has so many requests; the monitor sends them soon after it has shown them. */
async function received({ received: all }: Receiver, count: number): Promise<void> {
  while (all.length < count) await new Promise((resolve) => setImmediate(resolve));
}

describe('kairos-pull monitor and docker-registry', { skip: withoutRealRegistry }, () => {
  it('tells everywhere the same while an image comes, goes, returns, moves, and the registry stops', async (t) => {
    const registry = await startRealRegistry({ auth: 'none' });
    t.after(() => registry.close());
    using skopeo = createRealClient();
    using folder = createTemporaryFolder();
    const layout = writeImageLayout(skopeo.home);
    const image = `${registry.name}/team/app:1`;
    await skopeo.push(layout.image, registry, 'team/app:1');
    const first = await skopeo.inspectDigest(image);

    await using receiver = await startReceiver();
    const config = `monitor:
  listen: 127.0.0.1:0
  store: history.db
  notify: [{ webhook: "${receiver.origin}/hook" }]
  resources: [{ image: "${image}", id: app, name: app, group: shop }]
`;
    await using monitor = spawnMonitor(['--config', folder.write('kairos-pull.yaml', config)]);
    const address = await monitor.url();
    await using client = await openMonitorClient(address);
    const seen: string[] = [];
    const check = async (): Promise<void> => {
      await client.check('app');
      seen.push(await look(client));
    };
    seen.push(await look(client));
    await skopeo.remove(image);
    await check();
    const { message } = await client.json('/api/v1/resources/app');
    // The words of the check.
    assert.equal((await spawnCheck([image, '--plain-http'])).result.message, message);
    await check();
    const [outage] = await client.json('/api/v1/outages?open=true');
    await skopeo.push(layout.image, registry, 'team/app:1');
    await check();
    await check();
    await skopeo.push(layout.index, registry, 'team/app:1');
    const second = await skopeo.inspectDigest(image);
    await check();
    await registry.close();
    await check();
    await check();
    assert.deepEqual(seen, [
      'available',
      'unavailable not-found',
      'unavailable not-found, outage',
      'available, outage',
      'available',
      'available',
      'undetermined unreachable',
      'undetermined unreachable',
    ]);

    const events = await client.json('/api/v1/events?after=0');
    assert.deepEqual(
      events.map(({ event, from, to }: Record<string, unknown>) => `${event} ${from ?? '-'} ${to ?? '-'}`),
      [
        'state pending available',
        'state available unavailable',
        'outage available unavailable',
        'state unavailable available',
        'recovered unavailable available',
        'digest-moved - -',
        'state available undetermined',
      ],
    );
    const moved = events.find(({ event }: LoggedLine) => event === 'digest-moved');
    assert.deepEqual([moved.previousDigest, moved.digest], [first, second]);
    assert.match(await client.text('/metrics'), /^kairos_pull_image_digest_changes_total\{[^}]*\} 1$/m);
    const outages = await client.json('/api/v1/outages');
    assert.deepEqual([outages.length, outages[0].id, outages[0].reason], [1, outage.id, 'not-found']);
    assert.ok(outages[0].endedAt > outages[0].startedAt);
    // The outage began with the first of the two checks.
    const checks = await client.json('/api/v1/resources/app/checks');
    assert.deepEqual([checks.length, outages[0].startedAt], [8, checks.at(-2).at]);
    // The stream had the same events, and the log all but the first one.
    assert.deepEqual(client.events(), events.slice(1));
    for (const { event, id } of events.slice(1)) assert.equal((await monitor.line(event)).id, id);

    // The receiver got each event but the changes of state, once, in order, and the same facts.
    const sent = events.filter(({ event }: LoggedLine) => event !== 'state');
    await received(receiver, sent.length);
    assert.deepEqual(
      receiver.received.map(({ method, path, headers }) => [method, path, headers['idempotency-key']]),
      sent.map(({ id }: { readonly id: number }) => ['POST', '/hook', String(id)]),
    );
    const bodies = receiver.received.map(({ body }) => JSON.parse(body));
    for (const [index, event] of sent.entries()) {
      const { resource, state, hint, since, url, ...told } = bodies[index];
      const { resource: id, ...facts } = event;
      assert.deepEqual(told, facts);
      assert.deepEqual(resource, { id, name: 'app', group: 'shop', kind: 'image', target: image });
      assert.equal(url, `${address}resources/app`);
    }
    assert.deepEqual(
      bodies.map(({ event, state, reason }) => [event, state, reason]),
      [
        ['outage', 'unavailable', 'not-found'],
        ['recovered', 'available', null],
        ['digest-moved', 'available', null],
      ],
    );
    assert.deepEqual([bodies[0].since, bodies[0].message], [outages[0].startedAt, message]);
    assert.deepEqual([bodies[2].previousDigest, bodies[2].digest], [first, second]);
    assert.match(await client.text('/metrics'), /^kairos_pull_notifications_pending\{notifier="webhook"\} 0$/m);
  });
});
