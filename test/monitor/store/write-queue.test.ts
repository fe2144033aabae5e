import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failure } from '../../../src/core/outcome.ts';
import type { Changes } from '../../../src/monitor/store/changes.ts';
import type { StoreFailureKind } from '../../../src/monitor/store/failure.ts';
import { createMemoryStore } from '../../../src/monitor/store/memory-store.ts';
import type { MonitorStore } from '../../../src/monitor/store/store.ts';
import { createWriteQueue } from '../../../src/monitor/store/write-queue.ts';
import { createHeldClock } from '../../support/fake-clock.ts';
import { check, event, mustSucceed, outage, resource, T0 } from './store-scene.ts';

/** A memory store that fails on demand, with a queue before it and what the queue reported. */
async function createScene(maxHeld = 1_000) {
  const memory = createMemoryStore();
  await memory.saveResources([resource('a'), resource('b')], T0);
  const written: Changes[] = [];
  const reports: string[] = [];
  const scene = { failing: null as StoreFailureKind | null };
  const store: MonitorStore = {
    ...memory,
    write: async (changes) => {
      written.push(changes);
      if (scene.failing !== null) return failure({ kind: scene.failing, message: 'it fails' });
      return memory.write(changes);
    },
  };
  const clock = createHeldClock(T0);
  const queue = createWriteQueue(store, {
    clock,
    maxHeld,
    onFailure: ({ kind }) => void reports.push(kind),
    onRecovery: (givenUp) => void reports.push(`recovered, ${givenUp} given up`),
  });
  const kept = async (): Promise<number[]> =>
    mustSucceed(await memory.readChecks({ resource: 'a', limit: 100 })).map(({ atMs }) => atMs - T0);
  return { memory, written, reports, scene, clock, queue, kept };
}

/** Lets the queue come to rest. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

const checkAt = (ms: number): Changes => ({ checks: [check('a', T0 + ms)] });

describe('the write queue', () => {
  it('writes together what comes together, and gives each its own ids', async () => {
    const { written, queue } = await createScene();
    const events = (count: number) => Array.from({ length: count }, () => ({ event: event(T0), notifiers: [] }));
    const all = await Promise.all([
      queue.add({ events: events(2), outages: [outage('a', T0)] }),
      queue.add(checkAt(1)),
      queue.add({ events: events(1), outages: [outage('b', T0)], meta: { key: 'value' } }),
    ]);
    assert.deepEqual(all, [
      { eventIds: [1, 2], outageIds: [1] },
      { eventIds: [], outageIds: [] },
      { eventIds: [3], outageIds: [2] },
    ]);
    assert.equal(written.length, 1);
    assert.equal(queue.held, 0);
  });

  it('holds changes while the store fails, reports it once, and writes them in order afterwards', async () => {
    const { scene, clock, queue, reports, kept } = await createScene();
    scene.failing = 'full';
    const added = [1, 2].map((ms) => queue.add(checkAt(ms)));
    await turns();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      clock.pass(5_000);
      await turns();
    }
    added.push(queue.add(checkAt(3)));
    await turns();
    assert.deepEqual([reports, queue.held, await kept()], [['full'], 3, []]);
    scene.failing = null;
    clock.pass(5_000);
    await Promise.all(added);
    assert.deepEqual([reports, queue.held, await kept()], [['full', 'recovered, 0 given up'], 0, [3, 2, 1]]);
  });

  it('does not try more often because more is added', async () => {
    const { scene, written, queue } = await createScene();
    scene.failing = 'full';
    for (let ms = 0; ms < 10; ms += 1) {
      void queue.add(checkAt(ms));
      await turns();
    }
    assert.equal(written.length, 1);
  });

  it('gives up the oldest beyond its limit, and says how many', async () => {
    const { scene, clock, queue, reports, kept } = await createScene(3);
    scene.failing = 'unavailable';
    const added = [1, 2, 3, 4, 5].map((ms) => queue.add(checkAt(ms)));
    await turns();
    assert.deepEqual(await Promise.all(added.slice(0, 2)), [null, null]);
    scene.failing = null;
    clock.pass(5_000);
    await Promise.all(added);
    assert.deepEqual(await kept(), [5, 4, 3]);
    assert.deepEqual(reports, ['unavailable', 'recovered, 2 given up']);
  });

  it('a bug in one change rejects that one, the others are written', async () => {
    const { queue, kept } = await createScene();
    const [first, second, third] = [
      queue.add(checkAt(1)),
      queue.add({ checks: [check('unknown', T0)] }),
      queue.add(checkAt(3)),
    ];
    await assert.rejects(second, /no such resource: unknown/);
    await Promise.all([first, third]);
    assert.deepEqual(await kept(), [3, 1]);
  });

  it('writes what it holds when it is closed, or gives it up', async () => {
    const { scene, queue, kept } = await createScene();
    const added = queue.add(checkAt(1));
    await queue.close();
    assert.deepEqual([(await added) === null, await kept()], [false, [1]]);

    const other = await createScene();
    other.scene.failing = scene.failing = 'full';
    const lost = other.queue.add(checkAt(1));
    await turns();
    await other.queue.close();
    assert.equal(await lost, null);
  });
});
