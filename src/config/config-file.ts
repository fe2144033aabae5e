// The config file of a run: the one that is named, or the nearest.

import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { homeDirectory } from '../file/directories.ts';
import { readFileText, USUAL_DEADLINE_MS } from '../file/read-file.ts';
import { findConfigFile } from './find-config-file.ts';
import type { FoundFile } from './found-file.ts';
import type { Config } from './parse-config.ts';
import { type Given, resolveSettings } from './resolve.ts';
import { createSchema } from './schema.ts';

export interface ConfigFile extends Config {
  /** As messages name it. */
  readonly name: string;
  /** Set where it was found, not named. */
  readonly found?: FoundFile | undefined;
}

/** Deployments for a thousand registries would fit. */
const MAX_BYTES = 1024 * 1024;

/**
 * `folder`: where the search begins; none where the working folder was removed. Throws a UsageError for a file that
 * cannot be read or holds what it should not, or the signal's reason.
 */
export async function readConfigFile(
  { flags, env }: Given,
  folder: string | undefined,
  signal?: AbortSignal,
): Promise<ConfigFile | undefined> {
  const { values, sources } = resolveSettings(['config'], createSchema([]), { flags, env });
  const path = locateConfigFile(values.config, folder, homeDirectory(env));
  if (path === undefined) return undefined;
  /** As the person would write it. */
  const shorten = (absolute: string): string => (folder === undefined ? absolute : relative(folder, absolute) || '.');
  const name = cleanText(hideUserinfo(values.config ?? shorten(path)));
  const found = values.config === undefined ? { name, folder: dirname(path) } : undefined;
  // Loaded only now, as what reads it: most runs have no config file.
  if (found !== undefined) (await import('./found-file.ts')).refuseLink(path, found);
  const text = await readFileText(path, { maxBytes: MAX_BYTES, deadlineMs: USUAL_DEADLINE_MS, signal });
  if (!text.ok) {
    const label = values.config === undefined ? '' : `${sources.config.label}: `;
    throw new UsageError(`${label}cannot read ${name}: ${text.error.problem}.`);
  }
  const locate = (written: string): string =>
    written === '' || written === '-' || isAbsolute(written) ? written : shorten(resolve(dirname(path), written));
  const { parseConfig } = await import('./parse-config.ts');
  return { name, ...(found && { found }), ...parseConfig(text.value, { name, locate, found }) };
}

function locateConfigFile(named: string | undefined, folder: string | undefined, home: string | undefined) {
  if (named !== undefined) return folder === undefined ? named : resolve(folder, named);
  return folder === undefined ? undefined : findConfigFile(folder, home);
}
