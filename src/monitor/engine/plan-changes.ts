// What a reload has changed, in words for the log, the API and the event: resources by name, settings by key.

import { isDeepStrictEqual } from 'node:util';
import { formatCount, formatPeriod } from '../../core/quantity.ts';
import { cleanText } from '../../core/text.ts';
import type { MonitorResource } from '../resource/monitor-resource.ts';

export interface ComparedPlan {
  readonly resources: readonly MonitorResource[];
}

export interface PlanChanges {
  /** `3 resources, 1 added (api), 0 removed, 2 changed (interval 5m to 1m: web, shop)` */
  readonly text: string;
  readonly added: number;
  readonly removed: number;
  /** Resources that were there before and still are. */
  readonly changed: number;
}

/** More names would not help. */
const MAX_NAMES = 5;

/** The keys of the config file; others are named by their settings below. */
const RESOURCE_KEYS: Readonly<Record<string, string>> = {
  intervalMs: 'interval',
  isPaused: 'paused',
  isMuted: 'muted',
  platforms: 'platform',
  timeoutMs: 'timeout',
};

const PLAN_KEYS: Readonly<Record<string, string>> = {
  maintenances: 'maintenance',
  notifiers: 'notify',
  probeAllow: 'probe',
  checker: 'the settings of check',
};

/** What every listing or reading of a file may change. */
const FOUND = new Set(['id', 'foundAt', 'host', 'running', 'kind']);
const LISTED = new Set(['resources', 'skipped', 'sourceProblems']);

export function describeChanges(before: ComparedPlan, after: ComparedPlan): PlanChanges {
  const old = new Map(before.resources.map((one) => [one.id, one]));
  const present = new Map(after.resources.map((one) => [one.id, one]));
  const added = after.resources.filter(({ id }) => !old.has(id));
  const removed = before.resources.filter(({ id }) => !present.has(id));
  const byChange = new Map<string, MonitorResource[]>();
  let changed = 0;
  for (const resource of after.resources) {
    const change = changeOf(old.get(resource.id) ?? resource, resource);
    if (change === '') continue;
    changed += 1;
    byChange.set(change, [...(byChange.get(change) ?? []), resource]);
  }
  const changes = [...byChange].map(([change, resources]) => `${change}: ${namesOf(resources)}`).join('; ');
  const settings = changedKeys(before, after, LISTED).map((key) => PLAN_KEYS[key] ?? key);
  const counts = [
    formatCount(after.resources.length, 'resource'),
    `${added.length} added${listed(namesOf(added))}`,
    `${removed.length} removed${listed(namesOf(removed))}`,
    ...(changed === 0 ? [] : [`${changed} changed${listed(changes)}`]),
    ...(settings.length === 0 ? [] : [`settings changed: ${settings.join(', ')}`]),
  ];
  return { text: counts.join(', '), added: added.length, removed: removed.length, changed };
}

const listed = (text: string): string => (text === '' ? '' : ` (${text})`);

function namesOf(resources: readonly MonitorResource[]): string {
  const names = resources.slice(0, MAX_NAMES).map(({ name }) => cleanText(name, 100));
  const more = resources.length - names.length;
  return [...names, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/** No value but an interval and a name: others may contain a secret. */
function changeOf(before: MonitorResource, after: MonitorResource): string {
  return changedKeys(before, after, FOUND)
    .map((key) => {
      if (key === 'intervalMs')
        return `interval ${formatPeriod(before.intervalMs)} to ${formatPeriod(after.intervalMs)}`;
      if (key === 'name') return `name ${cleanText(before.name, 100)} to ${cleanText(after.name, 100)}`;
      return RESOURCE_KEYS[key] ?? key;
    })
    .join(' and ');
}

function changedKeys(before: object, after: object, except: ReadonlySet<string>): readonly string[] {
  const [old, current] = [before, after] as readonly Readonly<Record<string, unknown>>[];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].filter((key) => !except.has(key) && !isDeepStrictEqual(old?.[key], current?.[key]));
}
