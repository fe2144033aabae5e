// What a run did not check: skipped images by reason, files that could not be read, files that were left out.
// Only a few names are kept.

import { formatCount } from '../core/quantity.ts';
import type { LeftOut, RunProblem } from '../core/report.ts';
import type { Result, Skip } from '../core/result.ts';
import { formatReason, STRICT } from './reason.ts';
import type { RunOptions } from './reporter.ts';

/** The skipped images of one reason and cause. */
export interface SkipGroup {
  readonly reason: Skip;
  /** `not rendered` */
  readonly words: string;
  readonly count: number;
  /** The first few images, and why. */
  readonly examples: readonly SkipExample[];
  /** Whether they fail the run. */
  readonly fails: boolean;
}

interface SkipExample {
  readonly name: string;
  readonly message: string;
}

export interface Gaps {
  readonly addResult: (result: Result) => void;
  readonly addProblem: (problem: RunProblem) => void;
  readonly skips: () => readonly SkipGroup[];
  /** `2 files could not be read`, `shard 3 of 3 missing`; '' if nothing is missing. */
  readonly unread: () => string;
  /** The first few. */
  readonly problems: () => readonly RunProblem[];
  /** Further problems. */
  readonly moreProblems: () => number;
}

const MAX_EXAMPLES = 10;
const MAX_NAMES = 3;
const MAX_PROBLEMS = 10;

export function createGaps({ fails }: Pick<RunOptions, 'fails'>): Gaps {
  const skips = new Map<string, SkipGroup>();
  const unread = new Map<string, RunProblem>();
  const problems: RunProblem[] = [];
  /** Files with an image. */
  const read = new Set<string>();
  let count = 0;
  return {
    addResult(result) {
      for (const { source } of result.foundAt) read.add(source);
      if (result.verdict !== 'skipped') return;
      const { reason, input, message } = result;
      const words = skipWords(result);
      const known = skips.get(words) ?? { reason, words, count: 0, examples: [], fails: fails?.(result) === true };
      const isExample = known.examples.length < MAX_EXAMPLES;
      const examples = isExample ? [...known.examples, { name: input, message }] : known.examples;
      skips.set(words, { ...known, count: known.count + 1, examples });
    },
    addProblem(problem) {
      count += 1;
      unread.set(problem.source, problem);
      if (problems.length < MAX_PROBLEMS) problems.push(problem);
    },
    skips: () => [...skips.values()].sort((a, b) => ORDER.indexOf(a.reason) - ORDER.indexOf(b.reason)),
    unread: () => formatUnread([...unread.values()], read),
    problems: () => problems,
    moreProblems: () => count - problems.length,
  };
}

const ORDER: readonly Skip[] = ['unresolved-variable', 'local-build', 'ignored'];

/** `not rendered`, of `skipped (not rendered)`. */
const skipWords = (result: Result): string => formatReason(result).replace(/^skipped \((.*)\)$/, '$1');

/** `3 images skipped: unresolved variable (1), built locally (2)`; '' if there are none. */
export function formatSkips(groups: readonly SkipGroup[]): string {
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return '';
  const parts = groups.map(({ words, count, fails }) => {
    const notes = [...(groups.length > 1 ? [`${count}`] : []), ...(fails ? [STRICT] : [])];
    return words + (notes.length > 0 ? ` (${notes.join(', ')})` : '');
  });
  return `${formatCount(total, 'image')} skipped: ${parts.join(', ')}`;
}

/** `4 images skipped (built locally): a, b, c and 1 more` */
export function formatSkipGroup({ words, count, examples }: SkipGroup): string {
  const named = examples.slice(0, MAX_NAMES);
  const more = count > named.length ? ` and ${count - named.length} more` : '';
  const why = count === 1 ? `: ${named[0]?.message}` : '';
  return `${formatCount(count, 'image')} skipped (${words}): ${named.map(({ name }) => name).join(', ')}${more}${why}`;
}

/** `app:$TAG: skipped (unresolved variable). TAG has no value.` for the first ten, and how many there are besides. */
export function formatEachSkip(groups: readonly SkipGroup[]): string[] {
  const listed = groups
    .flatMap(({ words, examples }) => examples.map((example) => ({ words, ...example })))
    .slice(0, MAX_EXAMPLES);
  const more = groups.reduce((sum, { count }) => sum + count, 0) - listed.length;
  return [
    ...listed.map(({ name, words, message }) => `${name}: skipped (${words}). ${message}`),
    ...(more > 0 ? [`${formatCount(more, 'more image')} skipped`] : []),
  ];
}

/**
 * `2 files could not be read, 1 file was read only in part`, `shard 3 of 3 missing`; '' if there are none. `read`: the files
 * with an image.
 */
export function formatUnread(problems: readonly RunProblem[], read: ReadonlySet<string> = new Set()): string {
  const files = [...new Set(problems.flatMap(({ source, isShard }) => (isShard ? [] : [source])))];
  const inPart = files.filter((file) => read.has(file)).length;
  const unread = files.length - inPart;
  const shards = problems.flatMap(({ source, isShard }) => (isShard ? [`${source} missing`] : []));
  return [
    ...(unread === 0 ? [] : [`${formatCount(unread, 'file')} could not be read`]),
    ...(inPart === 0 ? [] : [`${formatCount(inPart, 'file')} ${inPart === 1 ? 'was' : 'were'} read only in part`]),
    ...shards,
  ].join(', ');
}

/** `2 files or directories left out by .gitignore`, with both their numbers; '' if there are none. */
export function formatLeftOut({ gitignore, exclude }: LeftOut = { gitignore: 0, exclude: 0 }): string {
  const count = gitignore + exclude;
  if (count === 0) return '';
  const by =
    gitignore > 0 && exclude > 0
      ? `: ${gitignore} by .gitignore, ${exclude} by --exclude`
      : ` by ${gitignore > 0 ? '.gitignore' : '--exclude'}`;
  return `${count} ${count === 1 ? 'file or directory' : 'files or directories'} left out${by}`;
}
