// Removes what retention no longer keeps from the memory store.

import type { Memory, MemoryResource } from './memory.ts';
import { startOf } from './memory-rollups.ts';
import type { Series } from './memory-series.ts';
import type { Cutoffs } from './store.ts';

type Prune = (cutoffs: Cutoffs, maxRows: number) => { readonly removed: number; readonly done: boolean };

export function createMemoryPruner({ resources, events, deliveries, keptFromMs }: Memory): Prune {
  /** The resources of this pass that are not finished. */
  let waiting: string[] | null = null;

  return (cutoffs, maxRows) => {
    const hoursMs = startOf('hour', cutoffs.hoursMs);
    const daysMs = startOf('day', cutoffs.daysMs);
    keptFromMs.hour = Math.max(keptFromMs.hour, hoursMs);
    keptFromMs.day = Math.max(keptFromMs.day, daysMs);
    waiting ??= [...resources.keys()];
    let left = maxRows;
    let removed = 0;
    const cut = <T>(series: Series<T>, end: number): void => {
      const count = Math.min(end, left);
      series.removeFirst(count);
      left -= count;
      removed += count;
    };
    const pruneResource = ({ checks, rollups, outages, pauses }: MemoryResource): void => {
      cut(checks, checks.indexFrom(cutoffs.checksMs));
      cut(rollups.hour, rollups.hour.indexFrom(hoursMs));
      cut(rollups.day, rollups.day.indexFrom(daysMs));
      for (const series of [outages, pauses] as Series<{ readonly endedAtMs: number | null }>[]) {
        const isOld = ({ endedAtMs }: { readonly endedAtMs: number | null }): boolean =>
          endedAtMs !== null && endedAtMs < cutoffs.daysMs;
        const count = series.removeWhere(isOld, left);
        left -= count;
        removed += count;
      }
    };
    for (; left > 0 && waiting.length > 0; left -= 1) {
      const entry = resources.get(waiting[0] ?? '');
      if (entry !== undefined) {
        const { id, archivedAtMs } = entry.resource;
        if (archivedAtMs !== null && archivedAtMs < cutoffs.daysMs) resources.delete(id);
        else pruneResource(entry);
      }
      if (left > 0) waiting.shift();
    }
    const old = events.slice().findIndex(({ atMs }) => atMs >= cutoffs.daysMs);
    cut(events, old < 0 ? events.length : old);
    const [first] = events.slice(0, 1);
    for (const id of deliveries.keys()) if (first === undefined || id < first.id) deliveries.delete(id);
    const done = left > 0;
    if (done) waiting = null;
    return { removed, done };
  };
}
