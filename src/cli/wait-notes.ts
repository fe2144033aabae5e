// What the user reads during --wait: one line that is redrawn on a terminal, a line a minute elsewhere, and how it ended.

import type { Clock } from '../core/clock.ts';
import { EXIT, type ExitCode } from '../core/exit-code.ts';
import {
  formatPause,
  formatPauseLine,
  formatPauseTimes,
  formatWaited,
  formatWaitInterrupted,
  NOT_WAITED,
} from './notes.ts';
import type { Pause } from './wait.ts';

export interface WaitNotes {
  /** Called before each pause. Returns the line to write, if there is no terminal to draw it on. */
  readonly onPause: (pause: Pause) => string | undefined;
  /** To draw on a terminal; undefined outside a wait. */
  readonly line: (width: number, unicode: boolean) => string | undefined;
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
    ending(exitCode, durationMs) {
      if (current === undefined) {
        const isFailure = exitCode !== EXIT.ok && exitCode !== EXIT.usage && exitCode !== EXIT.interrupted;
        return waitMs !== undefined && isFailure ? [NOT_WAITED] : [];
      }
      if (exitCode === EXIT.interrupted) return [formatWaitInterrupted(current)];
      return [formatWaited(durationMs, exitCode, durationMs >= (waitMs ?? 0))];
    },
  };
}
