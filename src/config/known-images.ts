// The images in a source of the monitor: those that it contains now, or the last known ones while it cannot be read.

import { stat } from 'node:fs/promises';
import type { SourceProblem, Target } from '../core/target.ts';
import { isUsageError } from '../core/usage-error.ts';
import { absolutePath } from '../file/directories.ts';
import { type Collection, collect, type Sources } from '../input/collect.ts';

/** By absolute path, of the last complete reading. It outlives reloads. */
export type KnownImages = Map<string, readonly Target[]>;

export interface SourceImages {
  readonly targets: readonly Target[];
  /** Why a part of it could not be read; each a sentence. */
  readonly problems: readonly string[];
}

/** Throws the UsageError of a path that cannot be read, unless its images are known. */
export async function readImages(
  path: string,
  options: Omit<Sources, 'images' | 'files' | 'stdin'>,
  known: KnownImages,
): Promise<SourceImages> {
  const key = absolutePath(path);
  const before = known.get(key);
  const read = await tryCollect(path, options);
  if (isUsageError(read)) {
    if (before === undefined) throw read;
    return { targets: before, problems: [`${read.message.replace(/\.$/, '')}; ${KEPT}`] };
  }
  if (before !== undefined && before.length > 0 && read.known.length === 0 && (await isDirectory(path))) {
    // So is the mount point of a volume that is not mounted.
    return { targets: before, problems: [`${path} contains no images; ${KEPT}`] };
  }
  const targets = [...read.known, ...lostImages(before ?? [], read)];
  if (!options.signal.aborted) known.set(key, targets);
  return { targets, problems: read.problems.map(formatSourceProblem) };
}

const KEPT = 'the last known images are still checked.';

async function tryCollect(path: string, options: Omit<Sources, 'images' | 'files' | 'stdin'>) {
  try {
    return await collect({ ...options, images: [], files: [path], stdin: () => noInput() });
  } catch (error) {
    if (isUsageError(error)) return error;
    throw error;
  }
}

/** Standard input is none of the monitor's sources. */
async function* noInput(): AsyncGenerator<Uint8Array> {}

/** Those of files that can no longer be read. */
function lostImages(before: readonly Target[], { known, problems }: Collection): readonly Target[] {
  const broken = [...new Set(problems.map(({ source }) => source))];
  const isBroken = (source: string): boolean => broken.some((path) => source === path || source.startsWith(`${path}/`));
  const readable = new Set(known.flatMap(({ foundAt }) => foundAt.map(({ source }) => source)));
  return before.flatMap((target) => {
    const foundAt = target.foundAt.filter(({ source }) => !readable.has(source) && isBroken(source));
    return foundAt.length === 0 ? [] : [{ ...target, foundAt }];
  });
}

const isDirectory = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() === true;

const formatSourceProblem = ({ source, line, message }: SourceProblem): string =>
  `${source}${line === undefined ? '' : `:${line}`}: ${message}`;
