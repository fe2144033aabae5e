// GitHub workflow commands: `::error file=…,line=…,title=…::message` becomes an annotation beside the line.
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions

import { formatCount } from '../core/quantity.ts';
import type { Result } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import { NAME } from '../core/version.ts';
import { type Annotation, annotationOf, annotationOfProblem, namedMessage } from './annotation.ts';
import { formatCounts } from './counts.ts';
import { createGaps, formatSkips } from './gaps.ts';
import { type Location, locationsOf } from './location.ts';
import type { Reporter, RunOptions } from './reporter.ts';

/** GitHub shows this many of each level per step (and 50 per job) and drops the rest silently. */
const MAX_SHOWN = 10;
const LEVELS = ['error', 'warning'] as const;

/** The most important come first, so nothing is written before the end; only what will be shown is kept. */
export function createGithubReporter(options: RunOptions): Reporter {
  const gaps = createGaps(options);
  const found = { error: createShortlist(), warning: createShortlist() };
  return {
    onResult(result) {
      gaps.addResult(result);
      const annotation = annotationOf(result, options);
      if (annotation === undefined) return '';
      // In the log of a workflow, a note would be lost.
      const level = annotation.level === 'note' ? 'warning' : annotation.level;
      locationsOf(result, options).forEach((location, index) => {
        const format = () => formatAnnotation({ ...annotation, level }, result.input, location);
        found[level].add(rankOf(result, index), format);
      });
      return '';
    },
    onProblem(problem) {
      const { annotation, location } = annotationOfProblem(problem, options);
      found.error.add(0, () => formatAnnotation(annotation, location.origin, location));
      return '';
    },
    onEnd({ tool, summary, presence }) {
      const shown = LEVELS.flatMap((level) => found[level].best());
      const dropped = LEVELS.filter((level) => found[level].dropped() > 0).map((level) =>
        formatCount(found[level].dropped(), `more ${level}`),
      );
      if (dropped.length > 0) {
        const limit = `GitHub shows ${MAX_SHOWN} of each; the job summary and the other reports list all of them`;
        const text = `${dropped.join(' and ')} omitted: ${limit}. ${formatCounts({ summary, presence })}.`;
        shown.push(formatCommand('notice', { title: tool.name }, text));
      }
      const skips = formatSkips(gaps.skips());
      if (skips !== '') shown.push(formatCommand('notice', { title: tool.name }, `${skips}.`));
      return shown.map((command) => `${command}\n`).join('');
    },
  };
}

/**
 * After unreadable files (0): a definite failure before an undetermined result, and each image once before any is shown
 * at a second location.
 */
const rankOf = ({ verdict }: Result, locationIndex: number): number =>
  (locationIndex === 0 ? 1 : 3) + (verdict === 'undetermined' ? 1 : 0);

function createShortlist() {
  const ranks: string[][] = [[], [], [], [], []];
  let total = 0;
  const best = () => ranks.flat().slice(0, MAX_SHOWN);
  return {
    best,
    dropped: () => total - best().length,
    add(rank: number, format: () => string) {
      total += 1;
      const peers = ranks[rank];
      if (peers !== undefined && peers.length < MAX_SHOWN) peers.push(format());
    },
  };
}

/** Of a run that ended before its reports. `lines`: what it says, without the code of the error. */
export const formatRunError = (lines: readonly string[]): string =>
  `${formatCommand('error', { title: NAME }, lines.map((line) => cleanText(line, MAX_RUN_ERROR)).join('\n'))}\n`;

const MAX_RUN_ERROR = 1000;

function formatAnnotation({ level, title, message, hint }: Annotation, name: string, { file, line }: Location): string {
  // The log shows the message without title and file, so the message must contain the image.
  const text = `${namedMessage(name, message)}${hint === '' ? '' : `\n${hint}`}`;
  return formatCommand(level, { file: file && cleanText(file, 1000), line: file && line, title }, text);
}

function formatCommand(
  name: string,
  properties: Readonly<Record<string, string | number | undefined>>,
  data: string,
): string {
  const pairs = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [`${key}=${escapeProperty(String(value))}`],
  );
  return `::${name} ${pairs.join(',')}::${escapeData(data)}`;
}

const escapeData = (text: string): string => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');

const escapeProperty = (text: string): string => escapeData(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
