// The plan of the monitor: what its section of the config file expands to, with the images of the files it names.

import { suggest } from '../core/suggestion.ts';
import type { Maintenance } from '../monitor/history/maintenance.ts';
import type { MonitorPlan } from '../monitor/monitor-options.ts';
import { expandResources, type PlanInputs } from './monitor-resources.ts';
import type { MaintenanceEntry } from './monitor-schema.ts';
import { readNotifiers } from './notifiers.ts';
import { warnOfShownSecrets } from './shown-secrets.ts';

export interface ReadPlan {
  readonly plan: MonitorPlan;
  /** What the user should know; each a sentence. */
  readonly warnings: readonly string[];
}

const DAY_MS = 86_400_000;

/** Throws a UsageError for a source that cannot be read and whose images are not known, or the signal's reason. */
export async function readMonitorPlan(inputs: PlanInputs): Promise<ReadPlan> {
  const { config, checker, env } = inputs;
  const { values, labelOf } = config.section;
  const { retention = {}, timeZone = 'UTC' } = values;
  const expanded = await expandResources(inputs);
  const { notifiers, warnings } = await readNotifiers(config, env, inputs.signal);
  const plan: MonitorPlan = {
    resources: expanded.resources,
    skipped: expanded.skipped,
    sourceProblems: expanded.problems,
    jitter: values.jitter ?? 0.1,
    failAfter: values.failAfter ?? 2,
    recoverAfter: values.recoverAfter ?? 2,
    retention: {
      checksMs: retention.checks ?? 7 * DAY_MS,
      hoursMs: retention.hours ?? 90 * DAY_MS,
      daysMs: retention.days ?? 400 * DAY_MS,
    },
    timeZone,
    kairosMetrics: values.kairosMetrics ?? false,
    maintenances: (values.maintenance ?? []).map((entry) => maintenanceOf(entry, timeZone)),
    notifiers,
    probeAllow: values.probe?.enabled === true ? values.probe.allow : null,
    checker,
  };
  const groups = new Set(plan.resources.flatMap(({ group }) => group ?? []));
  // The namespaces of a cluster are not known before it is listed.
  const isOpen = (values.resources ?? []).some((entry) => 'kubernetes' in entry && entry.group === undefined);
  const unknown = [
    ...(values.notify ?? []).map((entry, index) => ({
      path: ['notify', index],
      groups: 'groups' in entry ? entry.groups : [],
    })),
    ...(values.maintenance ?? []).map((entry, index) => ({ path: ['maintenance', index], groups: entry.groups })),
  ].flatMap(({ path, groups: named = [] }) =>
    named
      .filter((group) => !isOpen && !groups.has(group))
      .map(
        (group) =>
          `${labelOf([...path, 'groups'])}: no resource is in the group "${group}".${suggest(group, [...groups])}`,
      ),
  );
  return { plan, warnings: [...expanded.warnings, ...warnings, ...warnOfShownSecrets(config.section), ...unknown] };
}

function maintenanceOf(entry: MaintenanceEntry, zone: string): Maintenance {
  const { name = 'maintenance', timeZone = zone, groups } = entry;
  if (!('weekly' in entry)) return { name, timeZone, groups, repeat: 'once', from: entry.from, to: entry.to };
  const { weekly: days, from: fromMinutes, to: toMinutes } = entry;
  return { name, timeZone, groups, repeat: 'weekly', days, fromMinutes, toMinutes };
}
