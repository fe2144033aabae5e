// The metrics of each resource. A resource that left the configuration has none.

import { cleanText } from '../../core/text.ts';
import { hideUserinfo } from '../../core/userinfo.ts';
import { RESOURCE_STATES, type ResourceView, WINDOW_NAMES } from '../view/monitor-view.ts';
import { type LabeledResource, type Labels, type MetricFamily, PREFIX, type Sample, seconds } from './metric-family.ts';

const LABELS = ['resource', 'group', 'kind'] as const;
const MAX_LABEL = 400;

const STATE_LABELS = RESOURCE_STATES.map((state) => ({ state, labels: { state } }));
const WINDOW_LABELS = WINDOW_NAMES.map((window) => ({ window, labels: { window } }));

/** Names and targets are texts of others. */
export const labelText = (text: string): string => cleanText(text, MAX_LABEL);

export const labelsOf = ({ id, group, kind }: ResourceView): Labels => ({
  ...{ resource: id, group: labelText(group ?? ''), kind },
});

export const RESOURCE_FAMILIES: readonly MetricFamily[] = [
  family({
    name: 'resource_available',
    help: 'Whether the last check found the resource available: 1 or 0. No sample while it is undetermined, pending or paused.',
    value: ({ state }) => (state === 'available' ? 1 : state === 'unavailable' ? 0 : null),
  }),
  family({
    name: 'resource_state',
    help: 'The state of the resource: 1 for one of available, unavailable, undetermined, pending and paused, 0 for the others.',
    labels: ['state'],
    samples: ({ view, labels: sharedLabels }) =>
      STATE_LABELS.map(({ state, labels }) => ({ labels, sharedLabels, value: view.state === state ? 1 : 0 })),
  }),
  family({
    name: 'resource_reason_info',
    help: 'Why the resource is unavailable or undetermined, always 1. No sample while there is no reason.',
    labels: ['reason', 'cause'],
    samples: ({ view: { reason, cause }, labels: sharedLabels }) =>
      reason === null ? [] : [{ labels: { reason, cause: cause ?? '' }, sharedLabels, value: 1 }],
  }),
  family({
    name: 'resource_info',
    help: 'Name and target of the resource, always 1.',
    labels: ['name', 'target'],
    samples: ({ view: { name, target }, labels: sharedLabels }) => [
      { labels: { name: labelText(name), target: labelText(hideUserinfo(target)) }, sharedLabels, value: 1 },
    ],
  }),
  family({
    name: 'resource_interval_seconds',
    help: 'The time between two checks, as configured.',
    value: ({ intervalMs }) => seconds(intervalMs),
  }),
  family({
    name: 'resource_held_until_timestamp_seconds',
    help: 'Until when the registry of the image accepts no requests, so that its checks wait. No sample while it accepts them.',
    value: ({ heldUntilMs }) => inSeconds(heldUntilMs),
  }),
  family({
    name: 'resource_last_check_timestamp_seconds',
    help: 'When the last check ended.',
    value: ({ lastCheckedAtMs }) => inSeconds(lastCheckedAtMs),
  }),
  family({
    name: 'resource_last_definite_timestamp_seconds',
    help: 'When a check last found the resource available or unavailable.',
    value: ({ lastDefiniteAtMs }) => inSeconds(lastDefiniteAtMs),
  }),
  family({
    name: 'resource_last_change_timestamp_seconds',
    help: 'When the state of the resource last changed.',
    value: ({ sinceMs }) => inSeconds(sinceMs),
  }),
  family({
    name: 'resource_last_check_duration_seconds',
    help: 'How long the last check took.',
    value: ({ durationMs }) => inSeconds(durationMs),
  }),
  family({
    name: 'resource_outage_active',
    help: 'Whether an outage of the resource is open: 1 or 0.',
    value: ({ outage }) => (outage === null ? 0 : 1),
  }),
  family({
    name: 'resource_outage_start_timestamp_seconds',
    help: 'When the open outage began. No sample while none is open.',
    value: ({ outage }) => inSeconds(outage?.startedAtMs ?? null),
  }),
  family({
    name: 'resource_drift',
    help: 'Whether the tag serves another digest than the one that runs in the cluster: 1 or 0. No sample where they cannot be compared.',
    value: ({ drift }) => (drift === null ? null : drift.running.length === 0 ? 0 : 1),
  }),
  family({
    name: 'resource_uptime_ratio',
    help: 'Time available as a share of the time known, in the window before the scrape. No sample if none is known.',
    labels: ['window'],
    samples: ({ view: { uptime }, labels: sharedLabels }) =>
      WINDOW_LABELS.flatMap(({ window, labels }) => {
        const { availableRatio } = uptime[window];
        return availableRatio === null ? [] : [{ labels, sharedLabels, value: availableRatio }];
      }),
  }),
  {
    name: `${PREFIX}image_digest_changes_total`,
    type: 'counter',
    help: 'How often the digest of the image has changed.',
    labels: ['resource', 'group'],
    samples: ({ resources }) =>
      resources.flatMap(({ view: { kind, digestMoves }, labels: { resource = '', group = '' } }) =>
        kind === 'image' ? [{ labels: { resource, group }, value: digestMoves }] : [],
      ),
  },
];

interface ResourceGauge {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  /** null: no sample. */
  readonly value?: (view: ResourceView) => number | null;
  readonly samples?: (resource: LabeledResource) => readonly Sample[];
}

function family({ name, help, labels = [], value, samples }: ResourceGauge): MetricFamily {
  const one = ({ view, labels: sharedLabels }: LabeledResource): readonly Sample[] => {
    const found = value?.(view) ?? null;
    return found === null ? [] : [{ sharedLabels, value: found }];
  };
  return {
    ...{ name: `${PREFIX}${name}`, type: 'gauge', help, labels: [...LABELS, ...labels] },
    samples: ({ resources }) => resources.flatMap(samples ?? one),
  };
}

const inSeconds = (ms: number | null): number | null => (ms === null ? null : seconds(ms));
