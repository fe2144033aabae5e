// Reads everything that a reload of the monitor reads: its config file, the settings of `check`, and the sources of images.

import type { Env } from '../core/env.ts';
import { FORMATS } from '../report/format.ts';
import { readCheckerOptions } from './checker-options.ts';
import { resolveConflicts } from './conflicts.ts';
import { type WatchedCluster, watchedClusters } from './known-clusters.ts';
import { type ConfigPlace, type MonitorConfig, parseMonitorConfig } from './monitor-config.ts';
import { type ReadPlan, readMonitorPlan } from './monitor-plan.ts';
import type { KnownSources } from './monitor-resources.ts';
import { resolveSettings } from './resolve.ts';
import { SETTING_NAMES } from './setting.ts';
import { createSettingParsers } from './setting-parsers.ts';

export interface LoadedMonitor extends ReadPlan {
  readonly config: MonitorConfig;
  /** Paths of the files and directories that the resources come from. */
  readonly sources: readonly string[];
  /** Clusters that the resources come from. */
  readonly clusters: readonly WatchedCluster[];
}

export interface LoadInputs {
  readonly env: Env;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  readonly signal: AbortSignal;
  /** It is updated. */
  readonly known: KnownSources;
}

/** `text`: of the config file. Throws a UsageError, or the signal's reason. */
export async function loadMonitor(
  text: string,
  place: ConfigPlace,
  { env, nowMs, signal, known }: LoadInputs,
): Promise<LoadedMonitor> {
  const config = parseMonitorConfig(text, place);
  const inputs = { flags: {}, env, fileValues: config.values };
  const resolved = resolveSettings(SETTING_NAMES, createSettingParsers(FORMATS), inputs);
  const settings = resolveConflicts(resolved);
  const checker = await readCheckerOptions({ settings, sources: resolved.sources, file: config, env, signal });
  const read = await readMonitorPlan({ config, settings, resolved, checker, env, nowMs, signal, known });
  signal.throwIfAborted();
  return { ...read, config, sources: sourcesOf(config), clusters: watchedClusters(config.section.values) };
}

const sourcesOf = ({ section: { values }, locate }: MonitorConfig): readonly string[] =>
  (values.resources ?? [])
    .flatMap((entry) => ('files' in entry ? entry.files : 'kairos' in entry ? [entry.kairos] : []))
    .map(locate);
