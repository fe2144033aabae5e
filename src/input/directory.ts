// Directories: the files in one, in the same order on every machine, and which files belong to a checked file.

import type { Dirent } from 'node:fs';
import { readdir, realpath, stat, statfs } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { absolutePath } from '../file/directories.ts';
import { asUnreadable, fileProblem } from '../file/file-failure.ts';
import { retryAtOpenFileLimit } from '../file/open-file-limit.ts';
import type { Problem } from './extractor.ts';
import type { LeaveOutOptions, LeaveOutRules, LeftOutBy } from './gitignore.ts';

export interface DirectoryEntry {
  /** Begins with the directory as the user named it. */
  readonly path: string;
  /** Set: it cannot be read. */
  readonly problem?: Problem;
  /** Set: the files and directories at this path are left out. */
  readonly leftOutBy?: LeftOutBy;
}

const IGNORED = new Set(['node_modules']);
/** Hidden directories that belong to a project: pipelines and development containers. */
const PROJECT_DIRECTORIES = new Set([
  '.azure-pipelines',
  '.azuredevops',
  '.buildkite',
  '.circleci',
  '.devcontainer',
  '.drone',
  '.forgejo',
  '.gitea',
  '.github',
  '.gitlab',
  '.gitlab-ci',
  '.pipelines',
  '.tekton',
  '.woodpecker',
]);
const MAX_FILES = 100_000;

/** An entry of a directory that is still to be visited. */
interface Pending {
  readonly path: string;
  readonly entry?: Dirent;
  /** Of the directory that contains it. */
  readonly rules?: LeaveOutRules | undefined;
}

/**
 * The files in a directory and below. Skips node_modules, hidden directories other than those of a project, links that
 * lead out of the directory, and virtual file systems; each directory is visited once, through links or not. `leaveOut`:
 * unset if nothing else is left out.
 */
export async function* walkDirectory(root: string, leaveOut?: LeaveOutOptions): AsyncGenerator<DirectoryEntry> {
  const visited = new Set<string>();
  /** The root without links; set by the first listing. */
  let realRoot = '';
  let files = 0;
  /** Still to be visited, the next one last. A stack instead of recursion: no directory is too deep. */
  const pending: Pending[] = [{ path: root }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path, entry, rules } = next;
    const kind = entry === undefined ? 'directory' : entry.isSymbolicLink() ? await kindBehind(path) : kindOf(entry);
    // A hidden file may be one of a project, such as .gitlab-ci.yml.
    const isWanted = entry === undefined || kind === 'file' || !isSkipped(entry.name);
    const leftOutBy = isWanted && kind !== undefined && entry && rules?.test(entry.name, kind === 'directory');
    if (leftOutBy) {
      yield { path, leftOutBy };
      continue;
    }
    if (kind === 'directory' && isWanted) {
      const entries = await list(path);
      if (!entries.ok) yield { path, problem: entries.error };
      const found = entries.ok ? entries.value : [];
      const inner = entry === undefined ? await rulesOfRoot(found) : await rules?.enter(entry.name, found);
      for (const below of found) pending.push({ path: join(path, below.name), entry: below, rules: inner });
    }
    if (kind !== 'file') continue;
    files += 1;
    if (files > MAX_FILES) {
      yield { path, problem: { message: `More than ${MAX_FILES} files; narrow the paths.` } };
      return;
    }
    yield { path };
  }

  async function rulesOfRoot(entries: readonly Dirent[]): Promise<LeaveOutRules | undefined> {
    if (leaveOut === undefined || (leaveOut.exclude.length === 0 && !leaveOut.useGitignore)) return undefined;
    const { leaveOutRulesOf } = await retryAtOpenFileLimit(() => import('./gitignore.ts'));
    return leaveOutRulesOf(root, entries, leaveOut);
  }

  /** The last entry first; none for a directory that was visited before or is virtual. */
  async function list(directory: string): Promise<Outcome<readonly Dirent[], Problem>> {
    try {
      const real = await realpath(directory);
      if (realRoot === '') realRoot = real;
      if (visited.has(real) || (await isVirtualFile(real))) return success([]);
      visited.add(real);
      const entries = await readdir(directory, { withFileTypes: true });
      return success(entries.sort((a, b) => (a.name < b.name ? 1 : -1)));
    } catch (error) {
      const problem = fileProblem(error);
      if (problem === undefined) throw error;
      return failure({ message: `Cannot be read: ${problem}.` });
    }
  }

  /** The kind of a link's target; undefined when the target does not exist or is outside. */
  async function kindBehind(path: string): Promise<Kind> {
    try {
      const real = await realpath(path);
      return isBelow(realRoot, real) ? kindOf(await stat(real)) : undefined;
    } catch (error) {
      if (fileProblem(error) === undefined) throw error;
      return undefined;
    }
  }
}

const isSkipped = (name: string): boolean =>
  IGNORED.has(name) || (name.startsWith('.') && !PROJECT_DIRECTORIES.has(name));

type Kind = 'file' | 'directory' | undefined;

/** Undefined for pipes, sockets and devices. */
function kindOf(entry: Pick<Dirent, 'isFile' | 'isDirectory'>): Kind {
  if (entry.isFile()) return 'file';
  return entry.isDirectory() ? 'directory' : undefined;
}

/** Whether `path` is below `directory`, both without links. */
export function isBelow(directory: string, path: string): boolean {
  const steps = relative(directory, path);
  return steps !== '' && steps !== '..' && !steps.startsWith(`..${sep}`) && !isAbsolute(steps);
}

/**
 * Whether a file belongs to the checked file `source`: its author could have written both. It is in or below the same
 * directory once links are followed, and not in a hidden one such as ~/.aws; other files belong to the user of this
 * machine. `directory`: the one that the user named; unset: the user named `source`. False when it cannot be read.
 */
export async function isOwn(file: string, source: string, directory = projectOf(source)): Promise<boolean> {
  try {
    const directories = [directory, source === '-' ? '.' : dirname(source)];
    const [real = '', ...roots] = await Promise.all([file, ...directories].map((path) => realpath(path)));
    return roots.some((root) => {
      const steps = dirname(relative(root, real)).split(sep);
      return isBelow(root, real) && !steps.some((step) => step !== '.' && step.startsWith('.'));
    });
  } catch (error) {
    asUnreadable(error);
    return false;
  }
}

/** The directory of a file; of a devcontainer.json that of the project, which has its Dockerfile and Compose files. */
function projectOf(source: string): string {
  if (source === '-') return '.';
  const directory = dirname(absolutePath(source));
  const isContainer = /^\.?devcontainer\.json$/i.test(basename(source));
  const container = [directory, dirname(directory)].find((path) => isContainer && basename(path) === '.devcontainer');
  return container === undefined ? directory : dirname(container);
}

/** Linux, `include/uapi/linux/magic.h`. */
const VIRTUAL_FILE_SYSTEMS = new Set([
  0x9fa0, // proc
  0x6265_6572, // sysfs
  0x27_e0eb, // cgroup
  0x6367_7270, // cgroup2
  0x6462_6720, // debugfs
  0x7472_6163, // tracefs
  0x7363_6673, // securityfs
  0x6265_6570, // configfs
  0xcafe_4a11, // bpf
  0x1cd1, // devpts
]);

/**
 * Whether the kernel generates the file or directory as it is read, as in /proc and /sys. Some of those files never end,
 * and some contain the secrets of processes. False when it does not exist.
 */
export async function isVirtualFile(path: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  try {
    return VIRTUAL_FILE_SYSTEMS.has((await statfs(path)).type);
  } catch (error) {
    asUnreadable(error);
    return false;
  }
}
