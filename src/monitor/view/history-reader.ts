// The history of resources as pieces, coarse to fine: days and hours of the store, then the latest in memory.

import { DAY_MS, floorTo, HOUR_MS } from '../history/rollup.ts';
import type { TimeRange } from '../history/span.ts';
import type { Piece } from '../history/split.ts';
import type { MonitorState, ShownResource } from './monitor-state.ts';
import { createRollupCache } from './rollup-cache.ts';

export interface HistoryReader {
  /** In the order of the resources. */
  read(resources: readonly ShownResource[], range: TimeRange): Promise<readonly (readonly Piece[])[]>;
}

/** A bucket of a longer window has at least a day. */
const LONGEST_IN_HOURS_MS = 31 * DAY_MS;

export function createHistoryReader(state: MonitorState): HistoryReader {
  const days = createRollupCache(state.store, 'day');
  const hours = createRollupCache(state.store, 'hour');

  /** The start of a day: hours where the store has them and they are few, otherwise days. */
  const hoursStart = ({ fromMs, toMs }: TimeRange): number => {
    const wantedMs = floorTo(DAY_MS, toMs - fromMs > LONGEST_IN_HOURS_MS ? state.rolledUpMs : fromMs);
    return Math.max(wantedMs, Math.ceil(state.hoursFromMs / DAY_MS) * DAY_MS);
  };

  return {
    async read(resources, range) {
      const { rolledUpMs } = state;
      const hoursFromMs = hoursStart(range);
      const spansFrom = resources.map(({ recent }) =>
        Math.max(floorTo(HOUR_MS, range.fromMs), Math.min(recent.fromMs, rolledUpMs)),
      );
      const isRecent = spansFrom.every((fromMs) => fromMs <= range.fromMs);
      const nothing = resources.map((): readonly Piece[] => []);
      const byDay = isRecent ? nothing : await days.read(resources, floorTo(DAY_MS, range.fromMs), hoursFromMs);
      const hoursBeginMs = Math.max(hoursFromMs, floorTo(HOUR_MS, range.fromMs));
      const byHour = isRecent ? nothing : await hours.read(resources, hoursBeginMs, rolledUpMs);
      return resources.map(({ recent }, index) => {
        const spansFromMs = spansFrom[index] ?? rolledUpMs;
        return [
          ...clip(byDay[index] ?? [], range.fromMs, Math.min(hoursFromMs, spansFromMs)),
          ...clip(byHour[index] ?? [], hoursFromMs, spansFromMs),
          ...recent.spans({ fromMs: spansFromMs, toMs: range.toMs }),
        ];
      });
    },
  };
}

/** Between these times, which no piece with sums crosses but the first one. */
function clip(pieces: readonly Piece[], fromMs: number, toMs: number): readonly Piece[] {
  return pieces
    .filter((piece) => piece.toMs > fromMs && piece.fromMs < toMs)
    .map((piece) =>
      'state' in piece ? { ...piece, fromMs: Math.max(piece.fromMs, fromMs), toMs: Math.min(piece.toMs, toMs) } : piece,
    );
}
