// Running totals of the checks since the start, for counters and histograms.

import { getOrCreate } from '../../core/once.ts';
import type { ResourceKind } from '../resource/monitor-resource.ts';
import { type CheckCount, DURATION_BUCKETS, type DurationHistogram } from './monitor-view.ts';

export interface CountedCheck {
  readonly kind: ResourceKind;
  readonly registry: string;
  readonly verdict: string;
  readonly reason: string | null;
  readonly durationMs: number;
}

export interface CheckCounters {
  count(check: CountedCheck): void;
  counts(): readonly CheckCount[];
  durations(): readonly DurationHistogram[];
  /** Forgets all other registries. */
  keepRegistries(registries: ReadonlySet<string>): void;
}

export function createCheckCounters(): CheckCounters {
  const counts = new Map<string, CheckCount & { count: number }>();
  const durations = new Map<string, DurationHistogram & { buckets: number[]; sum: number; count: number }>();
  return {
    count({ kind, registry, verdict, reason, durationMs }) {
      const key = JSON.stringify([kind, registry, verdict, reason]);
      getOrCreate(counts, key, () => ({ kind, registry, verdict, reason, count: 0 })).count += 1;
      const histogram = getOrCreate(durations, `${kind} ${registry}`, () => ({
        ...{ kind, registry, sum: 0, count: 0 },
        buckets: DURATION_BUCKETS.map(() => 0),
      }));
      const seconds = durationMs / 1000;
      histogram.sum += seconds;
      histogram.count += 1;
      for (const [index, bound] of DURATION_BUCKETS.entries()) {
        if (seconds <= bound) histogram.buckets[index] = (histogram.buckets[index] ?? 0) + 1;
      }
    },
    counts: () => [...counts.values()],
    durations: () => [...durations.values()],
    keepRegistries(registries) {
      for (const entries of [counts, durations] as Map<string, { readonly registry: string }>[]) {
        for (const [key, { registry }] of entries) if (!registries.has(registry)) entries.delete(key);
      }
    },
  };
}
