// The progress line on a terminal while the files of directories are read, which may take a while.

import { formatCount } from '../core/quantity.ts';
import type { ReadingProgress } from '../input/collect.ts';
import type { Io } from './io.ts';
import { widthOf } from './terminal.ts';

const REDRAW_MS = 1000;

/** Calls `read` with a listener that draws the line; erases it at the end. */
export async function withReadingLine<T>(
  { stderr, env, clock }: Io,
  read: (onProgress: (progress: ReadingProgress) => void) => Promise<T>,
): Promise<T> {
  const width = env.TERM === 'dumb' ? undefined : widthOf(stderr);
  let drawnMs = clock.now();
  let isDrawn = false;
  try {
    return await read(({ read, total }) => {
      if (width === undefined || clock.now() - drawnMs < REDRAW_MS) return;
      drawnMs = clock.now();
      isDrawn = true;
      stderr.drawLine(`${read} of ${formatCount(total, 'file')} read`.slice(0, width - 1));
    });
  } finally {
    if (isDrawn) stderr.drawLine(undefined);
  }
}
