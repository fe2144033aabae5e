// Rollups in memory, as few pieces as possible: a bar of a thousand resources must not read a million rows each time.

import type { StateDurations } from '../history/duration.ts';
import type { SpanState } from '../history/span.ts';
import type { Piece } from '../history/split.ts';
import type { RollupUnit } from '../store/rollup-unit.ts';
import type { MonitorStore, StoredRollup } from '../store/store.ts';
import type { ShownResource } from './monitor-state.ts';

export interface RollupCache {
  /**
   * For each resource, in their order, at least the pieces of that range, which has whole units that are over. What the
   * store cannot read now is missing.
   */
  read(resources: readonly ShownResource[], fromMs: number, toMs: number): Promise<readonly (readonly Piece[])[]>;
}

interface Kept {
  readonly fromMs: number;
  readonly toMs: number;
  readonly pieces: readonly Piece[];
}

export function createRollupCache(store: MonitorStore, unit: RollupUnit): RollupCache {
  const kept = new WeakMap<ShownResource, Kept>();

  const readSome = async (resources: readonly ShownResource[], fromMs: number, toMs: number): Promise<void> => {
    const known = resources.map((one) => kept.get(one));
    const isKnown = known.every((one) => one !== undefined && one.fromMs <= fromMs && one.toMs <= toMs);
    const startMs = isKnown ? Math.min(...known.map((one) => one?.toMs ?? fromMs)) : fromMs;
    if (startMs >= toMs) return;
    const ids = resources.map(({ resource }) => resource.id);
    const read = await store.readRollups({ unit, resources: ids, fromMs: startMs, toMs });
    if (!read.ok) return;
    const byId = new Map(resources.map(({ resource: { id } }): [string, StoredRollup[]] => [id, []]));
    for (const rollup of read.value) byId.get(rollup.resource)?.push(rollup);
    for (const [index, one] of resources.entries()) {
      const earlier = isKnown ? known[index] : undefined;
      const before = earlier?.pieces.filter((piece) => piece.toMs > fromMs) ?? [];
      const added = (byId.get(one.resource.id) ?? []).filter((rollup) => rollup.fromMs >= (earlier?.toMs ?? fromMs));
      kept.set(one, { fromMs, toMs, pieces: joinRollups(before, added) });
    }
  };

  return {
    async read(resources, fromMs, toMs) {
      const count = store.resourcesAtOnce;
      for (let first = 0; first < resources.length && fromMs < toMs; first += count) {
        await readSome(resources.slice(first, first + count), fromMs, toMs);
        if (first + count < resources.length) await new Promise((resolve) => setImmediate(resolve));
      }
      return resources.map((one) => kept.get(one)?.pieces ?? []);
    },
  };
}

/** Whole units of one state become one span. */
function joinRollups(before: readonly Piece[], rollups: readonly StoredRollup[]): readonly Piece[] {
  const pieces = [...before];
  for (const { fromMs, toMs, durations } of rollups) {
    const state = onlyState(durations, toMs - fromMs);
    const last = pieces.at(-1);
    if (state === undefined) pieces.push({ fromMs, toMs, durations });
    else if (last !== undefined && 'state' in last && last.state === state && last.toMs === fromMs) {
      pieces[pieces.length - 1] = { ...last, toMs };
    } else pieces.push({ fromMs, toMs, state });
  }
  return pieces;
}

function onlyState(durations: StateDurations, lengthMs: number): SpanState | undefined {
  return (Object.keys(durations) as SpanState[]).find((state) => durations[state] === lengthMs);
}
