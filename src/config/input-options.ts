// How images are read from files, out of the settings.

import type { ReadOptions } from '../input/read-source.ts';
import type { Settings } from './schema.ts';
import type { INPUT_SETTINGS } from './setting.ts';

type InputSettings = Pick<Settings, (typeof INPUT_SETTINGS)[number]>;

/** A build argument without a value is that of the environment, and none when it is not set there. */
export function inputOptions(
  { format, buildArg, profile }: InputSettings,
  env: ReadOptions['env'],
): Omit<ReadOptions, 'signal'> {
  const buildArgs: Record<string, string> = {};
  for (const { name, value = env[name] } of buildArg) if (value !== undefined) buildArgs[name] = value;
  return { format, buildArgs, profiles: profile, env };
}
