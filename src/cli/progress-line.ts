// The progress line on a terminal: erased while results are written, and drawn again afterwards.

import { formatProgress, type Progress } from '../report/progress.ts';
import type { Io } from './io.ts';
import { supportsUnicode, widthOf } from './terminal.ts';

export interface ProgressLine {
  /** Runs `write` with the line erased. */
  readonly around: <T>(write: () => Promise<T>) => Promise<T>;
  readonly close: () => void;
}

const REDRAW_MS = 1000;

/** Draws nothing unless standard error is a terminal and there is more than one image; nor between the lines of `--verbose`. */
export function createProgressLine(io: Io, progress: () => Progress, isVerbose: boolean): ProgressLine {
  const width = widthOf(io.stderr);
  if (width === undefined || isVerbose || io.env.TERM === 'dumb')
    return { around: (write) => write(), close: () => undefined };

  const unicode = supportsUnicode(io.env, io.platform);
  let drawn = false;
  const erase = () => {
    if (drawn) io.stderr.drawLine(undefined);
    drawn = false;
  };
  const draw = () => {
    const state = progress();
    if (state.total < 2 || state.done === state.total) return;
    // Some terminals wrap when the last column is used.
    io.stderr.drawLine(formatProgress(state, width - 1, unicode));
    drawn = true;
  };
  draw();
  const timer = setInterval(draw, REDRAW_MS).unref();
  return {
    async around(write) {
      erase();
      const written = await write();
      draw();
      return written;
    },
    close() {
      clearInterval(timer);
      erase();
    },
  };
}
