// The options of a command as the help and the pages list them: in groups, each with its environment variable.

import type { Command, Option } from 'commander';
import { MONITOR_SETTINGS } from '../config/monitor-setting.ts';
import { environmentNameOf, SETTING_NAMES } from '../config/setting.ts';

export interface OptionGroup {
  /** Without a colon. */
  readonly title: string;
  readonly options: readonly Option[];
}

const SETTINGS: ReadonlySet<string> = new Set([...SETTING_NAMES, ...Object.keys(MONITOR_SETTINGS)]);

/** `KAIROS_PULL_CA_FILE`; undefined if none sets the option. */
export function variableOf(option: Option): string | undefined {
  const name = option.attributeName();
  return SETTINGS.has(name) ? environmentNameOf(name) : undefined;
}

export function optionGroups(command: Command): readonly OptionGroup[] {
  const groups = new Map<string, Option[]>();
  for (const option of command.options) {
    const title = (option.helpGroupHeading ?? 'Options:').replace(/:$/, '');
    groups.set(title, [...(groups.get(title) ?? []), option]);
  }
  return [...groups].map(([title, options]) => ({ title, options }));
}
