// What `monitor --check-config` prints: the resources, each with its interval and where it comes from, and the settings
// of the monitor itself.

import type { WatchedCluster } from '../config/known-clusters.ts';
import { formatAddress } from '../config/monitor-options.ts';
import { formatCount, formatPeriod } from '../core/quantity.ts';
import type { FoundAt } from '../core/target.ts';
import { cleanText } from '../core/text.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { NOTIFIED_EVENTS } from '../monitor/history/event.ts';
import type { MonitorOptions, MonitorPlan } from '../monitor/monitor-options.ts';
import type { NotifierOptions } from '../monitor/notify/notifier-options.ts';
import type { MonitorResource } from '../monitor/resource/monitor-resource.ts';
import { formatStore } from '../monitor/store/store-setting.ts';
import { formatColumns } from '../report/columns.ts';
import { formatLocation } from '../report/location.ts';

const MAX_PLACES = 3;

/** A line per resource, or more on a terminal: id, interval, target, places. */
export function formatResources({ resources, skipped }: MonitorPlan, width?: number): string {
  const rows = resources.map((resource) => [
    resource.id,
    formatPeriod(resource.intervalMs),
    cleanText(resource.target, 500),
    [formatPlaces(resource.foundAt), noteOf(resource)].filter((text) => text !== '').join('; '),
  ]);
  const skips = skipped.map(({ text, foundAt, message }) => [
    'skipped',
    '-',
    cleanText(text, 500),
    `${formatPlaces(foundAt)}: ${cleanText(message)}`,
  ]);
  const count = formatCount(resources.length, 'resource');
  const total = skipped.length === 0 ? count : `${count}, ${formatCount(skipped.length, 'skipped image')}`;
  return `${formatColumns([...rows, ...skips], width)}${total}\n`;
}

/** Where it listens, what it keeps, which notifiers it has. No URL of a notifier: it may contain a secret. */
export function formatMonitor(
  { listen, auth, store, url }: Omit<MonitorOptions, 'plan'>,
  plan: MonitorPlan,
  { clusters = [], width }: { readonly clusters?: readonly WatchedCluster[]; readonly width?: number | undefined } = {},
): string {
  const credentials =
    auth === null
      ? 'no credentials: this machine only'
      : auth.publicRead
        ? 'credentials required for changes'
        : 'credentials required';
  const rows = [
    ['listen', formatAddress(listen), credentials],
    ...(url === null ? [] : [['url', cleanText(hideUserinfo(url), 300), '']]),
    ['store', formatStore(store.location), store.location === 'memory' ? 'kept until the monitor stops' : ''],
    ...clusters.map(({ source, refreshMs }) => [
      'kubernetes',
      describeCluster(source),
      `listed every ${formatPeriod(refreshMs)} while the monitor runs`,
    ]),
    ...plan.notifiers.map((notifier) => ['notifier', cleanText(notifier.name), describeNotifier(notifier)]),
    ...plan.maintenances.map(({ name, groups }) => ['maintenance', cleanText(name), describeGroups(groups)]),
  ];
  return formatColumns(rows, width);
}

function describeCluster({ namespaces, selector, context, server }: WatchedCluster['source']): string {
  const where =
    namespaces.length === 0 ? 'its namespace' : namespaces.includes('*') ? 'all namespaces' : namespaces.join(', ');
  const which = server ?? (context === undefined ? 'the current cluster' : `the context ${context}`);
  return cleanText(`${which}: ${where}${selector === undefined ? '' : `, ${selector}`}`);
}

function describeNotifier({ kind, events, groups, remindAfterMs }: NotifierOptions): string {
  if (kind === 'ping') return 'ping: every minute';
  const isDefault = !events.includes('state') && events.length === NOTIFIED_EVENTS.length - 1;
  const reminder = remindAfterMs === null ? '' : `; reminder after ${formatPeriod(remindAfterMs)}`;
  return `${kind}: ${isDefault ? 'all events except state' : events.join(', ')}; ${describeGroups(groups)}${reminder}`;
}

const describeGroups = (groups: readonly string[] | undefined): string =>
  groups === undefined ? 'all groups' : `groups ${cleanText(groups.join(', '))}`;

const noteOf = ({ isPaused, isMuted, group }: MonitorResource): string =>
  [...(isPaused ? ['paused'] : []), ...(isMuted ? ['muted'] : []), ...(group === null ? [] : [`group ${group}`])].join(
    ', ',
  );

function formatPlaces(foundAt: readonly FoundAt[]): string {
  const shown = foundAt
    .slice(0, MAX_PLACES)
    .map(({ source, line }) => formatLocation({ source, ...(line && { line }) }));
  const more = foundAt.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].map((text) => cleanText(text)).join(', ');
}
