// Reads the history of resources as pieces, coarse to fine: days and hours of the store, then the latest in memory.

import { DAY_MS, floorTo, HOUR_MS, type Rollup } from '../history/rollup.ts';
import type { TimeRange } from '../history/span.ts';
import type { Piece } from '../history/split.ts';
import { joinHistory } from '../history/timeline.ts';
import type { StoredRollup } from '../store/store.ts';
import type { MonitorState, ShownResource } from './monitor-state.ts';

/** One query for so many resources: the event loop must not wait for a thousand. */
const AT_ONCE = 50;
/** A bar of a longer window has buckets of at least a day. */
const LONGEST_IN_HOURS_MS = 31 * DAY_MS;

/** In the order of the resources. What the store cannot read now is missing: it is a gap. */
export async function readPieces(
  state: MonitorState,
  resources: readonly ShownResource[],
  range: TimeRange,
): Promise<readonly (readonly Piece[])[]> {
  const { hoursFromMs } = historyStarts(state, range);
  const pieces: (readonly Piece[])[] = [];
  for (let from = 0; from < resources.length; from += AT_ONCE) {
    const some = resources.slice(from, from + AT_ONCE);
    const spansFrom = some.map(({ recent }) => Math.min(Math.max(recent.fromMs, range.fromMs), state.rolledUpMs));
    const latestMs = Math.max(...spansFrom);
    const ids = some.map(({ resource }) => resource.id);
    const [days, hours] = await Promise.all([
      read(state, 'day', ids, floorTo(DAY_MS, range.fromMs), hoursFromMs),
      read(state, 'hour', ids, Math.max(hoursFromMs, floorTo(HOUR_MS, range.fromMs)), latestMs),
    ]);
    for (const [index, { resource, recent }] of some.entries()) {
      const spansFromMs = floorTo(HOUR_MS, spansFrom[index] ?? range.toMs);
      pieces.push(
        joinHistory({
          ...{ days: days.get(resource.id) ?? [], hours: hours.get(resource.id) ?? [], hoursFromMs, spansFromMs },
          spans: recent.spans({ fromMs: spansFromMs, toMs: range.toMs }),
        }),
      );
    }
    if (from + AT_ONCE < resources.length) await new Promise((resolve) => setImmediate(resolve));
  }
  return pieces;
}

/** Hours where the store has them and they are few, otherwise days. */
function historyStarts(
  { hoursFromMs, rolledUpMs }: MonitorState,
  { fromMs, toMs }: TimeRange,
): { readonly hoursFromMs: number } {
  const isLong = toMs - fromMs > LONGEST_IN_HOURS_MS;
  const wantedMs = isLong ? floorTo(DAY_MS, rolledUpMs) : floorTo(DAY_MS, fromMs);
  return { hoursFromMs: Math.max(wantedMs, Math.ceil(hoursFromMs / DAY_MS) * DAY_MS) };
}

async function read(
  { store }: MonitorState,
  unit: 'hour' | 'day',
  resources: readonly string[],
  fromMs: number,
  toMs: number,
): Promise<ReadonlyMap<string, readonly Rollup[]>> {
  if (toMs <= fromMs) return new Map();
  const rollups = await store.readRollups({ unit, resources, fromMs, toMs });
  return groupByResource(rollups.ok ? rollups.value : []);
}

function groupByResource(rollups: readonly StoredRollup[]): ReadonlyMap<string, readonly Rollup[]> {
  const groups = new Map<string, Rollup[]>();
  for (const rollup of rollups) {
    const group = groups.get(rollup.resource);
    if (group === undefined) groups.set(rollup.resource, [rollup]);
    else group.push(rollup);
  }
  return groups;
}
