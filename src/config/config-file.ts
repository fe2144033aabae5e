// Finds and reads the config file of a run: the one that the user named, or the nearest.

import { existsSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { homeDirectory } from '../file/directories.ts';
import { readFileText, USUAL_DEADLINE_MS } from '../file/read-file.ts';
import { useManyThreads } from '../file/thread-pool.ts';
import type { FoundFile } from './found-file.ts';
import type { Config } from './parse-config.ts';
import { resolveSettings, type SettingInputs } from './resolve.ts';
import { createSettingParsers } from './setting-parsers.ts';
import { refuseJson } from './user-files.ts';

export interface ConfigFile extends Config {
  /** As in messages. */
  readonly name: string;
  /** Set if it was found, not named. */
  readonly found?: FoundFile | undefined;
}

/** The first that exists in a directory counts. */
export const CONFIG_NAMES = ['kairos-pull.yaml', 'kairos-pull.yml', 'kairos-pull.json'] as const;

/** Enough for the settings of a thousand registries. */
const MAX_BYTES = 1024 * 1024;

/**
 * `cwd`: where the search begins; undefined if the working directory was removed. Throws a UsageError for a file that
 * cannot be read or has invalid content, or the signal's reason.
 */
export async function readConfigFile(
  { flags, env }: SettingInputs,
  cwd: string | undefined,
  signal?: AbortSignal,
): Promise<ConfigFile | undefined> {
  const named = namedConfigFile({ flags, env });
  const path = locateConfigFile(named?.path, cwd, homeDirectory(env));
  if (path === undefined) return undefined;
  useManyThreads();
  const name = cleanText(hideUserinfo(named?.path ?? shortPath(path, cwd)));
  const found = named === undefined ? { name, directory: dirname(path) } : undefined;
  // Loaded on demand, like the parser below: most runs have no config file.
  if (found !== undefined) (await import('./found-file.ts')).refuseLink(path, found);
  const text = await readConfigText({ path, name, label: named?.label }, signal);
  const { parseConfig } = await import('./parse-config.ts');
  return { name, ...(found && { found }), ...parseConfig(text, { name, locate: locateFrom(path, cwd), found }) };
}

/** The one that the user named. Throws a UsageError. */
export function namedConfigFile({
  flags,
  env,
}: SettingInputs): { readonly path: string; readonly label: string } | undefined {
  const { values, sources } = resolveSettings(['config'], createSettingParsers([]), { flags, env });
  const { label } = sources.config;
  refuseJson(values.config ?? '', label);
  return values.config === undefined ? undefined : { path: values.config, label };
}

/** `label`: the setting that named it. Throws a UsageError if it cannot be read, or the signal's reason. */
export async function readConfigText(
  { path, name, label }: { readonly path: string; readonly name: string; readonly label: string | undefined },
  signal: AbortSignal | undefined,
): Promise<string> {
  const text = await readFileText(path, { maxBytes: MAX_BYTES, deadlineMs: USUAL_DEADLINE_MS, signal });
  if (text.ok) return text.value;
  throw new UsageError(`${label === undefined ? '' : `${label}: `}cannot read ${name}: ${text.error.problem}.`);
}

const shortPath = (absolute: string, cwd: string | undefined): string =>
  cwd === undefined ? absolute : relative(cwd, absolute) || '.';

/** Resolves a path in the config file at `path`. */
export const locateFrom =
  (path: string, cwd: string | undefined) =>
  (value: string): string =>
    value === '' || value === '-' || isAbsolute(value) ? value : shortPath(resolve(dirname(path), value), cwd);

function locateConfigFile(named: string | undefined, cwd: string | undefined, home: string | undefined) {
  if (named !== undefined) return cwd === undefined ? named : resolve(cwd, named);
  return cwd === undefined ? undefined : findConfigFile(cwd, home);
}

/** An absolute path: in this directory or the nearest parent, but not above the home directory. */
export function findConfigFile(from: string, home: string | undefined): string | undefined {
  for (let directory = resolve(from); ; directory = dirname(directory)) {
    const paths = isSearchable(directory) ? CONFIG_NAMES.map((name) => join(directory, name)) : [];
    const found = paths.find((path) => existsSync(path));
    if (found !== undefined || (home !== undefined && directory === resolve(home)) || directory === dirname(directory))
      return found;
  }
}

/** In a world-writable directory such as /tmp, another user may have planted a config file. `--config` can name it. */
function isSearchable(directory: string): boolean {
  try {
    const mode = statSync(directory, { throwIfNoEntry: false })?.mode ?? 0;
    return process.platform === 'win32' || (mode & 0o002) === 0;
  } catch {
    // The parent directory does not allow access.
    return false;
  }
}
