// What the user reads during --wait: one line that is redrawn on a terminal, a line a minute elsewhere, and how it ended.

import type { Clock } from '../core/clock.ts';
import { EXIT, type ExitCode } from '../core/exit-code.ts';
import type { Result } from '../core/result.ts';
import {
  formatGivenUp,
  formatPause,
  formatPauseLine,
  formatPauseTimes,
  formatShortReason,
  formatWaited,
  formatWaitInterrupted,
  formatWaitStopped,
  NOT_WAITED,
} from './notes.ts';
import type { Pause } from './wait.ts';

export interface WaitNotes {
  /** Called before each pause. Returns the line to write, if there is no terminal to draw it on. */
  readonly onPause: (pause: Pause) => string | undefined;
  /** To draw on a terminal; undefined outside a wait. */
  readonly line: (width: number, unicode: boolean) => string | undefined;
  /** Called with each final result of a wait that another check may still change. */
  readonly onUnsettled: (result: Result) => void;
  /** At the end of the run. */
  readonly ending: (exitCode: ExitCode, durationMs: number) => readonly string[];
}

const NOTE_EVERY_MS = 60_000;

/** `isDrawn`: standard error is a terminal that redraws. `isVerbose`: every pause is written. */
export function createWaitNotes(
  waitMs: number | undefined,
  clock: Clock,
  { isDrawn, isVerbose }: { readonly isDrawn: boolean; readonly isVerbose: boolean },
): WaitNotes {
  let current: (Pause & { readonly sinceMs: number }) | undefined;
  /** Why the images failed that were waited for. */
  const reasons = new Set<string>();
  let notedMs = Number.NEGATIVE_INFINITY;
  return {
    onPause(pause) {
      const nowMs = clock.now();
      current = { ...pause, sinceMs: nowMs };
      if (isDrawn || (!isVerbose && nowMs - notedMs < NOTE_EVERY_MS)) return undefined;
      notedMs = nowMs;
      return `${formatPause(pause)}; ${formatPauseTimes(pause.pauseMs, pause.leftMs).join(', ')}.`;
    },
    line(width, unicode) {
      if (current === undefined) return undefined;
      const passedMs = clock.now() - current.sinceMs;
      const times = formatPauseTimes(current.pauseMs - passedMs, current.leftMs - passedMs);
      return formatPauseLine(current, times, width, unicode);
    },
    onUnsettled: (result) => reasons.add(formatShortReason(result)),
    ending(exitCode, durationMs) {
      if (waitMs === undefined) return [];
      if (exitCode === EXIT.interrupted) return current === undefined ? [] : [formatWaitInterrupted(current)];
      if (reasons.size > 0) return [formatGivenUp(durationMs, [...reasons])];
      if (exitCode === EXIT.ok) return current === undefined ? [] : [formatWaited(durationMs)];
      if (current !== undefined) return [formatWaitStopped(durationMs)];
      return exitCode === EXIT.usage ? [] : [NOT_WAITED];
    },
  };
}
