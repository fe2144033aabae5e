// Images from the command line, files, folders and standard input, each once, with every place.

import { stat } from 'node:fs/promises';
import type { SourceProblem, Target } from '../core/target.ts';
import { untilAborted } from '../core/until-aborted.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { absolutePath } from '../file/directories.ts';
import { asUnreadable } from '../file/file-failure.ts';
import { readFileChunks, refusePipes } from '../file/read-file.ts';
import { walkFolder } from './folder.ts';
import { createIgnore, type IgnoreRule } from './ignore.ts';
import { createPullSecretMatch, type OnPullSecret } from './pull-secret-match.ts';
import { type ReadOptions, readSource } from './read-source.ts';
import { createTargetSet } from './target-set.ts';

export interface Sources extends Omit<ReadOptions, 'onPullSecrets' | 'signal'> {
  /** Images as written on the command line. */
  readonly images: readonly string[];
  /** Paths of files and folders; `-` is standard input. */
  readonly files: readonly string[];
  readonly stdin: () => AsyncIterable<Uint8Array | string>;
  /** Images that are not to be checked, until when, and why. */
  readonly ignore?: readonly IgnoreRule[] | undefined;
  /** Told of every pull secret that an object of any of the files asks for. */
  readonly onPullSecret?: OnPullSecret | undefined;
  /** When this is, in milliseconds since 1970. */
  readonly nowMs: number;
  /** Ends the reading: what was found until then is the collection. */
  readonly signal: AbortSignal;
}

export interface Collection {
  /** From the command line and from files, in order of first appearance, with every place. */
  readonly known: readonly Target[];
  /** From standard input, while it comes; a place read after its image was handed on may be missed by a report. */
  readonly coming: AsyncIterable<Target> | undefined;
  /** What of the sources cannot be used. Those of standard input are there when `coming` has ended. */
  readonly problems: readonly SourceProblem[];
}

/** Throws a UsageError for a file or folder that was named and cannot be read. */
export async function collect(sources: Sources): Promise<Collection> {
  const { images, files, stdin, signal, ignore = [], nowMs, onPullSecret, ...rest } = sources;
  const options = { ...rest, signal, onPullSecrets: onPullSecret && createPullSecretMatch(onPullSecret) };
  const set = createTargetSet();
  const ignored = createIgnore(ignore, nowMs);
  /** Those that are new. All are added before the first is handed on, so that its places are there. */
  const addAll = (targets: readonly Target[]): Target[] =>
    targets.map((target) => set.add(ignored(withoutLogin(target)))).filter((target) => target !== undefined);
  const problems: SourceProblem[] = [];
  const known: Target[] = [];
  const take = (targets: readonly Target[]): void => {
    for (const target of addAll(targets)) known.push(target);
  };
  const onProblem = (problem: SourceProblem): void => {
    // A document that the signal cut off is no fault of its author.
    if (!signal.aborted) problems.push(problem);
  };
  take(images.map((text) => ({ text, foundAt: [] })));
  const read = new Set<string>();
  const isNew = (path: string): boolean => {
    const { size } = read;
    return read.add(absolutePath(path)).size > size;
  };
  try {
    for (const path of files) {
      if (path === '-') continue;
      const reading = readPath(path, options, { isNew, onProblem, signal });
      for await (const targets of whileGoing(reading, signal)) take(targets);
    }
  } catch (error) {
    // What was found until then is worth a report.
    if (!signal.aborted) throw error;
  }
  async function* readComing(): AsyncGenerator<Target> {
    for await (const targets of readSource(stdin(), '-', options, onProblem)) yield* addAll(targets);
  }
  return { known, coming: files.includes('-') ? readComing() : undefined, problems };
}

/** A login has no place in an image, and is shown in no report. */
const withoutLogin = (target: Target): Target => ({ ...target, text: hideUserinfo(target.text) });

/** The same, and no wait for the next that would outlast the signal. */
async function* whileGoing<T>(source: AsyncGenerator<T>, signal: AbortSignal): AsyncGenerator<T> {
  for (;;) {
    const next = await untilAborted(source.next(), signal);
    if (next.done) return;
    yield next.value;
  }
}

interface Reading {
  /** Whether a file was not read before: it may be named, and stand in a folder that is named. */
  readonly isNew: (path: string) => boolean;
  readonly onProblem: (problem: SourceProblem) => void;
  readonly signal: AbortSignal;
}

async function* readPath(
  path: string,
  options: ReadOptions,
  { isNew, onProblem, signal }: Reading,
): AsyncGenerator<readonly Target[]> {
  const open = (file: string, refuse?: typeof refusePipes) => readFileChunks(file, { signal, refuse });
  try {
    if (!(await stat(path)).isDirectory()) {
      if (isNew(path)) yield* readSource(open(path), path, options, onProblem);
      return;
    }
  } catch (error) {
    throw new UsageError(`Cannot read ${hideUserinfo(path)}: ${asUnreadable(error, path).problem}.`);
  }
  for await (const { path: file, problem } of walkFolder(path)) {
    signal.throwIfAborted();
    try {
      if (problem !== undefined) onProblem({ source: file, ...problem });
      else if (isNew(file)) yield* readSource(open(file, refusePipes), file, options, onProblem, path);
    } catch (error) {
      onProblem({ source: file, message: `Cannot read it: ${asUnreadable(error).problem}.` });
    }
  }
}
