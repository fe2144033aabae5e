// The metrics of Kairos by its own names, so that its dashboards show what this monitor checks. Off by default: a status
// of -1, 0 or 1 has no average. Its resources are of the types DOCKER, HTTP and TCP; their names are not unique here.

import { getOrCreate } from '../../core/once.ts';
import { DURATION_BUCKETS, type MonitorUpdate, type MonitorView, type ResourceView } from '../view/monitor-view.ts';
import {
  type Distribution,
  histogramSamples,
  type Labels,
  type MetricFamily,
  type Sample,
  type Snapshot,
} from './metric-family.ts';
import { labelText } from './resource-families.ts';

export interface KairosMetrics {
  /** Counts from now on, or forgets everything. */
  setEnabled(isEnabled: boolean): void;
  /** None unless enabled. */
  families(): readonly MetricFamily[];
}

const TYPES = { image: 'DOCKER', http: 'HTTP', tcp: 'TCP' } as const;
const STATUS = { available: 1, unavailable: 0, undetermined: -1, pending: -1, paused: -1 } as const;
const CHECKED = { available: 'AVAILABLE', unavailable: 'NOT_AVAILABLE', undetermined: 'UNKNOWN' } as const;
const OUTAGE_BUCKETS = [60, 300, 900, 3_600, 14_400, 86_400, 604_800] as const;

type Mutable = { buckets: number[]; sum: number; count: number };

/** Of one resource since counting began. */
interface Counted {
  readonly checks: Map<string, { readonly labels: Labels; count: number }>;
  readonly durations: Map<string, Mutable>;
  readonly outages: Mutable;
  started: number;
  resolved: number;
  /** When the open outage began. */
  openedAtMs: number | null;
}

export function createKairosMetrics(view: MonitorView): KairosMetrics {
  const counted = new Map<string, Counted>();
  let unsubscribe: (() => void) | null = null;
  const countsOf = (id: string): Counted =>
    getOrCreate(counted, id, () => ({
      ...{ checks: new Map(), durations: new Map(), outages: emptyDistribution(OUTAGE_BUCKETS) },
      ...{ started: 0, resolved: 0, openedAtMs: view.resource(id)?.outage?.startedAtMs ?? null },
    }));

  return {
    setEnabled(isEnabled) {
      if (isEnabled === (unsubscribe !== null)) return;
      unsubscribe?.();
      unsubscribe = isEnabled ? view.subscribe((update) => count(countsOf, update)) : null;
      counted.clear();
      if (!isEnabled) return;
      for (const { id } of view.resources()) countsOf(id);
    },
    families() {
      if (unsubscribe === null) return [];
      const ids = new Set(view.resources().map(({ id }) => id));
      for (const id of counted.keys()) if (!ids.has(id)) counted.delete(id);
      return kairosFamilies(countsOf);
    },
  };
}

function count(countsOf: (id: string) => Counted, update: MonitorUpdate): void {
  if (update.kind === 'event') {
    const { event, resource, atMs } = update.event;
    if (resource === null || (event !== 'outage' && event !== 'recovered')) return;
    const counts = countsOf(resource);
    if (event === 'outage') {
      counts.started += 1;
      counts.openedAtMs ??= atMs;
      return;
    }
    counts.resolved += 1;
    if (counts.openedAtMs !== null)
      record(counts.outages, OUTAGE_BUCKETS, Math.max(0, atMs - counts.openedAtMs) / 1000);
    counts.openedAtMs = null;
    return;
  }
  const { resource, check } = update;
  const counts = countsOf(resource.id);
  if (resource.outage !== null) counts.openedAtMs = resource.outage.startedAtMs;
  const labels = { status: CHECKED[check.state], error_code: check.reason ?? 'none' };
  getOrCreate(counts.checks, `${labels.status} ${labels.error_code}`, () => ({ labels, count: 0 })).count += 1;
  const durations = getOrCreate(counts.durations, labels.status, () => emptyDistribution(DURATION_BUCKETS));
  record(durations, DURATION_BUCKETS, check.durationMs / 1000);
}

const emptyDistribution = (bounds: readonly number[]): Mutable => ({ buckets: bounds.map(() => 0), sum: 0, count: 0 });

function record(distribution: Mutable, bounds: readonly number[], value: number): void {
  distribution.sum += value;
  distribution.count += 1;
  for (const [index, bound] of bounds.entries()) {
    if (value <= bound) distribution.buckets[index] = (distribution.buckets[index] ?? 0) + 1;
  }
}

/** Also for the documentation, without counts. */
export function kairosFamilies(countsOf: (id: string) => Counted): readonly MetricFamily[] {
  const LABELS = ['resource_name', 'resource_type'];
  const make = (
    name: string,
    type: MetricFamily['type'],
    help: string,
    labels: readonly string[],
    samples: (one: ResourceView, sharedLabels: Labels, nowMs: number) => readonly Sample[],
  ): MetricFamily => ({
    ...{ name, type, help, labels: [...LABELS, ...labels] },
    samples: ({ resources, nowMs }) => withNames(resources).flatMap(([one, labels]) => samples(one, labels, nowMs)),
  });
  const distribution = (name: string, bounds: readonly number[], one: Distribution, labels: Labels) =>
    histogramSamples(name, bounds, one, labels);
  return [
    make(
      'kairos_resource_status',
      'gauge',
      'Resource status: 1 available, 0 not available, -1 unknown.',
      [],
      ({ state }, sharedLabels) => [{ sharedLabels, value: STATUS[state] }],
    ),
    make(
      'kairos_resource_last_check_timestamp_seconds',
      'gauge',
      'When the last check ended.',
      [],
      ({ lastCheckedAtMs }, sharedLabels) => [{ sharedLabels, value: (lastCheckedAtMs ?? 0) / 1000 }],
    ),
    make(
      'kairos_resource_last_check_latency_seconds',
      'gauge',
      'How long the last check took.',
      ['phase'],
      ({ durationMs }, sharedLabels) => [{ labels: { phase: 'total' }, sharedLabels, value: (durationMs ?? 0) / 1000 }],
    ),
    make(
      'kairos_resource_outage_active',
      'gauge',
      'Whether an outage is open: 1 or 0.',
      [],
      ({ outage }, sharedLabels) => [{ sharedLabels, value: outage === null ? 0 : 1 }],
    ),
    make(
      'kairos_resource_active_outage_duration_seconds',
      'gauge',
      'How long the outage has been open; 0 if none is.',
      [],
      ({ outage }, sharedLabels, nowMs) => [
        { sharedLabels, value: outage === null ? 0 : Math.max(0, nowMs - outage.startedAtMs) / 1000 },
      ],
    ),
    make(
      'kairos_resource_checks_total',
      'counter',
      'Checks since the start of the monitor.',
      ['status', 'error_code'],
      ({ id }, sharedLabels) =>
        [...countsOf(id).checks.values()].map(({ labels, count }) => ({ labels, sharedLabels, value: count })),
    ),
    make('kairos_resource_check_duration_seconds', 'histogram', 'How long checks took.', ['status'], ({ id }, labels) =>
      [...countsOf(id).durations].flatMap(([status, one]) =>
        distribution('kairos_resource_check_duration_seconds', DURATION_BUCKETS, one, { ...labels, status }),
      ),
    ),
    make('kairos_resource_outage_started_total', 'counter', 'Outages that began.', [], ({ id }, sharedLabels) => [
      { sharedLabels, value: countsOf(id).started },
    ]),
    make('kairos_resource_outage_resolved_total', 'counter', 'Outages that ended.', [], ({ id }, sharedLabels) => [
      { sharedLabels, value: countsOf(id).resolved },
    ]),
    make('kairos_resource_outage_duration_seconds', 'histogram', 'How long outages lasted.', [], ({ id }, labels) =>
      distribution('kairos_resource_outage_duration_seconds', OUTAGE_BUCKETS, countsOf(id).outages, labels),
    ),
    {
      ...{ name: 'kairos_active_outages', type: 'gauge', help: 'Outages that are open.', labels: [] },
      samples: ({ summary }) => [{ value: summary.outages }],
    },
  ];
}

/** By the resources of a scrape, for all of its families. */
const named = new WeakMap<Snapshot['resources'], readonly (readonly [ResourceView, Labels])[]>();

/** The names of Kairos are unique: where two of ours are equal, the id follows. */
function withNames(resources: Snapshot['resources']): readonly (readonly [ResourceView, Labels])[] {
  const known = named.get(resources);
  if (known !== undefined) return known;
  const keyOf = ({ kind, name }: ResourceView): string => `${kind} ${labelText(name)}`;
  const counts = new Map<string, number>();
  for (const { view } of resources) counts.set(keyOf(view), (counts.get(keyOf(view)) ?? 0) + 1);
  const pairs = resources.map(({ view }) => {
    const name = labelText(view.name) || 'unnamed';
    const isUnique = counts.get(keyOf(view)) === 1 && name !== 'unnamed';
    return [
      view,
      { resource_name: isUnique ? name : `${name} (${view.id})`, resource_type: TYPES[view.kind] },
    ] as const;
  });
  named.set(resources, pairs);
  return pairs;
}
