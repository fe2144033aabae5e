import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createMemoryStore } from '../../../src/monitor/store/memory-store.ts';
import { check, mustSucceed, resource, T0 } from './store-scene.ts';
import { describeStore } from './suite.ts';

describeStore({
  name: 'memory',
  persists: false,
  open: async () => {
    const store = createMemoryStore();
    return {
      store: () => store,
      reopen: async () => assert.fail('it forgets'),
      [Symbol.asyncDispose]: () => store.close(),
    };
  },
});

it('memory keeps the newest 10,000 checks of a resource', async () => {
  const store = createMemoryStore();
  await store.saveResources([resource('a')], T0);
  const checks = Array.from({ length: 10_005 }, (_, n) => check('a', T0 + n));
  mustSucceed(await store.write({ checks }));
  const kept = mustSucceed(await store.readChecks({ resource: 'a', limit: 20_000 }));
  assert.deepEqual([kept.length, kept.at(-1)?.atMs], [10_000, T0 + 5]);
});

it('memory has no backup, and says so', async () => {
  const refused = await createMemoryStore().backupTo('copy.db');
  assert.deepEqual(refused, {
    ok: false,
    error: {
      kind: 'no-such-place',
      message: 'the running monitor keeps its history in memory; there is nothing to export',
    },
  });
});
