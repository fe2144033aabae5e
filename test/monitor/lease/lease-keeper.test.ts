// When a process may act on its leases, on a clock that the test moves. The leases themselves: postgres-leases.test.ts.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failure, success } from '../../../src/core/outcome.ts';
import { createLeaseKeeper, type LeaseKeeper } from '../../../src/monitor/lease/lease-keeper.ts';
import { LEADER, LEASE_MS, type Lease } from '../../../src/monitor/store/lease.ts';
import type { SharedStore } from '../../../src/monitor/store/shared-store.ts';
import { createHeldClock, type HeldClock } from '../../support/fake-clock.ts';

const AWAY = failure({ kind: 'unavailable', message: 'away' } as const);

interface Scene {
  readonly clock: HeldClock;
  readonly keeper: LeaseKeeper;
  /** Those of other processes, by name. */
  readonly others: Map<string, { isExpired: boolean }>;
  /** Until the first of them expires. */
  expiresInMs: number | null;
  readonly workers: Map<string, number>;
  readonly log: string[];
  isAway: boolean;
  isClockRight: boolean;
  pass(durationMs: number): Promise<void>;
}

async function openScene(hosts: readonly string[]): Promise<Scene> {
  const clock = createHeldClock();
  const own = new Map<string, number>();
  const others: Scene['others'] = new Map();
  const workers: Scene['workers'] = new Map();
  let epoch = 0;
  const log: string[] = [];
  const shared = {
    id: 'me',
    async beat({ held }: { readonly held: readonly Lease[] }) {
      if (scene.isAway) return AWAY;
      const renewed = held.filter(({ name }) => own.get(name) !== undefined && !others.has(name));
      for (const name of own.keys()) if (!renewed.some((one) => one.name === name)) own.delete(name);
      const { expiresInMs: othersExpireInMs } = scene;
      return success({
        ...{ renewed, workers: new Map([...workers, ['me', own.size]]), writtenUntilMs: 1, othersExpireInMs },
      });
    },
    async claim(
      names: readonly string[],
      { limit, takesExpired }: { readonly limit: number; readonly takesExpired: boolean },
    ) {
      if (scene.isAway) return AWAY;
      const free = names.filter(
        (name) => !own.has(name) && (others.get(name)?.isExpired ?? takesExpired) && takesExpired,
      );
      return success(
        free.slice(0, limit).map((name) => {
          others.delete(name);
          epoch += 1;
          own.set(name, epoch);
          return { name, epoch };
        }),
      );
    },
    async release(leases: readonly Lease[]) {
      for (const { name } of leases) own.delete(name);
      log.push(`released ${leases.map(({ name }) => name).join(' ')}`);
      return success(null);
    },
    async leave() {
      own.clear();
      log.push('left');
      return success(null);
    },
  } as unknown as SharedStore;
  const keeper = createLeaseKeeper({
    ...{ shared, clock, hosts: () => hosts, writtenUntilMs: () => 1 },
    onTake: (name) => log.push(`took ${name}`),
    onLose: (name) => log.push(`lost ${name}`),
    flush: async () => log.push('flushed'),
    compareClock: async () => (scene.isAway ? AWAY : success(scene.isClockRight)),
    onBeat: () => undefined,
    onError: (error) => log.push(String(error)),
  });
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const scene: Scene = {
    ...{ clock, keeper, others, workers, log, isAway: false, isClockRight: true, expiresInMs: null },
    async pass(durationMs) {
      for (let passed = 0; passed < durationMs; passed += 1_000) {
        clock.pass(Math.min(1_000, durationMs - passed));
        await settle();
      }
    },
  };
  keeper.start();
  await settle();
  return scene;
}

const held = ({ keeper }: Scene, ...names: string[]): string[] =>
  names.filter((name) => keeper.hold(name) !== undefined);

describe('a process with leases', () => {
  it('takes all hosts when it is alone, and keeps them', async () => {
    const scene = await openScene(['a', 'b', 'c']);
    assert.deepEqual(scene.log, ['took a', 'took b', 'took c', `took ${LEADER}`]);
    await scene.pass(10 * LEASE_MS);
    assert.deepEqual(held(scene, 'a', 'b', 'c', LEADER), ['a', 'b', 'c', LEADER]);
    await scene.keeper.stop();
  });

  it('gives hosts to a worker that has fewer, after it has written what it knows of them', async () => {
    const scene = await openScene(['a', 'b', 'c']);
    scene.log.length = 0;
    scene.workers.set('other', 0);
    await scene.pass(5_000);
    assert.deepEqual(scene.log, ['lost c', 'flushed', 'released c']);
    scene.others.set('c', { isExpired: false });
    scene.workers.set('other', 1);
    await scene.pass(30_000);
    assert.deepEqual(held(scene, 'a', 'b', 'c'), ['a', 'b']);
    await scene.keeper.stop();
  });

  it('holds nothing from the moment on that it wakes after its leases have expired', async () => {
    const scene = await openScene(['a']);
    const { signal } = scene.keeper.hold('a') ?? assert.fail('not held');
    // Frozen: no timer has fired meanwhile.
    scene.clock.set(scene.clock.now() + LEASE_MS + 1);
    assert.equal(scene.keeper.hold('a'), undefined);
    scene.log.length = 0;
    await scene.pass(5_000);
    assert.deepEqual(scene.log, ['lost a', `lost ${LEADER}`, 'took a', `took ${LEADER}`]);
    // The check that was running must not be recorded, though the process has the host again.
    assert.equal(signal.aborted, true);
    assert.equal(scene.keeper.hold('a')?.lease.epoch, 3);
    await scene.keeper.stop();
  });

  it('whose clock turns out to be wrong writes what it has found, gives up everything, and takes nothing until it is right', async () => {
    const scene = await openScene(['a']);
    const { signal } = scene.keeper.hold('a') ?? assert.fail('not held');
    scene.log.length = 0;
    scene.isClockRight = false;
    await scene.pass(5 * LEASE_MS);
    assert.deepEqual(scene.log, ['lost a', `lost ${LEADER}`, 'flushed', 'left']);
    assert.deepEqual([signal.aborted, held(scene, 'a', LEADER)], [true, []]);
    scene.isClockRight = true;
    await scene.pass(5_000);
    assert.deepEqual(held(scene, 'a', LEADER), ['a', LEADER]);
    await scene.keeper.stop();
  });

  it('loses what another process has taken', async () => {
    const scene = await openScene(['a', 'b']);
    scene.others.set('b', { isExpired: false });
    await scene.pass(5_000);
    assert.deepEqual(held(scene, 'a', 'b'), ['a']);
    await scene.keeper.stop();
  });

  it('takes what another one does not renew the moment it expires', async () => {
    const scene = await openScene(['a', 'b']);
    scene.others.set('b', { isExpired: false });
    scene.expiresInMs = 1_500;
    await scene.pass(3_000);
    scene.others.set('b', { isExpired: true });
    assert.deepEqual(held(scene, 'b'), []);
    await scene.pass(1_520);
    assert.deepEqual(held(scene, 'b'), ['b']);
    await scene.keeper.stop();
  });

  it('goes on while the store is away, however long that is', async () => {
    const scene = await openScene(['a']);
    scene.isAway = true;
    await scene.pass(10 * LEASE_MS);
    assert.deepEqual(held(scene, 'a', LEADER), ['a', LEADER]);
    scene.isAway = false;
    scene.log.length = 0;
    await scene.pass(LEASE_MS);
    assert.deepEqual(scene.log, []);
    assert.deepEqual(held(scene, 'a'), ['a']);
    await scene.keeper.stop();
  });

  it('after the store was away takes no expired lease before its owner had the time to renew it', async () => {
    const scene = await openScene(['a', 'b']);
    scene.others.set('b', { isExpired: true });
    scene.isAway = true;
    await scene.pass(2 * LEASE_MS);
    scene.isAway = false;
    await scene.pass(5_000);
    assert.deepEqual(held(scene, 'b'), []);
    await scene.pass(LEASE_MS + 5_000);
    assert.deepEqual(held(scene, 'b'), ['b']);
    await scene.keeper.stop();
  });

  it('that was frozen while the store was away holds nothing when it wakes', async () => {
    const scene = await openScene(['a']);
    scene.isAway = true;
    await scene.pass(LEASE_MS);
    scene.clock.set(scene.clock.now() + LEASE_MS);
    assert.deepEqual(held(scene, 'a'), []);
    await scene.keeper.stop();
  });
});
