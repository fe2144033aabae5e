// The text of the progress line of a run.

import { displayWidth } from './display-width.ts';
import { shortenImage } from './short-image.ts';
import { createStyle } from './style.ts';

export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  /** The image whose check has been running the longest. */
  readonly slowest?: string | undefined;
  readonly elapsedMs: number;
  /** A host that asked for a pause, and the time left until requests resume. */
  readonly pause?: { readonly host: string; readonly leftMs: number } | undefined;
}

/** A shorter part of a name says nothing. */
const SHORTEST_NAME = 8;

/** `12/40 checked, 2 failed · 8 s · waiting for quay.io/org/x:1`, at most `width` columns. */
export function formatProgress(progress: Progress, width: number, unicode = true): string {
  const { done, total, failed, slowest, elapsedMs, pause } = progress;
  const { show, symbols } = createStyle({ color: 0, unicode });
  const seconds = Math.floor(elapsedMs / 1000);
  const dot = ` ${symbols.dot} `;
  const counts = `${done}/${total} checked${failed > 0 ? `, ${failed} failed` : ''}`;
  const time = seconds > 0 ? `${dot}${seconds} s` : '';
  if (pause !== undefined) {
    const resuming = `${dot}${show(pause.host)} is rate limiting; resuming in ${Math.ceil(pause.leftMs / 1000)} s`;
    return cut(counts + resuming, width);
  }
  if (slowest === undefined) return cut(counts + time, width);

  const waiting = `${dot}waiting for `;
  const name = show(slowest);
  const whole = counts + time + waiting + name;
  if (displayWidth(whole) <= width) return whole;
  const room = width - displayWidth(counts + waiting);
  if (room < SHORTEST_NAME) return cut(counts + time, width);
  return counts + waiting + shortenImage(name, room, unicode);
}

function cut(text: string, width: number): string {
  let kept = '';
  for (const character of text) {
    if (displayWidth(kept + character) > width) break;
    kept += character;
  }
  return kept;
}
