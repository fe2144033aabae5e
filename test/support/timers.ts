// The timers of a clock that a test moves.

export interface Timers {
  /** How many have neither fired nor been stopped. */
  readonly count: number;
  /** The returned function stops it. */
  start(endsAtMs: number, onTime: () => void): () => void;
  /** Calls back those whose time has come. */
  fire(nowMs: number): void;
}

export function createTimers(): Timers {
  const timers = new Set<{ readonly endsAtMs: number; readonly onTime: () => void }>();
  return {
    get count() {
      return timers.size;
    },
    start: (endsAtMs, onTime) => {
      const timer = { endsAtMs, onTime };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    fire: (nowMs) => {
      for (const timer of [...timers]) if (timer.endsAtMs <= nowMs && timers.delete(timer)) timer.onTime();
    },
  };
}
