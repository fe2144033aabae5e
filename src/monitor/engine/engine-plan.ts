// What the engine needs of the configuration; it changes with a reload.

import type { Maintenance } from '../history/maintenance.ts';
import type { OutageRule } from '../history/outage.ts';
import type { NotifierOptions } from '../notify/notifier-options.ts';
import type { MonitorResource, SkippedImage } from '../resource/monitor-resource.ts';

export interface EnginePlan extends OutageRule {
  readonly resources: readonly MonitorResource[];
  readonly skipped: readonly SkippedImage[];
  readonly sourceProblems: readonly string[];
  readonly jitter: number;
  readonly retention: { readonly checksMs: number; readonly hoursMs: number; readonly daysMs: number };
  readonly timeZone: string;
  readonly maintenances: readonly Maintenance[];
  readonly notifiers: readonly NotifierOptions[];
}
