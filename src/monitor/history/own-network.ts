// The monitor's own network: if every resource of at least two hosts fails to connect, the fault is probably here.

import type { CheckRecord } from './check-record.ts';
import { draftEvent, type EventDraft } from './event.ts';
import { holdsUntil } from './span.ts';

/** The last check of a resource that is not paused, null before the first one, and the host that it contacts. */
export interface HostCheck {
  readonly host: string;
  readonly record: CheckRecord | null;
}

const MIN_HOSTS = 2;
const NETWORK_CAUSES: readonly (string | null)[] = ['dns', 'tcp', 'timeout'];

export function isNetworkFailure({ state, cause }: CheckRecord): boolean {
  return state !== 'available' && NETWORK_CAUSES.includes(cause);
}

/** Every resource must have failed recently: one that waits for its check may be the one that can be reached. */
export function isNetworkDown(checks: Iterable<HostCheck>, nowMs: number): boolean {
  const hosts = new Set<string>();
  for (const { host, record } of checks) {
    if (record === null || holdsUntil(record) <= nowMs || !isNetworkFailure(record)) return false;
    hosts.add(host);
  }
  return hosts.size >= MIN_HOSTS;
}

/** While the network is down, HTTP and TCP resources that fail to connect are undetermined. */
export function withoutNetwork(record: CheckRecord): CheckRecord {
  if (record.state !== 'unavailable' || !isNetworkFailure(record)) return record;
  const because = 'No host can be reached, so the network of the monitor is probably down.';
  return {
    ...record,
    state: 'undetermined',
    message: record.message === null ? because : `${record.message} ${because}`,
  };
}

/** One event when the network goes down and one when it is back; undefined if nothing changed. */
export function networkEvent(wasDown: boolean, isDown: boolean, atMs: number): EventDraft | undefined {
  if (wasDown === isDown) return undefined;
  if (isDown) {
    const message = 'No host can be reached: the network of the monitor is probably down.';
    return draftEvent('network', atMs, { from: 'available', to: 'undetermined', message });
  }
  return draftEvent('network', atMs, {
    from: 'undetermined',
    to: 'available',
    message: 'A host can be reached again.',
  });
}
