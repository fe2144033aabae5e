// Collects targets from the command line, files, directories and standard input: each image once, with every location.

import { stat } from 'node:fs/promises';
import { normalize } from 'node:path';
import type { SourceProblem, Target } from '../core/target.ts';
import { untilAborted } from '../core/until-aborted.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo, hideUserinfoIn } from '../core/userinfo.ts';
import { absolutePath } from '../file/directories.ts';
import { asUnreadable } from '../file/file-failure.ts';
import { readFileChunks, refusePipes } from '../file/read-file.ts';
import { createCoverage } from './coverage.ts';
import { isBelow, walkDirectory } from './directory.ts';
import { createIgnore, type IgnoreRule } from './ignore.ts';
import type { PullSecret, PullSecrets } from './pull-secret.ts';
import { type LocatedProblem, readSource, type SourceOptions } from './read-source.ts';
import { createTargetSet } from './target-set.ts';

export interface Sources extends Omit<SourceOptions, 'onPullSecrets' | 'onCovered' | 'readsToo' | 'signal'> {
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
  const options = {
    ...rest,
    signal,
    onPullSecrets: onPullSecret && matchPullSecrets(onPullSecret),
    readsToo: createReadsToo(files),
  };
  const set = createTargetSet();
  const ignored = createIgnore(ignore, nowMs);
  /** The new targets. All are added before the first is yielded, so that it has all of their locations. */
  const addAll = (targets: readonly Target[], reader?: string): Target[] =>
    targets.map((target) => set.add(ignored(withoutUserinfo(target)), reader)).filter((target) => target !== undefined);
  const problems: SourceProblem[] = [];
  const known: Target[] = [];
  const coverage = createCoverage();
  const take = (targets: readonly Target[], reader?: string): void => {
    for (const target of addAll(targets, reader)) known.push(target);
  };
  const reported = new Map<string, { readonly problem: SourceProblem; readonly readers: string[] }>();
  const onProblem = ({ isLinked, ...problem }: LocatedProblem, reader: string): void => {
    // A document that was cut off by the signal is not broken.
    if (signal.aborted) return;
    const key = keyOf({ ...problem, isLinked });
    const known = reported.get(key);
    if (known !== undefined) {
      known.readers.push(reader);
      return;
    }
    const shown = { ...problem, message: hideUserinfoIn(problem.message) };
    reported.set(key, { problem: shown, readers: [reader] });
    problems.push(shown);
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
      const reading = readPath(path, options, { isNew, onProblem, onCovered: coverage.add, signal });
      for await (const { targets, reader } of untilAbort(reading, signal)) take(targets, reader);
    }
  } catch (error) {
    // What was found until then is still reported.
    if (!signal.aborted) throw error;
  }
  const covered = coverage.covered([...read]);
  const isCovered = (reader: string): boolean => covered.has(absolutePath(reader));
  if (covered.size > 0) {
    known.splice(0, known.length, ...set.without(known, isCovered));
    const others = [...reported.values()].filter(({ readers }) => !readers.every(isCovered));
    problems.splice(0, problems.length, ...others.map(({ problem }) => problem));
  }
  async function* readComing(): AsyncGenerator<Target> {
    const reading = readSource(stdin(), '-', options, (problem) => onProblem(problem, '-'));
    for await (const targets of reading) yield* addAll(targets);
  }
  return { known, coming: files.includes('-') ? readComing() : undefined, problems };
}

/** Its place and message: the same for the file itself and for another file that refers to it. */
function keyOf({ source, line, message, isLinked }: LocatedProblem): string {
  if (isLinked === true) return message;
  return `${normalize(source)}${line === undefined ? '' : `:${line}`}: ${message}`;
}

/** Whether a file is one of those that the user named, or in or below one of the directories. */
function createReadsToo(paths: readonly string[]): (file: string) => boolean {
  const named = paths.filter((path) => path !== '-').map((path) => absolutePath(path));
  return (file) => {
    const path = absolutePath(file);
    return named.some((root) => path === root || isBelow(root, path));
  };
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
  readonly onProblem: (problem: LocatedProblem, reader: string) => void;
  readonly onCovered: (reader: string, file: string) => void;
  readonly signal: AbortSignal;
}

interface Batch {
  readonly targets: readonly Target[];
  /** The file that was read. */
  readonly reader: string;
}

async function* readPath(
  path: string,
  options: SourceOptions,
  { isNew, onProblem, onCovered, signal }: Reading,
): AsyncGenerator<Batch> {
  async function* readFile(reader: string, refuse?: typeof refusePipes, directory?: string): AsyncGenerator<Batch> {
    const chunks = readFileChunks(reader, { signal, refuse });
    const own: SourceOptions = { ...options, onCovered: (file) => onCovered(reader, file) };
    const report = (problem: LocatedProblem): void => onProblem(problem, reader);
    for await (const targets of readSource(chunks, reader, own, report, directory)) yield { targets, reader };
  }
  try {
    if (!(await stat(path)).isDirectory()) {
      if (isNew(path)) yield* readFile(path);
      return;
    }
  } catch (error) {
    throw new UsageError(`cannot read ${hideUserinfo(path)}: ${asUnreadable(error, path).problem}.`);
  }
  for await (const { path: file, problem } of walkDirectory(path)) {
    signal.throwIfAborted();
    try {
      if (problem !== undefined) onProblem({ source: file, ...problem }, file);
      else if (isNew(file)) yield* readFile(file, refusePipes, path);
    } catch (error) {
      onProblem({ source: file, message: `Cannot be read: ${asUnreadable(error).problem}.` }, file);
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
