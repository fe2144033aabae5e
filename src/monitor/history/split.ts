// Adds up the time per state between boundaries, from spans and rollups alike.

import { noDurations, type StateDurations, totalOf } from './duration.ts';
import type { SpanState, StateSpan, TimeRange } from './span.ts';

const STATES = Object.keys(noDurations()) as SpanState[];

/** A span, or a range of which only the sum per state is known. */
export type Piece = StateSpan | (TimeRange & { readonly durations: StateDurations });

/**
 * The durations between each boundary and the next. Pieces are in order and do not overlap; time without a piece is
 * gap. A piece with sums is divided in proportion.
 */
export function splitDurations(pieces: readonly Piece[], boundaries: readonly number[]): StateDurations[] {
  let first = 0;
  return boundaries.slice(1).map((toMs, index) => {
    const fromMs = boundaries[index] ?? toMs;
    const sum = noDurations();
    for (let piece = pieces[first]; piece !== undefined && piece.toMs <= fromMs; piece = pieces[first]) first += 1;
    for (let at = first, piece = pieces[at]; piece !== undefined && piece.fromMs < toMs; piece = pieces[++at]) {
      addPart(sum, piece, Math.max(fromMs, piece.fromMs), Math.min(toMs, piece.toMs));
    }
    sum.gap += toMs - fromMs - totalOf(sum);
    return sum;
  });
}

function addPart(sum: Record<SpanState, number>, piece: Piece, fromMs: number, toMs: number): void {
  if ('state' in piece) {
    sum[piece.state] += toMs - fromMs;
    return;
  }
  if (fromMs === piece.fromMs && toMs === piece.toMs) {
    for (const state of STATES) sum[state] += piece.durations[state];
    return;
  }
  const before = shareUntil(piece, fromMs);
  const after = shareUntil(piece, toMs);
  for (const state of STATES) sum[state] += after[state] - before[state];
}

/** From the start of the piece, in integers. The rest goes to the longest state, so that parts add up to the whole. */
function shareUntil({ fromMs, toMs, durations }: Exclude<Piece, StateSpan>, untilMs: number): StateDurations {
  const share = noDurations();
  for (const state of STATES) share[state] = Math.floor((durations[state] * (untilMs - fromMs)) / (toMs - fromMs));
  const longest = STATES.reduce((a, b) => (durations[b] > durations[a] ? b : a));
  share[longest] += untilMs - fromMs - totalOf(share);
  return share;
}
