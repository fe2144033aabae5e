// Decides which of the checks that are due starts next, within limits per host, so that no host delays another.

import { getOrCreate } from '../../core/once.ts';
import { createPriorityQueue, type PriorityQueue } from './priority-queue.ts';

/** A check that is due. */
export interface DueCheck {
  /** Checks of one host share its limit. */
  readonly host: string;
  /** Requested by a user: before all others. */
  readonly isManual: boolean;
  /** Before those that were checked already. */
  readonly isFirst: boolean;
  /** The most overdue comes first. */
  readonly dueMs: number;
  /** The slot that it makes up for: it decides between checks that are due since the same time. */
  readonly slotMs: number;
}

export interface Limits {
  /** Concurrent checks. */
  readonly total: number;
  readonly perHost: number;
}

export interface Dispatcher<T extends DueCheck> {
  readonly running: number;
  add(check: T): void;
  remove(check: T): void;
  /** Takes the check that may start now, if there is one; `end` must follow. */
  next(): T | undefined;
  /** `isReachable`: whether the host responded. */
  end(host: string, isReachable: boolean): void;
  /** A host that is held gets no check until it is released. */
  hold(host: string, isHeld: boolean): void;
  /** Forgets all other hosts. */
  keepHosts(hosts: ReadonlySet<string>): void;
}

interface Host {
  readonly due: PriorityQueue<DueCheck>;
  running: number;
  isReachable: boolean;
  isHeld: boolean;
}

/** Hosts that do not respond take no more than this share of all places: each check waits for a time-out. */
const UNREACHABLE_SHARE = 0.5;

export function createDispatcher<T extends DueCheck>({ total, perHost }: Limits): Dispatcher<T> {
  const hosts = new Map<string, Host>();
  /** Hosts with a due check and a free place, by their next check. */
  const ready = createPriorityQueue(hostComesBefore);
  const readyUnreachable = createPriorityQueue(hostComesBefore);
  const maxUnreachable = Math.max(1, Math.floor(total * UNREACHABLE_SHARE));
  let running = 0;
  let unreachableRunning = 0;

  const hostOf = (name: string): Host =>
    getOrCreate(hosts, name, () => ({
      ...{ due: createPriorityQueue(comesBefore), running: 0 },
      ...{ isReachable: true, isHeld: false },
    }));

  const change = (host: Host, apply: () => void): void => {
    ready.remove(host);
    readyUnreachable.remove(host);
    running -= host.running;
    if (!host.isReachable) unreachableRunning -= host.running;
    apply();
    running += host.running;
    if (!host.isReachable) unreachableRunning += host.running;
    if (host.due.size > 0 && host.running < perHost && !host.isHeld)
      (host.isReachable ? ready : readyUnreachable).add(host);
  };

  return {
    get running() {
      return running;
    },
    add(check) {
      const host = hostOf(check.host);
      change(host, () => host.due.add(check));
    },
    remove(check) {
      const host = hosts.get(check.host);
      if (host !== undefined) change(host, () => host.due.remove(check));
    },
    next() {
      if (running >= total) return undefined;
      const host = firstOf(ready.peek(), unreachableRunning < maxUnreachable ? readyUnreachable.peek() : undefined);
      const check = host?.due.peek();
      if (host === undefined || check === undefined) return undefined;
      change(host, () => {
        host.due.remove(check);
        host.running += 1;
      });
      return check as T;
    },
    end(name, isReachable) {
      const host = hostOf(name);
      change(host, () => {
        host.running -= 1;
        host.isReachable = isReachable;
      });
    },
    hold(name, isHeld) {
      const host = hostOf(name);
      change(host, () => {
        host.isHeld = isHeld;
      });
    },
    keepHosts(names) {
      for (const [name, host] of hosts) {
        if (!names.has(name) && host.running === 0 && host.due.size === 0 && !host.isHeld) hosts.delete(name);
      }
    },
  };
}

const firstOf = (a: Host | undefined, b: Host | undefined): Host | undefined =>
  a === undefined || (b !== undefined && hostComesBefore(b, a)) ? b : a;

function hostComesBefore(a: Host, b: Host): boolean {
  const [checkOfA, checkOfB] = [a.due.peek(), b.due.peek()];
  return checkOfA !== undefined && checkOfB !== undefined && comesBefore(checkOfA, checkOfB);
}

function comesBefore(a: DueCheck, b: DueCheck): boolean {
  if (a.isManual !== b.isManual) return a.isManual;
  if (a.isFirst !== b.isFirst) return a.isFirst;
  if (a.dueMs !== b.dueMs) return a.dueMs < b.dueMs;
  return a.slotMs < b.slotMs;
}
