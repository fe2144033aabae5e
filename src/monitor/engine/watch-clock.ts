// Notices that the clock of the machine was set, or that the machine slept: its time and the even time move apart.

import { formatWait } from '../../core/quantity.ts';
import { draftEvent } from '../history/event.ts';
import { isFarAhead } from '../history/record-time.ts';
import { type Engine, nowOf, writeEvents } from './engine.ts';

/** Less is a correction, which no figure shows. */
const MIN_STEP_MS = 60_000;

/** To be called at every tick. `onForward` gets the time that was left out. */
export function createClockWatch(engine: Engine, onForward: (stepMs: number) => void): () => Promise<void> {
  const offsetOf = (): number => engine.clock.now() - engine.clock.elapsed();
  let offsetMs = offsetOf();
  return async () => {
    const stepMs = offsetOf() - offsetMs;
    offsetMs += stepMs;
    if (Math.abs(stepMs) < MIN_STEP_MS) return;
    if (stepMs > 0) onForward(stepMs);
    await writeEvents(engine, [draftEvent('clock', nowOf(engine), { message: describeStep(engine, stepMs) })]);
  };
}

function describeStep(engine: Engine, stepMs: number): string {
  const length = formatWait(Math.abs(stepMs));
  if (stepMs > 0) {
    return `The clock went forward by ${length}: it was set, or the machine slept. Resources are being checked now; time without checks counts as a gap.`;
  }
  const nowMs = nowOf(engine);
  return isFarAhead(nowMs - stepMs, nowMs)
    ? `The clock was set back by ${length}. The new time is assumed to be correct; entries recorded ahead of it count once that time comes.`
    : `The clock was set back by ${length}. Checks add no time until the clock catches up.`;
}
