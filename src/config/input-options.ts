// How images are read from files, out of the settings.

import { createLookup } from '../input/environment.ts';
import type { BuildArguments } from '../input/extractor.ts';
import type { ReadOptions } from '../input/read-source.ts';
import { RANK, type Resolved } from './resolve.ts';
import type { INPUT_SETTINGS } from './setting.ts';

type InputName = (typeof INPUT_SETTINGS)[number];

/**
 * A build argument without a value is that of the environment, and none when it is not set there. A secret of the
 * environment is one only where a person asked for it, not a config file.
 */
export function inputOptions(
  { values, sources }: Resolved<InputName>,
  env: ReadOptions['env'],
): Omit<ReadOptions, 'signal'> {
  const { format, buildArg, allowEnv, profile } = values;
  const isAsked = sources.buildArg.rank > RANK.file;
  const asked = isAsked ? buildArg.map(({ name }) => name) : [];
  const lookup = createLookup({ env, allowEnv: [...allowEnv, ...asked] });
  const given = buildArg.map(({ name, value = lookup(name) }) => [name, value] as const);
  const buildArgs = Object.fromEntries(given.filter(([, value]) => value !== undefined)) as BuildArguments;
  return { format, buildArgs, allowEnv, profiles: profile, env };
}
