// The line on a terminal that says how far the run is: out of the way while results are written, back afterwards.

import { formatProgress, type Progress } from '../report/progress.ts';
import type { Io } from './io.ts';
import { supportsUnicode, widthOf } from './terminal.ts';

export interface ProgressLine {
  /** Writes with the line out of the way. */
  readonly around: <T>(write: () => Promise<T>) => Promise<T>;
  readonly close: () => void;
}

const REDRAW_MS = 1000;

/** Draws nothing unless standard error is a terminal and more than one image is under way. */
export function createProgressLine(io: Io, progress: () => Progress): ProgressLine {
  const width = widthOf(io.stderr);
  if (width === undefined || io.env.TERM === 'dumb') return { around: (write) => write(), close: () => undefined };

  const unicode = supportsUnicode(io.env, io.platform);
  let drawn = false;
  const erase = () => {
    if (drawn) io.stderr.drawLine(undefined);
    drawn = false;
  };
  const draw = () => {
    const state = progress();
    if (state.total < 2 || state.done === state.total) return;
    // One column less: some terminals wrap when the last is used.
    io.stderr.drawLine(formatProgress(state, width - 1, unicode));
    drawn = true;
  };
  draw();
  const timer = setInterval(draw, REDRAW_MS).unref();
  return {
    async around(write) {
      erase();
      const answer = await write();
      draw();
      return answer;
    },
    close() {
      clearInterval(timer);
      erase();
    },
  };
}
