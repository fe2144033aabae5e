// Collects targets from the command line, files, directories and standard input: each image once, with every location.

import { stat } from 'node:fs/promises';
import type { SourceProblem, Target } from '../core/target.ts';
import { untilAborted } from '../core/until-aborted.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo, hideUserinfoIn } from '../core/userinfo.ts';
import { absolutePath } from '../file/directories.ts';
import { asUnreadable } from '../file/file-failure.ts';
import { readFileChunks, refusePipes } from '../file/read-file.ts';
import { walkDirectory } from './directory.ts';
import { createIgnore, type IgnoreRule } from './ignore.ts';
import type { PullSecret, PullSecrets } from './pull-secret.ts';
import { readSource, type SourceOptions } from './read-source.ts';
import { createTargetSet } from './target-set.ts';

export interface Sources extends Omit<SourceOptions, 'onPullSecrets' | 'signal'> {
  /** From the command line, as written. */
  readonly images: readonly string[];
  /** Paths of files and directories; `-` is standard input. */
  readonly files: readonly string[];
  readonly stdin: () => AsyncIterable<Uint8Array | string>;
  readonly ignore?: readonly IgnoreRule[] | undefined;
  /** Called with every pull secret that an object in any of the files refers to. */
  readonly onPullSecret?: OnPullSecret | undefined;
  /** The current time, in milliseconds since 1970. */
  readonly nowMs: number;
  /** Stops reading: the collection is what was found until then. */
  readonly signal: AbortSignal;
}

export interface Collection {
  /** From the command line and from files, in order of first appearance, with every location. */
  readonly known: readonly Target[];
  /** From standard input, as they arrive; a location read after its image was yielded may be missing from a report. */
  readonly coming: AsyncIterable<Target> | undefined;
  /** What could not be read. Complete when `coming` has ended. */
  readonly problems: readonly SourceProblem[];
}

/** Throws a UsageError when a file or directory that the user named cannot be read. */
export async function collect(sources: Sources): Promise<Collection> {
  const { images, files, stdin, signal, ignore = [], nowMs, onPullSecret, ...rest } = sources;
  const options = { ...rest, signal, onPullSecrets: onPullSecret && matchPullSecrets(onPullSecret) };
  const set = createTargetSet();
  const ignored = createIgnore(ignore, nowMs);
  /** The new targets. All are added before the first is yielded, so that it has all of their locations. */
  const addAll = (targets: readonly Target[]): Target[] =>
    targets.map((target) => set.add(ignored(withoutUserinfo(target)))).filter((target) => target !== undefined);
  const problems: SourceProblem[] = [];
  const known: Target[] = [];
  const take = (targets: readonly Target[]): void => {
    for (const target of addAll(targets)) known.push(target);
  };
  const onProblem = (problem: SourceProblem): void => {
    // A document that was cut off by the signal is not broken.
    if (!signal.aborted) problems.push({ ...problem, message: hideUserinfoIn(problem.message) });
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
      for await (const targets of untilAbort(reading, signal)) take(targets);
    }
  } catch (error) {
    // What was found until then is still reported.
    if (!signal.aborted) throw error;
  }
  async function* readComing(): AsyncGenerator<Target> {
    for await (const targets of readSource(stdin(), '-', options, onProblem)) yield* addAll(targets);
  }
  return { known, coming: files.includes('-') ? readComing() : undefined, problems };
}

/** Credentials are not part of a reference, and no report may show them. */
const withoutUserinfo = (target: Target): Target => ({ ...target, text: hideUserinfo(target.text) });

/** The same, without waiting for the next item once the signal aborts. */
async function* untilAbort<T>(source: AsyncGenerator<T>, signal: AbortSignal): AsyncGenerator<T> {
  for (;;) {
    const next = await untilAborted(source.next(), signal);
    if (next.done) return;
    yield next.value;
  }
}

interface Reading {
  /** Whether a file was not read before: the user may name both a file and its directory. */
  readonly isNew: (path: string) => boolean;
  readonly onProblem: (problem: SourceProblem) => void;
  readonly signal: AbortSignal;
}

async function* readPath(
  path: string,
  options: SourceOptions,
  { isNew, onProblem, signal }: Reading,
): AsyncGenerator<readonly Target[]> {
  const open = (file: string, refuse?: typeof refusePipes) => readFileChunks(file, { signal, refuse });
  try {
    if (!(await stat(path)).isDirectory()) {
      if (isNew(path)) yield* readSource(open(path), path, options, onProblem);
      return;
    }
  } catch (error) {
    throw new UsageError(`cannot read ${hideUserinfo(path)}: ${asUnreadable(error, path).problem}.`);
  }
  for await (const { path: file, problem } of walkDirectory(path)) {
    signal.throwIfAborted();
    try {
      if (problem !== undefined) onProblem({ source: file, ...problem });
      else if (isNew(file)) yield* readSource(open(file, refusePipes), file, options, onProblem, path);
    } catch (error) {
      onProblem({ source: file, message: `Cannot be read: ${asUnreadable(error).problem}.` });
    }
  }
}

export type OnPullSecret = (secret: PullSecret, source: string) => void;

/** Takes the pull secrets of each source; calls `onMatch` for each secret that an object of any source refers to. */
export function matchPullSecrets(onMatch: OnPullSecret): (found: PullSecrets, source: string) => void {
  const wanted = new Set<string>();
  /** Secrets that no object refers to yet, by name. */
  const pending = new Map<string, { readonly secret: PullSecret; readonly source: string }[]>();
  return ({ secrets, wanted: names }, source) => {
    for (const name of names) {
      if (wanted.has(name)) continue;
      wanted.add(name);
      for (const other of pending.get(name) ?? []) onMatch(other.secret, other.source);
      pending.delete(name);
    }
    for (const secret of secrets) {
      const { name } = secret.metadata;
      const others = pending.get(name);
      if (wanted.has(name)) onMatch(secret, source);
      else if (others === undefined) pending.set(name, [{ secret, source }]);
      else others.push({ secret, source });
    }
  };
}
