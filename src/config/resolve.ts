// The value of each setting and its source: flags override the environment, the environment overrides the config file,
// and that overrides the defaults.

import type { Env } from '../core/env.ts';
import { UsageError } from '../core/usage-error.ts';
import { environmentNameOf, flagOf, type Setting, type SettingName, settingOf } from './setting.ts';
import type { SettingParsers, Settings } from './setting-parsers.ts';

/** Where a value comes from. */
export interface Source {
  /** As in messages: `--timeout`, `KAIROS_PULL_TIMEOUT`, `timeout in kairos-pull.yaml:3`. */
  readonly label: string;
  /** The higher wins. */
  readonly rank: number;
}

export interface SettingInputs {
  /** By setting name: text, list of texts, or true for a switch. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Env;
  readonly fileValues?: FileValues | undefined;
}

/** The settings of the config file, by name. */
export type FileValues = Readonly<Partial<Record<SettingName, FileValue>>>;

/** Text or list of texts, as for a flag. */
export interface FileValue {
  readonly raw: string | readonly string[];
  readonly label: string;
}

export interface Resolved<Name extends SettingName = SettingName> {
  readonly values: Pick<Settings, Name>;
  readonly sources: Readonly<Record<Name, Source>>;
}

export const RANK = { default: 0, file: 1, environment: 2, flag: 3 } as const;

/** Throws a UsageError for the first invalid value. */
export function resolveSettings<Name extends SettingName>(
  names: readonly Name[],
  parsers: Pick<SettingParsers, Name>,
  inputs: SettingInputs,
): Resolved<Name> {
  const entries = names.map((name) => {
    const { source, raw } = findValue(name, settingOf(name), inputs);
    const parsed = parsers[name](raw);
    if (!parsed.ok) throw new UsageError(`${source.label}: ${parsed.error}`);
    return { name, value: parsed.value, source };
  });
  return {
    values: Object.fromEntries(entries.map(({ name, value }) => [name, value])) as Pick<Settings, Name>,
    sources: Object.fromEntries(entries.map(({ name, source }) => [name, source])) as Record<Name, Source>,
  };
}

/** The value as text, from the strongest source that has one. */
export function findValue(
  name: string,
  setting: Setting,
  { flags, env, fileValues }: SettingInputs,
): { readonly source: Source; readonly raw: unknown } {
  const label = flagOf(name);
  const flag = flags[name];
  if (flag !== undefined) return { source: { label, rank: RANK.flag }, raw: flag === true ? 'true' : flag };

  const variable = environmentNameOf(name);
  const text = env[variable]?.trim();
  if (text) {
    const items = text.split(',').map((item) => item.trim());
    const raw = setting.repeatable ? items.filter((item) => item !== '') : text;
    return { source: { label: variable, rank: RANK.environment }, raw };
  }
  const entry = (fileValues as Readonly<Record<string, FileValue>> | undefined)?.[name];
  if (entry !== undefined) return { source: { label: entry.label, rank: RANK.file }, raw: entry.raw };
  return { source: { label, rank: RANK.default }, raw: setting.repeatable ? [] : setting.default };
}
