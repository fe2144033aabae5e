// What a run did not check: skipped images by reason, files that could not be read, files that were left out.
// Only a few names are kept.

import { formatCount } from '../core/quantity.ts';
import type { LeftOut } from '../core/report.ts';
import type { Result, Skip } from '../core/result.ts';
import type { SourceProblem } from '../core/target.ts';
import { STRICT } from './reason.ts';
import type { RunOptions } from './reporter.ts';

/** The skipped images of one reason. */
export interface SkipGroup {
  readonly reason: Skip;
  readonly count: number;
  /** The first few images. */
  readonly names: readonly string[];
  /** Of the first one. */
  readonly message: string;
  /** Whether they fail the run. */
  readonly fails: boolean;
}

export interface Gaps {
  readonly addResult: (result: Result) => void;
  readonly addProblem: (problem: SourceProblem) => void;
  readonly skips: () => readonly SkipGroup[];
  /** Files that could not be read, as a whole or in part. */
  readonly files: () => number;
  /** The first few. */
  readonly problems: () => readonly SourceProblem[];
  /** Further problems. */
  readonly moreProblems: () => number;
}

const MAX_NAMES = 3;
const MAX_PROBLEMS = 10;

export function createGaps({ fails }: Pick<RunOptions, 'fails'>): Gaps {
  const skips = new Map<Skip, SkipGroup>();
  const files = new Set<string>();
  const problems: SourceProblem[] = [];
  let count = 0;
  return {
    addResult(result) {
      if (result.verdict !== 'skipped') return;
      const { reason, input, message } = result;
      const known = skips.get(reason) ?? { reason, count: 0, names: [], message, fails: fails?.(result) === true };
      const names = known.names.length < MAX_NAMES ? [...known.names, input] : known.names;
      skips.set(reason, { ...known, count: known.count + 1, names });
    },
    addProblem(problem) {
      count += 1;
      files.add(problem.source);
      if (problems.length < MAX_PROBLEMS) problems.push(problem);
    },
    skips: () => [...skips.values()].sort((a, b) => ORDER.indexOf(a.reason) - ORDER.indexOf(b.reason)),
    files: () => files.size,
    problems: () => problems,
    moreProblems: () => count - problems.length,
  };
}

const WORDS: Readonly<Record<Skip, string>> = {
  'unresolved-variable': 'unresolved variable',
  'local-build': 'built locally',
  ignored: 'ignored',
};
const ORDER = Object.keys(WORDS) as readonly Skip[];

/** `3 images skipped: unresolved variable (1), built locally (2)`; '' if there are none. */
export function formatSkips(groups: readonly SkipGroup[]): string {
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return '';
  const parts = groups.map(({ reason, count, fails }) => {
    const notes = [...(groups.length > 1 ? [`${count}`] : []), ...(fails ? [STRICT] : [])];
    return WORDS[reason] + (notes.length > 0 ? ` (${notes.join(', ')})` : '');
  });
  return `${formatCount(total, 'image')} skipped: ${parts.join(', ')}`;
}

/** `4 images skipped (built locally): a, b, c and 1 more` */
export function formatSkipGroup({ reason, count, names, message, fails }: SkipGroup): string {
  const more = count > names.length ? ` and ${count - names.length} more` : '';
  const why = count === 1 ? `: ${message}` : '';
  return `${formatCount(count, 'image')} skipped (${WORDS[reason]}${fails ? `, ${STRICT}` : ''}): ${names.join(', ')}${more}${why}`;
}

/** `2 files could not be read`; '' if there are none. */
export const formatUnreadable = (files: number): string =>
  files === 0 ? '' : `${formatCount(files, 'file')} could not be read`;

/** `3 files or directories left out: 2 by .gitignore, 1 by --exclude`; '' if there are none. */
export function formatLeftOut({ gitignore, exclude }: LeftOut = { gitignore: 0, exclude: 0 }): string {
  const count = gitignore + exclude;
  if (count === 0) return '';
  const by = [
    ...(gitignore > 0 ? [`${gitignore} by .gitignore`] : []),
    ...(exclude > 0 ? [`${exclude} by --exclude`] : []),
  ];
  return `${count} ${count === 1 ? 'file or directory' : 'files or directories'} left out: ${by.join(', ')}`;
}
