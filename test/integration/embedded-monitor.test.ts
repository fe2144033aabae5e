// The monitor over real sockets: images of the embedded registry that come, go and move.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { createMonitor, type Monitor } from '../../src/monitor/monitor.ts';
import type { MonitorPlan } from '../../src/monitor/monitor-options.ts';
import type { ImageResource } from '../../src/monitor/resource/monitor-resource.ts';
import { createMemoryStore } from '../../src/monitor/store/memory-store.ts';
import { serverIdentity, withoutOpenssl } from '../support/certificates.ts';
import { BARE_ENV } from '../support/command.ts';
import { imageResource, planOf } from '../support/monitor-run.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

async function open(plan: MonitorPlan): Promise<Monitor & AsyncDisposable> {
  const opened = await createMonitor({
    plan: { ...plan, checker: { env: BARE_ENV, retries: 0 } },
    store: createMemoryStore(),
    onError: (error) => assert.fail(String(error)),
    onStoreFailure: ({ message }) => assert.fail(message),
    onStoreRecovery: () => {},
  });
  const monitor = opened.ok ? opened.value : assert.fail(opened.error.message);
  return { ...monitor, [Symbol.asyncDispose]: () => monitor.stop(0) };
}

const never = new AbortController().signal;

function image({ name }: EmbeddedRegistry, id: string, fields: Partial<ImageResource> = {}): ImageResource {
  return imageResource(id, { target: `${name}/team/${id}:1`, host: name, ...fields });
}

describe('a monitor of the embedded registry', () => {
  it('says where its config file names an unknown CA', { skip: withoutOpenssl }, async () => {
    await using registry = await startRegistry({ tls: serverIdentity() });
    await using monitor = await open(planOf([image(registry, 'app')]));
    await monitor.runOnce(never);
    const { state, cause, hint } = monitor.view.resource('app') ?? assert.fail('gone');
    assert.deepEqual([state, cause], ['undetermined', 'tls']);
    assert.equal(
      hint,
      "If it is your company's CA, set caFile (at the top level of the config file, or under registries) to its certificate. If you do not recognize it, a proxy may be intercepting the connection.",
    );
  });

  it('sees an image come, go, return, move, and a registry that stops', async () => {
    await using registry = await startRegistry();
    registry.put('team/app', '1', createImage());
    await using monitor = await open(planOf([image(registry, 'app')]));
    const { view } = monitor;
    assert.equal(view.resource('app')?.state, 'pending');
    const states: unknown[] = [];
    const check = async (): Promise<void> => {
      await monitor.runOnce(never);
      const { state, reason, cause, outage } = view.resource('app') ?? assert.fail('gone');
      states.push([state, reason, cause, outage === null ? 'no outage' : 'outage']);
    };
    await check();
    const { digest } = view.resource('app') ?? assert.fail('gone');
    assert.equal(digest, createImage().manifest.digest);
    registry.remove('team/app', '1');
    await check();
    await check();
    registry.put('team/app', '1', createImage({ text: 'moved' }));
    await check();
    await check();
    await registry.close();
    await check();
    assert.deepEqual(states, [
      ['available', null, null, 'no outage'],
      ['unavailable', 'not-found', null, 'no outage'],
      ['unavailable', 'not-found', null, 'outage'],
      ['available', null, null, 'outage'],
      ['available', null, null, 'no outage'],
      ['undetermined', 'unreachable', 'tcp', 'no outage'],
    ]);
    const events = await view.eventsAfter(0, 100);
    assert.deepEqual(
      events.map(({ event, to }) => `${event} ${to ?? ''}`.trim()),
      [
        ...['state available', 'state unavailable', 'outage unavailable', 'state available', 'digest-moved'],
        ...['recovered available', 'state undetermined'],
      ],
    );
    assert.equal(events[4]?.previousDigest, digest);
    const checks = await view.checks('app', { limit: 100 });
    assert.deepEqual(
      checks?.map(({ state }) => state).reverse(),
      states.map((row) => (row as string[])[0]),
    );
    assert.equal((await view.outages({ limit: 10 }))[0]?.reason, 'not-found');
    const result = (await view.result('app')) as { readonly verdict: string; readonly requests: readonly unknown[] };
    assert.equal(result.verdict, 'undetermined');
  });

  it('expects an image to be absent', async () => {
    await using registry = await startRegistry();
    registry.put('team/leaked', '1', createImage());
    await using monitor = await open(planOf([image(registry, 'leaked', { expect: 'absent' })]));
    const [before] = await monitor.runOnce(never);
    assert.deepEqual([before?.result.state, before?.result.reason], ['unavailable', 'present']);
    registry.remove('team/leaked', '1');
    const [after] = await monitor.runOnce(never);
    assert.deepEqual([after?.result.state, after?.result.reason], ['available', null]);
    assert.match(after?.result.message ?? '', /does not exist, as expected/);
  });

  it('expects the digest that was recorded first', async () => {
    await using registry = await startRegistry();
    registry.put('team/app', '1', createImage());
    await using monitor = await open(planOf([image(registry, 'app', { expect: 'same-digest' })]));
    await monitor.runOnce(never);
    registry.put('team/app', '1', createImage({ text: 'moved' }));
    const [moved] = await monitor.runOnce(never);
    assert.deepEqual([moved?.record?.state, moved?.record?.reason], ['unavailable', 'digest-moved']);
    assert.equal(monitor.view.resource('app')?.state, 'unavailable');
    assert.match(monitor.view.resource('app')?.hint ?? '', /accept the new one: give the resource another `id`/);
    registry.put('team/app', '1', createImage());
    const [back] = await monitor.runOnce(never);
    assert.equal(back?.record?.state, 'available');
  });

  it('requires the platforms and the proof of each resource', async () => {
    await using registry = await startRegistry();
    registry.put('team/app', '1', createImage({ platform: 'linux/amd64' }));
    const resources = [
      image(registry, 'app'),
      image(registry, 'arm', { target: `${registry.name}/team/app:1`, platforms: ['linux/arm64'] }),
      image(registry, 'all', { target: `${registry.name}/team/app:1`, proof: 'layers' }),
    ];
    await using monitor = await open(planOf(resources));
    const checks = await monitor.runOnce(never);
    assert.deepEqual(
      checks.map(({ result }) => [result.state, result.reason]),
      [
        ['available', null],
        ['unavailable', 'platform-missing'],
        ['available', null],
      ],
    );
    assert.equal((checks[2]?.result.document as { readonly proof: string } | undefined)?.proof, 'layers');
  });

  it('uses the credentials of each resource, and a rotated password with the next check', async () => {
    await using registry = await startRegistry({ auth: 'bearer', users: { bot: 'first-secret' } });
    registry.put('team/app', '1', createImage());
    using folder = createTemporaryFolder({ good: 'first-secret\n', bad: 'other-secret' });
    const credentials = (file: string) =>
      ({ kind: 'password-file', username: 'bot', path: `${folder.path}/${file}` }) as const;
    const target = `${registry.name}/team/app:1`;
    await using monitor = await open(
      planOf([
        image(registry, 'none', { target }),
        image(registry, 'good', { target, credentials: credentials('good') }),
        image(registry, 'bad', { target, credentials: credentials('bad') }),
        image(registry, 'missing', { target, credentials: credentials('missing') }),
      ]),
    );
    const outcomes = async () =>
      (await monitor.runOnce(never)).map(({ result }) => [result.state, result.reason, result.cause]);
    assert.deepEqual(await outcomes(), [
      ['unavailable', 'unauthorized', 'missing-or-private'],
      ['available', null, null],
      ['unavailable', 'unauthorized', 'bad-credentials'],
      ['undetermined', 'unreachable', 'credentials-file'],
    ]);
    folder.write('bad', 'first-secret');
    folder.write('missing', 'first-secret');
    assert.deepEqual(await outcomes(), [
      ['unavailable', 'unauthorized', 'missing-or-private'],
      ['available', null, null],
      ['available', null, null],
      ['available', null, null],
    ]);
    const shown = JSON.stringify([monitor.view.resources(), await monitor.view.result('bad')]);
    assert.doesNotMatch(shown, /first-secret|other-secret/);
  });

  it('shares tokens and connections over time', async () => {
    await using registry = await startRegistry({ auth: 'bearer' });
    const ids = ['a', 'b', 'c'];
    for (const id of ids) registry.put(`team/${id}`, '1', createImage());
    await using monitor = await open(planOf(ids.map((id) => image(registry, id))));
    await monitor.runOnce(never);
    const before = registry.log.length;
    await monitor.runOnce(never);
    assert.equal(registry.log.length - before, 3);
    assert.ok(registry.connections <= 6, String(registry.connections));
  });
});
