// Holds leases for this process: takes its share of the hosts, renews what it has, and gives up what it may have lost.
//
// A process that was frozen must not act on leases that others may have. One that cannot reach the store may go on: no
// other process can take a lease then, and after that others wait until it had the time to renew.

import type { Clock } from '../../core/clock.ts';
import { type Outcome, success } from '../../core/outcome.ts';
import type { StoreFailure } from '../store/failure.ts';
import { LEADER, LEASE_MS, type Lease } from '../store/lease.ts';
import type { Beaten, SharedStore } from '../store/shared-store.ts';

export interface Hold {
  readonly lease: Lease;
  /** Aborts when it is lost. */
  readonly signal: AbortSignal;
}

export interface LeaseKeeper {
  /** undefined: it must not be acted on. */
  hold(name: string): Hold | undefined;
  /** Every check before this time was written, by all workers. */
  readonly writtenUntilMs: number;
  start(): void;
  /** Something may have changed. */
  wake(): void;
  /** Takes all of them. The names that other processes hold. */
  takeAll(): Promise<Outcome<readonly string[], StoreFailure>>;
  /** Renews nothing more. */
  stop(): Promise<void>;
}

export interface LeaseKeeperOptions {
  readonly shared: SharedStore;
  /** Of the machine. */
  readonly clock: Clock;
  /** Whether this clock is that of the store: otherwise nothing is held. */
  readonly compareClock: () => Promise<Outcome<boolean, StoreFailure>>;
  /** Those that this process may take, the most wanted first. */
  readonly hosts: () => readonly string[];
  readonly writtenUntilMs: () => number;
  readonly onTake: (name: string) => void;
  readonly onLose: (name: string) => void;
  /** Before others may take a lease that is given up: what is held is written. */
  readonly flush: () => Promise<unknown>;
  /** The leases were renewed, as one of so many workers. */
  readonly onBeat: (workers: number) => void;
  readonly onError: (error: unknown) => void;
}

export const BEAT_MS = LEASE_MS / 5;
/** A lease has expired for certain: times are rounded. */
const EXPIRED_MS = 20;

interface Held extends Hold {
  readonly controller: AbortController;
}

export function createLeaseKeeper(options: LeaseKeeperOptions): LeaseKeeper {
  const { shared, clock, hosts, onTake, onLose, flush, onBeat, onError } = options;
  const held = new Map<string, Held>();
  /** A suspended machine stops the one clock, a frozen process none. */
  const now = () => ({ elapsedMs: clock.elapsed(), wallMs: clock.now() });
  type Moment = ReturnType<typeof now>;
  const since = (moment: Moment): number => Math.max(clock.elapsed() - moment.elapsedMs, clock.now() - moment.wallMs);
  let renewed = now();
  /** The latest attempt to renew. */
  let attempted = renewed;
  let isAway = false;
  /** Of others, when they were seen last. */
  let expiresInMs: number | null = null;
  let returned: Moment | null = null;
  let writtenUntilMs = 0;
  let isStopped = false;
  let isWoken = false;
  let hasLeft = true;
  let running: Promise<void> | null = null;
  let stopTimer = (): void => {};

  const isSafe = (): boolean => since(renewed) < LEASE_MS || (isAway && since(attempted) < LEASE_MS);

  const take = (lease: Lease): void => {
    const controller = new AbortController();
    held.set(lease.name, { lease, controller, signal: controller.signal });
    onTake(lease.name);
  };
  const lose = (name: string): void => {
    const one = held.get(name);
    if (!held.delete(name)) return;
    one?.controller.abort(new Error('another process checks this host'));
    onLose(name);
  };
  const loseUnsafe = (): void => {
    if (!isSafe()) for (const name of [...held.keys()]) lose(name);
  };
  const heldHosts = (): string[] => [...held.keys()].filter((name) => name !== LEADER);

  const beat = async (): Promise<void> => {
    loseUnsafe();
    const started = now();
    attempted = started;
    const compared = await options.compareClock();
    if (compared.ok && !compared.value) {
      isAway = false;
      return leave();
    }
    const leases = [...held.values()].map(({ lease }) => lease);
    const beaten = compared.ok
      ? await shared.beat({ held: leases, writtenUntilMs: options.writtenUntilMs() })
      : compared;
    expiresInMs = beaten.ok ? beaten.value.othersExpireInMs : null;
    if (!beaten.ok) {
      isAway = true;
      attempted = now();
      return;
    }
    if (isAway) returned = started;
    isAway = false;
    hasLeft = false;
    renewed = started;
    loseUnsafe();
    const kept = new Set(beaten.value.renewed.map(({ name }) => name));
    for (const { name } of leases) if (!kept.has(name)) lose(name);
    writtenUntilMs = beaten.value.writtenUntilMs;
    onBeat(beaten.value.workers.size);
    if (!isStopped) await balance(beaten.value);
  };

  const claim = async (names: readonly string[], limit: number): Promise<void> => {
    const takesExpired = returned === null || since(returned) >= LEASE_MS;
    const started = now();
    const claimed = await shared.claim(names, { limit, takesExpired });
    if (!claimed.ok || since(started) >= LEASE_MS) return;
    for (const lease of claimed.value) take(lease);
  };

  /** No worker has two hosts more than another. */
  const balance = async ({ workers }: Beaten): Promise<void> => {
    const wanted = hosts();
    const mine = heldHosts();
    for (const name of mine.filter((host) => !wanted.includes(host))) await giveBack([name]);
    const share = Math.ceil(wanted.length / Math.max(1, workers.size));
    const fewest = Math.min(...[...workers].filter(([id]) => id !== shared.id).map(([, count]) => count));
    const surplus = Math.max(mine.length - share, mine.length - fewest >= 2 ? 1 : 0);
    if (surplus > 0) await giveBack(mine.slice(-surplus));
    else if (mine.length < share) {
      const free = wanted.filter((name) => !held.has(name));
      if (free.length > 0) await claim(free, share - mine.length);
    }
    if (!held.has(LEADER)) await claim([LEADER], 1);
  };

  const giveBack = async (names: readonly string[]): Promise<void> => {
    const leases = names.flatMap((name) => held.get(name)?.lease ?? []);
    for (const name of names) lose(name);
    await flush();
    await shared.release(leases);
  };

  /** Others may take everything now. */
  const leave = async (): Promise<void> => {
    expiresInMs = null;
    for (const name of [...held.keys()]) lose(name);
    if (hasLeft) return;
    let stopWait = (): void => {};
    // What a lease that has expired protects is not written: it must not be waited for.
    const wait = new Promise<void>((resolve) => {
      stopWait = clock.startTimer(BEAT_MS, resolve);
    });
    await Promise.race([flush(), wait]);
    stopWait();
    hasLeft = (await shared.leave()).ok;
  };

  /** What another process does not renew is taken over the moment it expires. */
  const nextBeatMs = (): number =>
    isAway ? BEAT_MS / 3 : Math.min(BEAT_MS, (expiresInMs ?? Number.POSITIVE_INFINITY) + EXPIRED_MS);

  const run = (): Promise<void> => {
    stopTimer();
    isWoken = false;
    running ??= beat()
      .catch(onError)
      .finally(() => {
        running = null;
        if (isStopped) return;
        if (isWoken) void run();
        else stopTimer = clock.startTimer(nextBeatMs(), () => void run());
      });
    return running;
  };

  return {
    hold(name) {
      return isSafe() ? held.get(name) : undefined;
    },
    get writtenUntilMs() {
      return writtenUntilMs;
    },
    start: () => void run(),
    wake() {
      isWoken = true;
      if (running === null && !isStopped) void run();
    },
    async takeAll() {
      const names = [LEADER, ...hosts()];
      const claimed = await shared.claim(names, { limit: names.length, takesExpired: true });
      if (!claimed.ok) return claimed;
      renewed = now();
      for (const lease of claimed.value) take(lease);
      const missing = names.filter((name) => !held.has(name));
      if (missing.length > 0) await shared.leave();
      return success(missing);
    },
    async stop() {
      isStopped = true;
      stopTimer();
      await running;
    },
  };
}
