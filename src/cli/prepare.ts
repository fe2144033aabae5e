// What a check needs before the first request: settings, images, options of the checker. Every UsageError is thrown here
// or when the outputs are opened.

import type { CheckerSettings } from '../check/checker-settings.ts';
import { readCheckerOptions } from '../config/checker-options.ts';
import { type ConfigFile, readConfigFile } from '../config/config-file.ts';
import { resolveConflicts } from '../config/conflicts.ts';
import { ignoreRules, inputOptions } from '../config/input-options.ts';
import { type Resolved, resolveSettings } from '../config/resolve.ts';
import { SETTING_NAMES } from '../config/setting.ts';
import { createSettingParsers, type Settings } from '../config/setting-parsers.ts';
import { UsageError } from '../core/usage-error.ts';
import type { FoundSecret } from '../credentials/pull-secret.ts';
import { type Collection, collect } from '../input/collect.ts';
import { FORMATS } from '../report/format.ts';
import { readClusterTargets, withTargets } from './cluster-targets.ts';
import { unknownPlatforms, unknownVariables } from './doubtful-settings.ts';
import { unlessInterrupted } from './interruption.ts';
import type { Io } from './io.ts';
import { formatSkipped, NOTHING_TO_CHECK } from './notes.ts';
import { readOperands, type SortedOperands } from './operands.ts';
import { readPassword } from './password.ts';
import type { ImagesInvocation } from './program.ts';
import { withReadingLine } from './reading-line.ts';
import { type ShardCollection, takeShard } from './shard-collection.ts';
import { readPasswordInput, readStdin } from './stdin.ts';

export interface CommandSettings extends Pick<SortedOperands, 'images' | 'missing'> {
  /** The operands that are paths; they are in `file` of the settings as well. */
  readonly operandFiles: readonly string[];
  /** With conflicts resolved. */
  readonly settings: Settings;
  readonly resolved: Resolved;
  readonly configFile: ConfigFile | undefined;
}

export interface CheckPlan {
  readonly settings: Settings;
  readonly configFile: ConfigFile | undefined;
  readonly operandFiles: readonly string[];
  /** The operands that are images. */
  readonly images: readonly string[];
  /** With `--shard`, the images of this shard. */
  readonly collection: ShardCollection;
  /** Undefined if the run was interrupted before the options were known. */
  readonly checkerOptions: CheckerSettings | undefined;
  /** Those of the input files, if `--use-pull-secrets` is set; more may come with standard input. */
  readonly pullSecrets: readonly FoundSecret[] | undefined;
  /** Aborts with the interruption, or when `stop` is called. */
  readonly signal: AbortSignal;
  /** Ends everything that still reads input: no further result is needed. */
  readonly stop: () => void;
}

/** Throws a UsageError. */
export async function readCheckSettings(invocation: ImagesInvocation, io: Io): Promise<CommandSettings> {
  const { env, interruption } = io;
  const { images, flags, files: operandFiles, missing } = await readOperands(invocation);
  const configFile = await unlessInterrupted(readConfigFile({ flags, env }, io.cwd(), interruption), interruption);
  const inputs = { flags, env, fileValues: configFile?.values };
  const resolved = resolveSettings(SETTING_NAMES, createSettingParsers(FORMATS), inputs);
  const settings = resolveConflicts(resolved);
  const { label } = resolved.sources.platform;
  io.stderr.writeLines(...unknownVariables(env), ...unknownPlatforms(settings.platform, label));
  const isNothing = images.length + missing.length + settings.file.length === 0 && settings.from === undefined;
  if (isNothing && !interruption.aborted) {
    throw new UsageError(...NOTHING_TO_CHECK);
  }
  return { settings, resolved, configFile, images, missing, operandFiles };
}

/** Throws a UsageError. */
export async function prepareCheck(
  { settings, resolved, configFile, images, missing, operandFiles }: CommandSettings,
  io: Io,
): Promise<CheckPlan> {
  const { env, interruption } = io;
  const end = new AbortController();
  const signal = AbortSignal.any([interruption, end.signal]);
  const stdin = () => readStdin(io, signal);
  const hasFiles = settings.file.length > 0 || settings.from === undefined;
  const pullSecrets: FoundSecret[] | undefined = settings.usePullSecrets && hasFiles ? [] : undefined;
  const readingOptions = readCheckerOptions({ settings, sources: resolved.sources, file: configFile, env, signal });
  const options = await unlessInterrupted(readingOptions, interruption);
  const ignore = ignoreRules(resolved, configFile?.ignore);
  const cluster = await readClusterTargets(settings, { ignore, env, nowMs: io.clock.now(), signal });
  const collected = await withReadingLine(io, (onProgress) =>
    collect({
      onProgress,
      images,
      files: settings.file,
      missing,
      ...inputOptions(resolved, env),
      ignore,
      keepsUnreadable: cluster.targets.length > 0,
      search: configFile?.search,
      nowMs: io.clock.now(),
      stdin,
      signal,
      onSkipped: settings.verbose ? (problem) => io.stderr.writeLines(formatSkipped(problem)) : undefined,
      onPullSecret:
        pullSecrets &&
        ((secret, source) => pullSecrets.push({ secret, file: source === '-' ? 'standard input' : source })),
    }),
  );
  const collection = withTargets(collected, cluster);
  if (settings.from !== undefined && isEmpty(collection) && !interruption.aborted)
    throw new UsageError(...cluster.nothing);
  const login = await unlessInterrupted(
    readPassword(settings, images, () => readPasswordInput(io, signal)),
    interruption,
  );
  return {
    settings,
    configFile,
    operandFiles,
    images,
    collection: takeShard(collection, settings.shard, JSON.stringify([settings.platform, settings.proof])),
    checkerOptions: options && {
      ...options,
      login,
      pullSecrets,
      ...(cluster.credentialsOf && { credentialsOf: cluster.credentialsOf }),
    },
    pullSecrets,
    signal,
    stop: () => end.abort(),
  };
}

const isEmpty = ({ known, coming, problems }: Collection): boolean =>
  known.length === 0 && coming === undefined && problems.length === 0;
