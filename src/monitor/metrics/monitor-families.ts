// The metrics of the monitor itself: checks, registries, certificates, schedule, notifiers and configuration.

import { DURATION_BUCKETS } from '../view/monitor-view.ts';
import { histogramSamples, type MetricFamily, PREFIX, type Sample, type Snapshot, seconds } from './metric-family.ts';

const DURATION = `${PREFIX}check_duration_seconds`;

export const MONITOR_FAMILIES: readonly MetricFamily[] = [
  {
    name: `${PREFIX}checks_total`,
    type: 'counter',
    help: 'Checks since the start of the monitor.',
    labels: ['kind', 'registry', 'verdict', 'reason'],
    samples: ({ counters }) =>
      counters.checks.map(({ kind, registry, verdict, reason, count }) => ({
        labels: { kind, registry, verdict, reason: reason ?? '' },
        value: count,
      })),
  },
  {
    name: DURATION,
    type: 'histogram',
    help: 'How long the checks since the start of the monitor took.',
    labels: ['kind', 'registry'],
    samples: ({ counters }) =>
      counters.durations.flatMap(({ kind, registry, ...distribution }) =>
        histogramSamples(DURATION, DURATION_BUCKETS, distribution, { kind, registry }),
      ),
  },
  gauge('registry_quota_limit', 'How many pulls the registry allows in its window.', ['registry'], ({ registries }) =>
    registries.flatMap(({ registry, quotaLimit }) => optional(quotaLimit, { registry })),
  ),
  gauge('registry_quota_remaining', 'How many of them are left.', ['registry'], ({ registries }) =>
    registries.flatMap(({ registry, quotaRemaining }) => optional(quotaRemaining, { registry })),
  ),
  gauge(
    'registry_paused_until_timestamp_seconds',
    'When the registry will accept requests again. No sample while it accepts them.',
    ['registry'],
    ({ registries }) =>
      registries.flatMap(({ registry, pausedUntilMs }) =>
        optional(pausedUntilMs === null ? null : seconds(pausedUntilMs), { registry }),
      ),
  ),
  gauge(
    'certificate_expiry_timestamp_seconds',
    'When the certificate of the host expires, as of its last check.',
    ['host'],
    ({ certificates }) =>
      certificates.map(({ host, expiresAtMs }) => ({ labels: { host }, value: seconds(expiresAtMs) })),
  ),
  gauge('scheduler_lag_seconds', 'How late the most recent check started.', [], ({ counters }) =>
    one(counters.lagSeconds),
  ),
  {
    ...{ name: `${PREFIX}scheduler_skipped_total`, type: 'counter', labels: [] },
    help: 'Checks that were left out because the monitor was late.',
    samples: ({ counters }) => one(counters.skipped),
  },
  {
    ...{ name: `${PREFIX}notifications_failed_total`, type: 'counter', labels: ['notifier'] },
    help: 'Requests to the notifier that failed; a failed one is repeated.',
    samples: ({ counters }) =>
      counters.notifications.map(({ notifier, failed }) => ({ labels: { notifier }, value: failed })),
  },
  gauge('notifications_pending', 'Events that the notifier has not delivered yet.', ['notifier'], ({ counters }) =>
    counters.notifications.map(({ notifier, pending }) => ({ labels: { notifier }, value: pending })),
  ),
  gauge(
    'config_last_reload_successful',
    'Whether the configuration in the file is the one in use: 1 or 0.',
    [],
    ({ health }) => one(health.reload === null ? 1 : 0),
  ),
  gauge(
    'config_last_reload_success_timestamp_seconds',
    'When the configuration was last read successfully.',
    [],
    ({ health }) => one(seconds(health.lastReloadAtMs)),
  ),
  gauge('ready', 'Whether the history is kept and the schedule filled, as /readyz says: 1 or 0.', [], ({ health }) =>
    one(health.isReady ? 1 : 0),
  ),
  gauge(
    'workers',
    'How many workers that share the store are alive. No sample unless the store is PostgreSQL.',
    [],
    ({ health }) => optional(health.cluster?.workerCount ?? null, {}),
  ),
  gauge(
    'clock_difference_seconds',
    'How far the clock of this machine is ahead of that of the database. No sample unless the store is PostgreSQL.',
    [],
    ({ health }) => optional(health.cluster === null ? null : seconds(health.cluster.clockDifferenceMs), {}),
  ),
  gauge(
    'network_down',
    'Whether no host could be reached, so that the network of the monitor is probably down: 1 or 0.',
    [],
    ({ health }) => one(health.isNetworkDown ? 1 : 0),
  ),
  gauge('build_info', 'The version of kairos-pull and of Node.js, always 1.', ['version', 'node'], ({ summary }) => [
    { labels: { version: summary.version, node: process.versions.node }, value: 1 },
  ]),
];

function gauge(
  name: string,
  help: string,
  labels: readonly string[],
  samples: (snapshot: Snapshot) => readonly Sample[],
): MetricFamily {
  return { name: `${PREFIX}${name}`, type: 'gauge', help, labels, samples };
}

const one = (value: number): readonly Sample[] => [{ value }];

const optional = (value: number | null, labels: Readonly<Record<string, string>>): readonly Sample[] =>
  value === null ? [] : [{ labels, value }];
