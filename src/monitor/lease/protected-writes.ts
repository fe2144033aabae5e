// Names with each change the leases that protect it, and gives up what this process must not write.

import type { Changes } from '../store/changes.ts';
import { namedResources, ROLLED_UP_KEY } from '../store/changes.ts';
import { LEADER } from '../store/lease.ts';
import type { WriteQueue } from '../store/write-queue.ts';
import type { LeaseKeeper } from './lease-keeper.ts';

/** `leases`: null if this process checks nothing. `hostOf`: of a resource of the configuration. */
export function protectWrites(
  writes: WriteQueue,
  {
    leases,
    hostOf,
  }: { readonly leases: LeaseKeeper | null; readonly hostOf: (resource: string) => string | undefined },
): WriteQueue {
  return {
    get held() {
      return writes.held;
    },
    get oldestMs() {
      return writes.oldestMs;
    },
    async add(changes) {
      if (isEmpty(changes)) return writes.add(changes);
      const holds = namesFor(changes, hostOf).map((name) => leases?.hold(name)?.lease);
      const held = holds.flatMap((lease) => lease ?? []);
      return held.length < holds.length ? null : writes.add({ ...changes, leases: held });
    },
    retry: () => writes.retry(),
    close: () => writes.close(),
  };
}

/** To wait until everything before it is written. */
const isEmpty = (changes: Changes): boolean => Object.keys(changes).length === 0;

/** What concerns no resource, and what one process does for all, is the leader's. */
function namesFor(changes: Changes, hostOf: (resource: string) => string | undefined): readonly string[] {
  const { hours = [], deliveries = [], meta = {} } = changes;
  const isForAll = hours.length > 0 || deliveries.length > 0 || ROLLED_UP_KEY in meta || 'reminders' in meta;
  const hosts = isForAll ? [] : [...new Set(namedResources(changes).map((id) => hostOf(id) ?? LEADER))];
  return hosts.length === 0 ? [LEADER] : hosts;
}
