// Flags win over the environment, the environment over the config file, that over defaults. A value that cannot be
// read is named with its source.

import type { Env } from '../core/env.ts';
import { UsageError } from '../core/usage-error.ts';
import type { Schema, Settings } from './schema.ts';
import { environmentNameOf, flagOf, type SettingName, settingOf } from './setting.ts';

/** Where a value came from. */
export interface Source {
  /** As a message names it: `--timeout`, `KAIROS_PULL_TIMEOUT`, `timeout in kairos-pull.yaml:3`. */
  readonly label: string;
  /** The higher wins. */
  readonly rank: number;
}

export interface Given {
  /** By setting name: text, list of texts, or true for a switch. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Env;
  /** Of the config file, by setting name. */
  readonly written?: Readonly<Partial<Record<SettingName, Written | undefined>>> | undefined;
}

/** A setting as the config file has it: text or list of texts, as behind a flag. */
export interface Written {
  readonly raw: string | readonly string[];
  readonly label: string;
}

export interface Resolved<Name extends SettingName = SettingName> {
  readonly values: Pick<Settings, Name>;
  readonly sources: Readonly<Record<Name, Source>>;
}

export const RANK = { default: 0, file: 1, environment: 2, flag: 3 } as const;

/** Throws a UsageError for the first value that cannot be read. */
export function resolveSettings<Name extends SettingName>(
  names: readonly Name[],
  schema: Pick<Schema, Name>,
  given: Given,
): Resolved<Name> {
  const entries = names.map((name) => {
    const { source, raw } = find(name, given);
    const parsed = schema[name].safeParse(raw);
    if (!parsed.success) throw new UsageError(`${source.label}: ${parsed.error.issues[0]?.message}`);
    return { name, value: parsed.data, source };
  });
  return {
    values: Object.fromEntries(entries.map(({ name, value }) => [name, value])) as Pick<Settings, Name>,
    sources: Object.fromEntries(entries.map(({ name, source }) => [name, source])) as Record<Name, Source>,
  };
}

function find(name: SettingName, { flags, env, written }: Given): { source: Source; raw: unknown } {
  const setting = settingOf(name);
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
  const entry = written?.[name];
  if (entry !== undefined) return { source: { label: entry.label, rank: RANK.file }, raw: entry.raw };
  return { source: { label, rank: RANK.default }, raw: setting.repeatable ? [] : setting.default };
}
