// Looks at the clock: when a maintenance begins or ends, when an hour is over, and once a minute in case it was set.

import { nextMaintenanceChange } from '../history/maintenance.ts';
import { floorTo, HOUR_MS } from '../history/rollup.ts';
import { type Engine, nowOf } from './engine.ts';

export interface Ticker {
  start(): void;
  /** The maintenances have changed. */
  restart(): void;
  stop(): void;
}

export interface TickerActions {
  readonly onTick: () => void;
  /** An hour is over, or an earlier one was not finished: false asks for another attempt at the next tick. */
  readonly onHour: () => Promise<boolean>;
}

const MINUTE_MS = 60_000;

export function createTicker(engine: Engine, { onTick, onHour }: TickerActions): Ticker {
  let cancel: (() => void) | null = null;
  let isRolling = false;
  let doneMs = 0;

  const tick = (): void => {
    onTick();
    const hourMs = floorTo(HOUR_MS, nowOf(engine));
    if (hourMs !== doneMs && !isRolling) {
      isRolling = true;
      onHour()
        .then((isDone) => {
          if (isDone) doneMs = hourMs;
        })
        .catch(engine.onError)
        .finally(() => {
          isRolling = false;
        });
    }
    wait();
  };

  const wait = (): void => {
    cancel?.();
    const nowMs = nowOf(engine);
    const next = nextMaintenanceChange(engine.plan.maintenances, nowMs) ?? Number.POSITIVE_INFINITY;
    const dueMs = Math.min(next, nowMs + MINUTE_MS, floorTo(HOUR_MS, nowMs) + HOUR_MS);
    cancel = engine.clock.startTimer(Math.max(1, dueMs - nowMs), tick);
  };

  return {
    start: tick,
    restart() {
      if (cancel !== null) wait();
    },
    stop() {
      cancel?.();
      cancel = null;
    },
  };
}
