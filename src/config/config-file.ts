// The config file of a run: the one that is named, or the nearest.

import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { fileProblem } from '../core/file-problem.ts';
import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
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

/** `folder`: where the search begins. Throws a UsageError for a file that cannot be read or holds what it should not. */
export async function readConfigFile({ flags, env }: Given, folder: string): Promise<ConfigFile | undefined> {
  const { values, sources } = resolveSettings(['config'], createSchema([]), { flags, env });
  const path =
    values.config === undefined ? findConfigFile(folder, env.HOME || homedir()) : resolve(folder, values.config);
  if (path === undefined) return undefined;
  const name = cleanText(values.config ?? relative(folder, path));
  const found = values.config === undefined ? { name, folder: dirname(path) } : undefined;
  // Loaded only now, as what reads it: most runs have no config file.
  if (found !== undefined) (await import('./found-file.ts')).refuseLink(path, found);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const problem = fileProblem(error);
    if (problem === undefined) throw error;
    throw new UsageError(
      `${values.config === undefined ? '' : `${sources.config.label}: `}cannot read ${name}: ${problem}.`,
    );
  });
  const locate = (written: string): string =>
    written === '' || written === '-' || isAbsolute(written)
      ? written
      : relative(folder, resolve(dirname(path), written)) || '.';
  const { parseConfig } = await import('./parse-config.ts');
  return { name, ...(found && { found }), ...parseConfig(text, { name, locate, found }) };
}
