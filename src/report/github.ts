// GitHub workflow commands: `::error file=…,line=…,title=…::message` becomes an annotation beside the line.
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions

import { formatCount } from '../core/quantity.ts';
import type { Result } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import { type Alert, alertOf, alertOfProblem } from './alert.ts';
import { formatCounts } from './counts.ts';
import type { Reporter, RunOptions } from './reporter.ts';
import { type Site, sitesOf } from './site.ts';

/** GitHub shows so many of each level for a step (and 50 in all for a job), and drops the rest without a word. */
const MAX_SHOWN = 10;
const LEVELS = ['error', 'warning'] as const;

/** The most important come first, so nothing is written before the end; no more is kept than will be shown. */
export function createGithubReporter(options: RunOptions): Reporter {
  const found = { error: createShortlist(), warning: createShortlist() };
  return {
    onResult(result) {
      const alert = alertOf(result, options);
      if (alert === undefined || alert.level === 'note') return '';
      const shortlist = found[alert.level];
      sitesOf(result, options).forEach((site, index) => {
        shortlist.add(rankOf(result, index), () => formatAlert(alert, result.input, site));
      });
      return '';
    },
    onProblem(problem) {
      const { alert, site } = alertOfProblem(problem, options);
      found.error.add(0, () => formatAlert(alert, site.origin, site));
      return '';
    },
    onEnd({ tool, summary }) {
      const shown = LEVELS.flatMap((level) => found[level].best());
      const dropped = LEVELS.filter((level) => found[level].dropped() > 0).map((level) =>
        formatCount(found[level].dropped(), `more ${level}`),
      );
      if (dropped.length > 0) {
        const limit = `GitHub shows ${MAX_SHOWN} of each; the job summary and the other reports have them all`;
        const text = `${dropped.join(' and ')} left out: ${limit}. ${formatCounts(summary)}.`;
        shown.push(formatCommand('notice', { title: tool.name }, text));
      }
      return shown.map((command) => `${command}\n`).join('');
    },
  };
}

/**
 * Behind 0, files whose images nobody knows: a definite no before "cannot tell"; every image once before one is shown in
 * its other places, too.
 */
const rankOf = ({ verdict }: Result, place: number): number =>
  (place === 0 ? 1 : 3) + (verdict === 'undetermined' ? 1 : 0);

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

function formatAlert({ level, title, message, hint }: Alert, name: string, { file, line }: Site): string {
  // The log shows the message without the title and the file: it must name the image.
  const text = `${cleanText(name)}: ${message}${hint === '' ? '' : `\n${hint}`}`;
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
