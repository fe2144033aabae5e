// Collects targets from the command line, files, directories and standard input: each image once, with every location.

import { stat } from 'node:fs/promises';
import { normalize } from 'node:path';
import type { LeftOut } from '../core/report.ts';
import type { SourceProblem, Target } from '../core/target.ts';
import { untilAborted } from '../core/until-aborted.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo, hideUserinfoIn } from '../core/userinfo.ts';
import { absolutePath } from '../file/directories.ts';
import { asUnreadable, type FileFailure } from '../file/file-failure.ts';
import { readFileChunks, refusePipes } from '../file/read-file.ts';
import { createCoverage } from './coverage.ts';
import { type DirectoryEntry, walkDirectory } from './directory.ts';
import type { InputFormat } from './extractor.ts';
import type { LeaveOutOptions, LeftOutBy } from './gitignore.ts';
import { createIgnore, type IgnoreRule } from './ignore.ts';
import { explainMissing, NO_SUCH_FILE } from './missing-path.ts';
import { matchPullSecrets, type OnPullSecret } from './pull-secret-match.ts';
import { type LocatedProblem, readSource, type SourceOptions } from './read-source.ts';
import { createTargetSet } from './target-set.ts';

export interface Sources
  extends Omit<SourceOptions, 'onPullSecrets' | 'onFormat' | 'onCovered' | 'readsToo' | 'signal'> {
  /** From the command line, as written. */
  readonly images: readonly string[];
  /** Paths of files and directories; `-` is standard input. */
  readonly files: readonly string[];
  /** Paths that the user named and that do not exist. */
  readonly missing?: readonly MissingPath[] | undefined;
  readonly stdin: () => AsyncIterable<Uint8Array | string>;
  /** Its path, if it is the content of a file; unset: `-`. */
  readonly stdinName?: string | undefined;
  /** A path that cannot be read is always a problem. */
  readonly keepsUnreadable?: boolean | undefined;
  /** Of the directories in `files`; unset: everything is read. */
  readonly leaveOut?: LeaveOutOptions | undefined;
  readonly ignore?: readonly IgnoreRule[] | undefined;
  /** Called with every pull secret that an object in any of the files refers to. */
  readonly onPullSecret?: OnPullSecret | undefined;
  /** Called before each file is read. */
  readonly onProgress?: ((progress: ReadingProgress) => void) | undefined;
  /** The current time, in milliseconds since 1970. */
  readonly nowMs: number;
  /** Stops reading: the collection is what was found until then. */
  readonly signal: AbortSignal;
}

export interface MissingPath {
  readonly path: string;
  /** A sentence about what to do; '' if there is none. */
  readonly advice: string;
}

/** Numbers of files. */
export interface ReadingProgress {
  readonly read: number;
  readonly total: number;
}

export interface Collection {
  /** From the command line and from files, in order of first appearance, with every location. */
  readonly known: readonly Target[];
  /** From standard input, as they arrive; a location read after its image was yielded may be missing from a report. */
  readonly coming: AsyncIterable<Target> | undefined;
  /** What could not be read. Complete when `coming` has ended. */
  readonly problems: readonly SourceProblem[];
  /** Files and directories that were left out; nothing below such a directory is counted. */
  readonly leftOut: LeftOut;
  /** What each file, or `-`, was read as. Complete when `coming` has ended. */
  readonly readAs: ReadonlyMap<string, ReadAs>;
}

export interface ReadAs {
  readonly format: InputFormat;
  /** Nothing but blanks and comments. */
  readonly isEmpty: boolean;
}

/**
 * Throws a UsageError when files or directories that the user named cannot be read, and there is nothing else, unless
 * `keepsUnreadable`.
 */
export async function collect(sources: Sources): Promise<Collection> {
  const {
    images,
    files,
    missing = [],
    stdin,
    stdinName = '-',
    keepsUnreadable = false,
    leaveOut,
    signal,
    ignore = [],
    nowMs,
    ...others
  } = sources;
  const { onPullSecret, onProgress, ...rest } = others;
  /** By absolute path, in the order in which they are read. */
  const found = new Map<string, FoundFile>();
  const options = {
    ...rest,
    signal,
    onPullSecrets: onPullSecret && matchPullSecrets(onPullSecret),
    readsToo: (file: string) => found.has(absolutePath(file)),
  };
  const set = createTargetSet();
  const ignored = createIgnore(ignore, nowMs);
  /** The new targets. All are added before the first is yielded, so that it has all of their locations. */
  const addAll = (targets: readonly Target[], reader?: string): Target[] =>
    targets.map((target) => set.add(ignored(withoutUserinfo(target)), reader)).filter((target) => target !== undefined);
  const problems: SourceProblem[] = [];
  const readAs = new Map<string, ReadAs>();
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
  const onFormat: Reading['onFormat'] = (reader, format, isEmpty) => readAs.set(reader, { format, isEmpty });
  take(images.map((text) => ({ text, foundAt: [] })));
  const leftOut: Record<LeftOutBy, number> = { gitignore: 0, exclude: 0 };
  const unreadable: Unreadable[] = await Promise.all(
    missing.map(async ({ path, advice }) => {
      const explained = await explainMissing(path);
      return { path, ...explained, advice: advice === '' ? explained.advice : advice };
    }),
  );
  try {
    for (const path of files) {
      if (path === '-') continue;
      for await (const file of untilAbort(listPath(path, leaveOut, signal), signal)) {
        const { problem, leftOutBy } = file;
        if (leftOutBy !== undefined) leftOut[leftOutBy] += 1;
        else if (file.unreadable !== undefined)
          unreadable.push({ path, ...(await explainUnreadable(path, file.unreadable)) });
        else if (problem !== undefined) onProblem({ source: file.path, ...problem }, file.path);
        else found.set(absolutePath(file.path), joined(found.get(absolutePath(file.path)), file));
      }
    }
    for (const [index, file] of [...found.values()].entries()) {
      onProgress?.({ read: index, total: found.size });
      const onUnreadable = (problem: string): void => {
        if (file.isNamed) unreadable.push({ path: file.path, problem, advice: '' });
        else onProblem({ source: file.path, message: `Cannot be read: ${problem}.` }, file.path);
      };
      const reading = readFile(file, options, { onProblem, onUnreadable, onCovered: coverage.add, onFormat, signal });
      for await (const { targets, reader } of untilAbort(reading, signal)) take(targets, reader);
    }
  } catch (error) {
    // What was found until then is still reported.
    if (!signal.aborted) throw error;
  }
  const isNothing = known.length === 0 && problems.length === 0 && !files.includes('-');
  if (unreadable.length > 0 && isNothing && !keepsUnreadable && !signal.aborted) throw unreadableError(unreadable);
  for (const { path, problem, advice } of unreadable) {
    onProblem({ source: hideUserinfo(path), message: `Cannot be read: ${problem}.${advice && ` ${advice}`}` }, path);
  }
  const covered = coverage.covered([...found.keys()]);
  const isCovered = (reader: string): boolean => covered.has(absolutePath(reader));
  if (covered.size > 0) {
    known.splice(0, known.length, ...set.without(known, isCovered));
    const others = [...reported.values()].filter(({ readers }) => !readers.every(isCovered));
    problems.splice(0, problems.length, ...others.map(({ problem }) => problem));
  }
  async function* readComing(): AsyncGenerator<Target> {
    const own = { ...options, onFormat: onFormat.bind(undefined, '-') };
    const reading = readSource(stdin(), stdinName, own, (problem) => onProblem(problem, stdinName));
    for await (const targets of reading) yield* addAll(targets);
  }
  return { known, coming: files.includes('-') ? readComing() : undefined, problems, leftOut, readAs };
}

/** A path that the user named. */
interface Unreadable extends MissingPath {
  /** Completes "cannot read x: …". */
  readonly problem: string;
}

const explainUnreadable = async (
  path: string,
  { problem, isMissing }: FileFailure,
): Promise<Omit<Unreadable, 'path'>> =>
  isMissing && problem === NO_SUCH_FILE ? explainMissing(path) : { problem, advice: '' };

function unreadableError(all: readonly Unreadable[]): UsageError {
  const sentences = all.map(({ path, problem, advice }) =>
    `cannot read ${hideUserinfo(path)}: ${problem}. ${advice}`.trim(),
  );
  const [first = '', ...more] = sentences;
  return Object.assign(new UsageError(first, ...more), { refersToHelp: false });
}

/** Its place and message: the same for the file itself and for another file that refers to it. */
function keyOf({ source, line, message, isLinked }: LocatedProblem): string {
  if (isLinked === true) return message;
  return `${normalize(source)}${line === undefined ? '' : `:${line}`}: ${message}`;
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

interface FoundFile {
  readonly path: string;
  /** The directory that the user named and in which it was found. */
  readonly directory?: string | undefined;
  /** Whether the user named the file itself, alone or together with its directory. */
  readonly isNamed: boolean;
}

/** The user may name both a file and its directory, in any order. */
const joined = (first: FoundFile | undefined, { path, directory, isNamed }: FoundFile): FoundFile => ({
  path: first?.path ?? path,
  directory: first?.directory ?? directory,
  isNamed: isNamed || first?.isNamed === true,
});

interface ListedPath extends FoundFile, Pick<DirectoryEntry, 'problem' | 'leftOutBy'> {
  /** Set: the path that the user named cannot be read. */
  readonly unreadable?: FileFailure;
}

/** The file of a path, or the files of a directory. */
async function* listPath(
  path: string,
  leaveOut: LeaveOutOptions | undefined,
  signal: AbortSignal,
): AsyncGenerator<ListedPath> {
  try {
    if (!(await stat(path)).isDirectory()) return yield { path, isNamed: true };
  } catch (error) {
    return yield { path, isNamed: true, unreadable: asUnreadable(error, path) };
  }
  for await (const entry of walkDirectory(path, leaveOut)) {
    signal.throwIfAborted();
    yield { ...entry, directory: path, isNamed: false };
  }
}

interface Reading {
  readonly onProblem: (problem: LocatedProblem, reader: string) => void;
  /** `problem` completes "cannot read x: …". */
  readonly onUnreadable: (problem: string) => void;
  readonly onCovered: (reader: string, file: string) => void;
  readonly onFormat: (reader: string, format: InputFormat, isEmpty: boolean) => unknown;
  readonly signal: AbortSignal;
}

interface Batch {
  readonly targets: readonly Target[];
  /** The file that was read. */
  readonly reader: string;
}

async function* readFile(
  { path: reader, directory, isNamed }: FoundFile,
  options: SourceOptions,
  { onProblem, onUnreadable, onCovered, onFormat, signal }: Reading,
): AsyncGenerator<Batch> {
  signal.throwIfAborted();
  const refuse = isNamed ? undefined : refusePipes;
  const own: SourceOptions = {
    ...options,
    onCovered: (file) => onCovered(reader, file),
    onFormat: (...as) => onFormat(reader, ...as),
  };
  const report = (problem: LocatedProblem): void => onProblem(problem, reader);
  try {
    const chunks = readFileChunks(reader, { signal, refuse });
    const batches = readSource(chunks, reader, own, report, { directory, isNamed });
    for await (const targets of batches) yield { targets, reader };
  } catch (error) {
    onUnreadable(asUnreadable(error, reader).problem);
  }
}
