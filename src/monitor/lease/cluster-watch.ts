// What a process reads from the database every few seconds: whether the clock of its machine is right, and whether a
// worker is alive. A machine with another time must not check: certificates and tokens are judged by its clock.

import type { Clock } from '../../core/clock.ts';
import { type Outcome, success } from '../../core/outcome.ts';
import { formatInstant } from '../../core/quantity.ts';
import type { StoreFailure } from '../store/failure.ts';
import { LEASE_MS } from '../store/lease.ts';
import type { SharedStore } from '../store/shared-store.ts';
import type { ClusterHealth } from '../view/monitor-view.ts';
import { createDatabaseClock } from './database-clock.ts';

export interface ClusterWatch {
  /** Of the database. Look once before it is used. */
  readonly clock: Clock;
  /** Whether the clock of the machine is right. */
  look(): Promise<Outcome<boolean, StoreFailure>>;
  /** For messages: `10 min ahead of`, `10 min behind`; null if it is right. */
  readonly difference: string | null;
  /** This process is one of so many workers. */
  sawWorkers(count: number): void;
  health(): ClusterHealth;
}

export interface ClusterWatchOptions {
  readonly shared: SharedStore;
  /** Of the machine. */
  readonly clock: Clock;
  /** false: it only shows. */
  readonly checks: boolean;
  /** A sentence when the last worker has ended; null when one is alive again. */
  readonly onWorkers: (problem: string | null) => void;
}

const MAX_DIFFERENCE_MS = 5_000;
/** A clock that is being corrected does not go back and forth. */
const RIGHT_AGAIN_MS = 4_000;

export function createClusterWatch({ shared, clock: machine, checks, onWorkers }: ClusterWatchOptions): ClusterWatch {
  const clock = createDatabaseClock(machine);
  let difference: string | null = null;
  let workers: number | null = null;
  let absence: string | null = null;
  /** When the database was back, `elapsed`: workers notice it as soon. */
  let returnedMs = Number.NEGATIVE_INFINITY;
  let isAway = false;

  const setWorkers = (count: number, lastMs: number | null): void => {
    workers = count;
    const before = absence;
    if (count > 0) absence = null;
    else absence ??= describeAbsence(lastMs);
    if (absence !== before) onWorkers(absence);
  };

  return {
    clock,
    get difference() {
      return difference;
    },
    async look() {
      const sent = clock.moment();
      const state = await shared.readState();
      if (!state.ok) {
        isAway = true;
        return state;
      }
      if (isAway) returnedMs = clock.elapsed();
      isAway = false;
      const { nowMs, workers: alive, lastWorkerMs } = state.value;
      const aheadMs = clock.set(nowMs, sent);
      const isRight = Math.abs(aheadMs) <= (difference === null ? MAX_DIFFERENCE_MS : RIGHT_AGAIN_MS);
      difference = isRight ? null : describeDifference(aheadMs);
      // A worker counts itself when it has renewed its leases.
      const isWorker = checks && isRight;
      if (!isWorker && (alive > 0 || clock.elapsed() - returnedMs >= LEASE_MS)) setWorkers(alive, lastWorkerMs);
      return success(isRight);
    },
    sawWorkers: (count) => setWorkers(count, null),
    health: () => ({
      clock: difference === null || !checks ? null : describeClock(difference),
      workers: absence,
      workerCount: workers,
      clockDifferenceMs: Math.round(machine.now() - clock.now()),
    }),
  };
}

const SECOND = ['s', 1_000] as const;
const UNITS = [['d', 86_400_000], ['h', 3_600_000], ['min', 60_000], SECOND] as const;

function describeDifference(aheadMs: number): string {
  const lengthMs = Math.abs(aheadMs);
  const [unit, unitMs] = UNITS.find(([, one]) => lengthMs >= 2 * one) ?? SECOND;
  return `${Math.round(lengthMs / unitMs)} ${unit} ${aheadMs > 0 ? 'ahead of' : 'behind'}`;
}

const describeClock = (difference: string): string =>
  `The clock of this machine is ${difference} that of the database, so this process checks nothing. Set it, for example by NTP.`;

const describeAbsence = (lastMs: number | null): string => {
  const since = lastMs === null ? '' : ` since ${formatInstant(lastMs)}`;
  return `No worker has checked anything${since}. Start one with --role worker.`;
};
