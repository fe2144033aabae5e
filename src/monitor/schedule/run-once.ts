// Runs each check exactly once, within the same limits per host: for runs without a schedule.

import { createDispatcher, type DueCheck, type Limits } from './dispatcher.ts';
import { type CheckOutcome, DEFAULT_LIMITS } from './scheduler.ts';

export interface OneCheck {
  readonly id: string;
  readonly host: string;
}

/** In order, as far as the limits allow. Rejects with the first error of `run`, after all that had started have ended. */
export async function runOnce(
  checks: readonly OneCheck[],
  run: (id: string) => Promise<CheckOutcome>,
  limits: Limits = DEFAULT_LIMITS,
): Promise<void> {
  const dispatcher = createDispatcher<OneCheck & DueCheck>(limits);
  for (const [index, check] of checks.entries()) {
    dispatcher.add({ ...check, isManual: false, isFirst: true, dueMs: index, slotMs: index });
  }
  const running = new Set<Promise<void>>();
  const errors: unknown[] = [];
  const start = ({ id, host }: OneCheck): void => {
    const ended = run(id)
      .then(({ isReachable }) => dispatcher.end(host, isReachable))
      .catch((error: unknown) => void errors.push(error))
      .finally(() => running.delete(ended));
    running.add(ended);
  };
  const next = () => (errors.length === 0 ? dispatcher.next() : undefined);
  const startAll = (): void => {
    for (let check = next(); check !== undefined; check = next()) start(check);
  };
  startAll();
  while (running.size > 0) {
    await Promise.race(running);
    startAll();
  }
  if (errors.length > 0) throw errors[0];
}
