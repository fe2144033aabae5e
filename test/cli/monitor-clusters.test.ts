// Who contacts a cluster: the process that lists, one that only checks, and one that only shows.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ClusterPart, createClusterPoller } from '../../src/cli/monitor-clusters.ts';
import { createKnownClusters, watchedClusters } from '../../src/config/known-clusters.ts';
import { success } from '../../src/core/outcome.ts';
import { CLUSTERS_KEY } from '../../src/monitor/store/changes.ts';
import { createHeldClock } from '../support/fake-clock.ts';
import { startKubernetesApi } from '../support/kubernetes-api.ts';
import { pod, pullSecret } from '../support/kubernetes-objects.ts';

/** A monitor of several processes, without its database. */
async function openScene() {
  const api = await startKubernetesApi();
  const clusters = watchedClusters({
    resources: [{ kubernetes: { server: api.origin, namespaces: ['shop'], secrets: 'named' } }],
  } as never);
  const meta = new Map<string, string>();
  const store = { readMeta: async () => success(meta) };
  const errors: unknown[] = [];
  api.serve([
    pod('shop', 'web', { pullSecrets: ['regcred'], containers: [{ image: 'registry.example/web:1' }] }),
    pullSecret('shop', 'regcred', { 'registry.example': 'shop:hunter2' }),
  ]);
  return {
    ...{ api, clusters, meta, store, errors },
    async start(part: ClusterPart) {
      const known = createKnownClusters();
      const signal = new AbortController().signal;
      const onError = (error: unknown): void => void errors.push(error);
      const poller = createClusterPoller({ clock: createHeldClock(), env: {}, known, part, signal, onError });
      await poller.readRecord(store, clusters);
      await poller.watch(clusters);
      poller.keepIn({
        add: async (changes) => {
          meta.set(CLUSTERS_KEY, changes.meta?.[CLUSTERS_KEY] ?? '');
          return { eventIds: [], outageIds: [] };
        },
      });
      const images = () => [...known.clusters.values()].flatMap((one) => one.images);
      return { poller, known, images, [Symbol.asyncDispose]: () => poller.stop() };
    },
    /** `pods`, `secrets`; since the last call. */
    asked: (() => {
      let seen = 0;
      return (): string[] => {
        const some = api.requests.slice(seen);
        seen = api.requests.length;
        return [...new Set(some.map(({ path }) => path.split('/').at(5) ?? ''))].sort();
      };
    })(),
    async [Symbol.asyncDispose]() {
      await api.close();
      assert.deepEqual(errors, []);
    },
  };
}

const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
};

describe('the clusters of a monitor', () => {
  it('are listed by one process; another one that checks reads only the secrets, one that shows nothing', async () => {
    await using scene = await openScene();
    await using lister = await scene.start('all');
    assert.ok(scene.asked().includes('pods'));
    assert.deepEqual(
      lister.images().map(({ target, secrets }) => [target.text, secrets.length]),
      [['registry.example/web:1', 1]],
    );
    assert.doesNotMatch(scene.meta.get(CLUSTERS_KEY) ?? '', /hunter2|c2hvcDpodW50ZXIy/);

    await using worker = await scene.start('checks');
    assert.deepEqual(scene.asked(), ['secrets']);
    assert.equal(worker.images()[0]?.secrets.length, 1);
    await using web = await scene.start('shows');
    web.poller.refresh();
    assert.deepEqual([scene.asked(), web.images().length, web.images()[0]?.secrets.length], [[], 1, 0]);

    // What the lister finds later, with its problems, is known to the others once they are told.
    scene.api.allow(({ resource }) => resource !== 'jobs');
    lister.poller.refresh();
    const problems = () => [...web.known.clusters.values()].flatMap((one) => one.problems);
    const { version } = web.known;
    await until(() => /jobs is forbidden/.test(scene.meta.get(CLUSTERS_KEY) ?? ''));
    await web.poller.readRecord(scene.store);
    assert.match(problems().join(), /Cannot list jobs in the namespace shop: jobs is forbidden/);
    assert.ok(web.known.version > version);
  });

  it('are listed by the process that begins to lead, and no more by one that leads no longer', async () => {
    await using scene = await openScene();
    await using worker = await scene.start('checks');
    assert.deepEqual([scene.asked(), worker.images()], [[], []]);
    worker.poller.lead(true);
    await until(() => worker.images().length > 0);
    assert.ok(scene.asked().includes('pods'));
    await until(() => scene.meta.has(CLUSTERS_KEY));
    worker.poller.lead(false);
    worker.poller.refresh();
    await until(() => scene.api.requests.at(-1)?.path.endsWith('/secrets/regcred') === true);
    assert.deepEqual(
      scene.asked().filter((one) => one === 'pods'),
      [],
    );
  });
});
