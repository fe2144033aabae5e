// Settings to the options of the input readers.

import type { BuildArguments } from '../input/extractor.ts';
import type { LeaveOutOptions } from '../input/gitignore.ts';
import type { IgnoreRule } from '../input/ignore.ts';
import type { SourceOptions } from '../input/read-source.ts';
import { createLookup } from '../input/resolved-text.ts';
import { RANK, type Resolved } from './resolve.ts';
import type { INPUT_SETTINGS } from './setting.ts';

type InputName = (typeof INPUT_SETTINGS)[number];

/**
 * A build argument without a value is taken from the environment, and dropped if it is not set there. It may be a secret
 * only if the user named it, not a config file.
 */
export function inputOptions(
  { values, sources }: Resolved<InputName>,
  env: SourceOptions['env'],
): Omit<SourceOptions, 'signal'> & { readonly leaveOut: LeaveOutOptions } {
  const { format, buildArg, allowEnv, profile, exclude, noGitignore } = values;
  const named = sources.buildArg.rank > RANK.file ? buildArg.map(({ name }) => name) : [];
  const lookup = createLookup({ env, allowEnv: [...allowEnv, ...named] });
  const given = buildArg.map(({ name, value = lookup(name) }) => [name, value] as const);
  const buildArgs = Object.fromEntries(given.filter(([, value]) => value !== undefined)) as BuildArguments;
  return { format, buildArgs, allowEnv, profiles: profile, env, leaveOut: { exclude, useGitignore: !noGitignore } };
}

/** Those of the config file, which have reasons of their own, then those of the setting. */
export const ignoreRules = (
  { values, sources }: Resolved<'ignore'>,
  configured: readonly IgnoreRule[] = [],
): readonly IgnoreRule[] => {
  const { label } = sources.ignore;
  return [
    ...configured,
    ...values.ignore.map((image) => ({ image, reason: `Matches ${label} ${image}.`, location: label })),
  ];
};
