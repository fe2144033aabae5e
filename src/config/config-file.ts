// Finds and reads the config file of a run: the one that the user named, or the nearest.

import { existsSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { homeDirectory } from '../file/directories.ts';
import { readFileText, USUAL_DEADLINE_MS } from '../file/read-file.ts';
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
  const { values, sources } = resolveSettings(['config'], createSettingParsers([]), { flags, env });
  refuseJson(values.config ?? '', sources.config.label);
  const path = locateConfigFile(values.config, cwd, homeDirectory(env));
  if (path === undefined) return undefined;
  const shorten = (absolute: string): string => (cwd === undefined ? absolute : relative(cwd, absolute) || '.');
  const name = cleanText(hideUserinfo(values.config ?? shorten(path)));
  const found = values.config === undefined ? { name, directory: dirname(path) } : undefined;
  // Loaded on demand, like the parser below: most runs have no config file.
  if (found !== undefined) (await import('./found-file.ts')).refuseLink(path, found);
  const text = await readFileText(path, { maxBytes: MAX_BYTES, deadlineMs: USUAL_DEADLINE_MS, signal });
  if (!text.ok) {
    const label = values.config === undefined ? '' : `${sources.config.label}: `;
    throw new UsageError(`${label}cannot read ${name}: ${text.error.problem}.`);
  }
  const locate = (value: string): string =>
    value === '' || value === '-' || isAbsolute(value) ? value : shorten(resolve(dirname(path), value));
  const { parseConfig } = await import('./parse-config.ts');
  return { name, ...(found && { found }), ...parseConfig(text.value, { name, locate, found }) };
}

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
