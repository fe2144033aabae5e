// The options of the monitor, validated: values of the config layer.

import type { CheckerSettings } from '../check/checker-settings.ts';
import type { Maintenance } from './history/maintenance.ts';
import type { NotifierOptions } from './notify/notifier-options.ts';
import type { AllowPattern } from './probe/allow-list.ts';
import type { MonitorResource, SkippedImage } from './resource/monitor-resource.ts';
import type { MonitorRole } from './role.ts';
import type { StoreSetting } from './store/store-setting.ts';
import type { AuthOptions, ListenAddress } from './web/web-options.ts';

/** What changes with a reload. */
export interface MonitorPlan {
  readonly resources: readonly MonitorResource[];
  readonly skipped: readonly SkippedImage[];
  /** Why a source could not be read, each a sentence: its last known images are kept. */
  readonly sourceProblems: readonly string[];
  readonly jitter: number;
  readonly failAfter: number;
  readonly recoverAfter: number;
  readonly retention: { readonly checksMs: number; readonly hoursMs: number; readonly daysMs: number };
  readonly timeZone: string;
  readonly kairosMetrics: boolean;
  readonly maintenances: readonly Maintenance[];
  readonly notifiers: readonly NotifierOptions[];
  /** Of /probe; null or unset: it is off. */
  readonly probeAllow?: readonly AllowPattern[] | null;
  /** How images are checked: as `check` with the same config file does. */
  readonly checker: CheckerSettings;
}

/** What needs a restart to change. */
export interface MonitorOptions {
  readonly listen: ListenAddress;
  readonly store: StoreSetting;
  readonly role: MonitorRole;
  readonly auth: AuthOptions | null;
  /** Where users reach the page: for webhooks, for the Host check, and for a base path behind a proxy. */
  readonly url: string | null;
  readonly plan: MonitorPlan;
}
