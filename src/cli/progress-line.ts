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

/** Of several images that are being checked. */
export function progressText(progress: Progress, width: number, unicode: boolean): string | undefined {
  const { total, done } = progress;
  return total < 2 || done === total ? undefined : formatProgress(progress, width, unicode);
}

/** Whether standard error can erase a line; the lines of `--verbose` leave no place for one. */
export const canDraw = ({ stderr, env }: Io, isVerbose: boolean): boolean =>
  widthOf(stderr) !== undefined && !isVerbose && env.TERM !== 'dumb';

/** `textOf`: undefined draws nothing. */
export function createProgressLine(
  io: Io,
  textOf: (width: number, unicode: boolean) => string | undefined,
  isVerbose: boolean,
): ProgressLine {
  if (!canDraw(io, isVerbose)) return { around: (write) => write(), close: () => undefined };
  const unicode = supportsUnicode(io.env, io.platform);
  let drawn = false;
  const erase = () => {
    if (drawn) io.stderr.drawLine(undefined);
    drawn = false;
  };
  const draw = () => {
    // Some terminals wrap when the last column is used, and Ctrl-C adds two columns.
    const text = textOf((widthOf(io.stderr) ?? 80) - 3, unicode);
    if (text === undefined) return erase();
    io.stderr.drawLine(text);
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
