// A family of metrics: its name, its meaning, and how its samples follow from the state of the monitor at a scrape.

import type {
  CertificateStatus,
  MonitorCounters,
  MonitorHealth,
  RegistryStatus,
  ResourceView,
  SummaryView,
} from '../view/monitor-view.ts';

export const PREFIX = 'kairos_pull_';

/** Read once for each scrape. */
export interface Snapshot {
  readonly nowMs: number;
  readonly resources: readonly LabeledResource[];
  readonly summary: SummaryView;
  readonly counters: MonitorCounters;
  readonly health: MonitorHealth;
  readonly registries: readonly RegistryStatus[];
  readonly certificates: readonly CertificateStatus[];
}

export interface LabeledResource {
  readonly view: ResourceView;
  /** `resource`, `group` and `kind`: one object for all samples of the resource, so that its text is made once. */
  readonly labels: Labels;
}

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly value: number;
  readonly labels?: Labels;
  /** Further labels; the same object is formatted once. */
  readonly sharedLabels?: Labels;
  /** Of a histogram: its name with `_bucket`, `_sum` or `_count`. */
  readonly metricName?: string;
}

export interface MetricFamily {
  /** In full; a counter ends in `_total`. */
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  /** A sentence. */
  readonly help: string;
  readonly labels: readonly string[];
  readonly samples: (snapshot: Snapshot) => readonly Sample[];
}

export const seconds = (ms: number): number => ms / 1000;

/** Cumulative counts by upper bound; `count` is that of all. */
export interface Distribution {
  readonly buckets: readonly number[];
  readonly sum: number;
  readonly count: number;
}

export function histogramSamples(
  name: string,
  bounds: readonly number[],
  { buckets, sum, count }: Distribution,
  sharedLabels: Labels,
): readonly Sample[] {
  const limits = [...bounds.map(String), '+Inf'];
  return [
    ...limits.map((le, index) => ({
      ...{ metricName: `${name}_bucket`, labels: { le }, sharedLabels, value: buckets[index] ?? count },
    })),
    { metricName: `${name}_sum`, sharedLabels, value: sum },
    { metricName: `${name}_count`, sharedLabels, value: count },
  ];
}
