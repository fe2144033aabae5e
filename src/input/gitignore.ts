// Which files of a directory are left out: by .gitignore files as git reads them, gitignore(5), and by `--exclude`.

import type { Dirent } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { dirname, join, parse, relative, sep } from 'node:path';
import ignore from 'ignore';
import { fileProblem } from '../file/file-failure.ts';
import { readFileText, refusePipes } from '../file/read-file.ts';

export interface LeaveOutOptions {
  /** Patterns as in a .gitignore file of the directory that the user named. */
  readonly exclude: readonly string[];
  readonly useGitignore: boolean;
}

export type LeftOutBy = 'gitignore' | 'exclude';

/** The rules that apply in one directory. */
export interface LeaveOutRules {
  /** Why an entry of the directory is left out; undefined if it is not. `name`: of the entry. */
  readonly test: (name: string, isDirectory: boolean) => LeftOutBy | undefined;
  /** The rules in a directory of the directory. `entries`: of that directory. */
  readonly enter: (name: string, entries: readonly Dirent[]) => Promise<LeaveOutRules>;
}

/** Larger ones are not used. */
const MAX_BYTES = 256 * 1024;
/** With more, matching a deep path would take too long; git has the same weakness. */
const MAX_GLOBSTARS = 2;
/** As git compares names there by default. */
const IGNORES_CASE = process.platform === 'win32' || process.platform === 'darwin';

type Matcher = ReturnType<typeof ignore>;

/** Of the directory that the user named, with the .gitignore files above it, up to the root of its repository. */
export async function leaveOutRulesOf(
  root: string,
  entries: readonly Dirent[],
  { exclude, useGitignore }: LeaveOutOptions,
): Promise<LeaveOutRules> {
  const excluded = matcherOf(exclude);
  const real = await realpath(root);
  const repository = useGitignore ? await repositoryOf(real, entries) : undefined;
  const top = repository ?? real;
  const path = relative(top, real).split(sep).join('/');
  let ignored = useGitignore ? matcherOf([]) : undefined;
  if (ignored !== undefined && path !== '') {
    const names = path.split('/');
    for (const depth of names.keys()) {
      ignored = await withPatternsOf(join(top, ...names.slice(0, depth)), names.slice(0, depth).join('/'), ignored);
    }
    // A directory that the user named is read, also if git ignores it.
    if (ignored.ignores(`${path}/`)) ignored = matcherOf([]);
  }
  const within = { directory: real, git: path, named: '' };
  return rulesIn(within, { excluded, ignored: ignored && (await extended(within, entries, ignored)) });
}

/** A directory, and its path relative to what the patterns of each kind are relative to. */
interface Place {
  readonly directory: string;
  readonly git: string;
  readonly named: string;
}

interface Matchers {
  readonly excluded: Matcher;
  /** Undefined if .gitignore files are not used. */
  readonly ignored: Matcher | undefined;
}

function rulesIn(place: Place, { excluded, ignored }: Matchers): LeaveOutRules {
  return {
    test(name, isDirectory) {
      const end = isDirectory ? `${name}/` : name;
      if (excluded.ignores(below(place.named, end))) return 'exclude';
      return ignored?.ignores(below(place.git, end)) ? 'gitignore' : undefined;
    },
    async enter(name, entries) {
      const inner: Place = {
        directory: join(place.directory, name),
        git: below(place.git, name),
        named: below(place.named, name),
      };
      if (ignored === undefined) return rulesIn(inner, { excluded, ignored });
      if (!isRepository(entries)) {
        return rulesIn(inner, { excluded, ignored: await extended(inner, entries, ignored) });
      }
      // The files of a repository within another one are not files of the outer one.
      const own = { ...inner, git: '' };
      return rulesIn(own, { excluded, ignored: await extended(own, entries, matcherOf([])) });
    },
  };
}

const below = (path: string, name: string): string => (path === '' ? name : `${path}/${name}`);

const isRepository = (entries: readonly Dirent[]): boolean => entries.some(({ name }) => name === '.git');

/** With the patterns of the directory, if it has a .gitignore file. */
async function extended({ directory, git }: Place, entries: readonly Dirent[], outer: Matcher): Promise<Matcher> {
  const hasFile = entries.some((entry) => entry.name === '.gitignore' && entry.isFile());
  return hasFile ? withPatternsOf(directory, git, outer) : outer;
}

/** `path`: of the directory, relative to the root of the repository. Without a readable .gitignore, `outer`. */
async function withPatternsOf(directory: string, path: string, outer: Matcher): Promise<Matcher> {
  const file = join(directory, '.gitignore');
  // git does not follow a link of this name either.
  if (!(await kindOf(file))?.isFile()) return outer;
  const text = await readFileText(file, { maxBytes: MAX_BYTES, refuse: refusePipes });
  if (!text.ok) return outer;
  const patterns = text.value.replace(/^\uFEFF/, '').split(/\r?\n/);
  return matcherOf([outer, ...patterns.map((pattern) => movedTo(path, pattern))]);
}

function matcherOf(patterns: readonly (string | Matcher)[]): Matcher {
  const usable = patterns.filter((pattern) => typeof pattern !== 'string' || countGlobstars(pattern) <= MAX_GLOBSTARS);
  return ignore({ ignorecase: IGNORES_CASE }).add(usable);
}

const countGlobstars = (pattern: string): number => pattern.match(/\*\*/g)?.length ?? 0;

/** The same pattern for a .gitignore file at the root of the repository. */
export function movedTo(path: string, pattern: string): string {
  const isComment = pattern.startsWith('#') || pattern.trim() === '';
  if (path === '' || isComment) return pattern;
  const [, negation = '', own = ''] = /^(!?)(.*)$/s.exec(pattern) ?? [];
  const directory = path.replace(/[\\*?[\]!# ]/g, '\\$&');
  const isAnchored = /\/(?=.*\S)/s.test(own);
  return `${negation}/${directory}/${isAnchored ? own.replace(/^\//, '') : `**/${own}`}`;
}

/** The root of the repository that a directory is in; undefined outside of one. */
async function repositoryOf(directory: string, entries: readonly Dirent[]): Promise<string | undefined> {
  if (isRepository(entries)) return directory;
  const { root } = parse(directory);
  for (let parent = dirname(directory); ; parent = dirname(parent)) {
    // In a directory such as /tmp, another user may have planted the file.
    if (await isShared(parent)) return undefined;
    if ((await kindOf(join(parent, '.git'))) !== undefined) return parent;
    if (parent === root) return undefined;
  }
}

/** Everyone may add files, but not remove those of others. */
async function isShared(directory: string): Promise<boolean> {
  const mode = (await kindOf(directory))?.mode ?? 0;
  return process.platform !== 'win32' && (mode & 0o1002) === 0o1002;
}

/** Undefined if it does not exist or cannot be read. */
async function kindOf(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    if (fileProblem(error) === undefined) throw error;
    return undefined;
  }
}
