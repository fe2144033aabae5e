// The sentences on standard error: errors of input files, warnings, and why a run ended as it did.

import { basename } from 'node:path';
import { EXIT, type Policy } from '../core/exit-code.ts';
import { formatCount, formatDuration, formatWait } from '../core/quantity.ts';
import type { Report } from '../core/report.ts';
import type { Result } from '../core/result.ts';
import { formatShard, type Shard } from '../core/shard.ts';
import type { SourceProblem } from '../core/target.ts';
import { cleanText } from '../core/text.ts';
import type { Collection } from '../input/collect.ts';
import { type IgnoreRule, isExpired } from '../input/ignore.ts';
import { displayWidth } from '../report/display-width.ts';
import { formatUnread } from '../report/gaps.ts';
import { formatLocation } from '../report/location.ts';
import { formatReason } from '../report/reason.ts';
import { leastColumns, shortenImage } from '../report/short-image.ts';
import type { QuotaShortage } from './cost.ts';
import { unbroken } from './message-lines.ts';
import type { RunTally } from './run-tally.ts';
import type { Pause } from './wait.ts';

/** A message and its examples. */
type UsageText = readonly [string, ...string[]];

export const NOTHING_TO_CHECK: UsageText = [
  'nothing to check. Pass an image or a file, for example:',
  'kairos-pull check nginx:1.27',
  'kairos-pull check -f images.txt',
];

export const NOTHING_TO_LIST: UsageText = [
  'nothing to list. Pass a file, for example:',
  'kairos-pull images -f images.txt',
];

/** On a terminal, before standard input is read. */
export const READING_PASSWORD = 'Password (not shown; press Enter when done):';
export const READING_IMAGES = 'Reading images from the terminal, one per line. End with Ctrl-D.';

/** The problem of a file without images. */
export const NO_IMAGES = 'No images found.';

export const NO_PULL_SECRETS =
  'warning: --use-pull-secrets: no imagePullSecrets entry in these files refers to a Secret defined in them.';

/** `error: deploy/web.yaml:12: It is not valid YAML.` */
export const formatProblem = (problem: SourceProblem): string => `error: ${placeOf(problem)}: ${problem.message}`;

/** With --verbose: a broken file of unknown format in a directory. */
export const formatSkipped = (problem: SourceProblem): string =>
  `${placeOf(problem)}: skipped, format unknown. ${problem.message}`;

const placeOf = ({ source, line }: SourceProblem): string =>
  unbroken(formatLocation({ source, ...(line !== undefined && { line }) }));

/** A warning for each ignore rule that has expired. */
export const formatExpired = (rules: readonly IgnoreRule[] = [], nowMs: number): string[] =>
  rules
    .filter((rule) => isExpired(rule, nowMs))
    .map(
      ({ image, until, location }) =>
        `warning: ${unbroken(location)}: the ignore rule for ${image} expired on ${until}; the image is checked again.`,
    );

export function formatQuotaWarning({ registryName, remaining, required, hasPlatforms }: QuotaShortage): string {
  const left = remaining === 0 ? 'no more pulls' : formatCount(remaining, 'more pull');
  const remedy = hasPlatforms ? 'log in for a higher limit' : 'log in for a higher limit, or use --proof head';
  return `warning: ${registryName} allows ${left} in this window, but this run may need ${required}. Later requests may be rate limited (429): ${remedy}.`;
}

/** What `--wait` waits for: `Waiting for shop/web:1.5 (not found)`, `Waiting for 2 of 5 images: shop/web:1.5 (not found), …`. */
export const formatPause = (pause: Pause): string =>
  withImage(pause, cleanText(pause.first.input, 200), reasonsOf(pause.first)[0]);

function withImage({ unsettled, total }: Pause, name: string, reason: string, isShort = false): string {
  const image = `${name} (${reason})`;
  if (total === 1) return `Waiting for ${image}`;
  return `Waiting for ${unsettled} of ${isShort ? total : formatCount(total, 'image')}: ${image}${unsettled > 1 ? ', …' : ''}`;
}

/** `rate limited: too many requests`, and the same without its cause. */
function reasonsOf(result: Result): readonly [string, string] {
  const reason = result.reason === null ? 'present' : formatReason(result);
  const [, short = reason, cause] = /^(.*?) \((.*)\)$/.exec(reason) ?? [];
  return [cause === undefined ? short : `${short}: ${cause}`, short];
}

export const formatShortReason = (result: Result): string => reasonsOf(result)[1];

/** The same with the times, on one line of a terminal: the tag and the reason remain. */
export function formatPauseLine(pause: Pause, times: readonly string[], width: number, unicode: boolean): string {
  const dot = unicode ? ' · ' : ' - ';
  const name = cleanText(pause.first.input, 200);
  const least = leastColumns(name, unicode);
  const [whole, short] = reasonsOf(pause.first);
  let line = '';
  const next = times.slice(0, 1);
  const choices: readonly (readonly [times: readonly string[], reason: string, isShort?: boolean])[] = [
    [times, whole],
    [times, short],
    [next, whole],
    [next, short],
    [next, short, true],
  ];
  for (const [shown, reason, isShort] of choices) {
    const end = shown.map((time) => dot + time).join('');
    const room = width - displayWidth(withImage(pause, '', reason, isShort) + end);
    line = withImage(pause, shortenImage(name, Math.max(0, room), unicode), reason, isShort) + end;
    if (room >= least) return line;
  }
  return [...line].slice(0, width).join('');
}

/** How long until the next round, and until the last one. */
export const formatPauseTimes = (nextMs: number, leftMs: number): readonly string[] => [
  nextMs > 0 ? `next try in ${formatWait(nextMs)}` : 'checking again',
  leftMs > 0 ? `${formatWait(leftMs)} left` : 'last try',
];

export const formatWaitInterrupted = ({ unsettled, total }: Pause): string =>
  total === 1
    ? 'Interrupted while waiting for 1 image.'
    : `Interrupted while waiting for ${unsettled} of ${formatCount(total, 'image')}.`;

/** `--wait` had nothing to wait for. */
export const NOT_WAITED = 'Did not wait: waiting would not change the result.';

/** How `--wait` ended. */
export const formatWaited = (waitedMs: number): string => `All images passed after ${formatWholeDuration(waitedMs)}.`;
export const formatWaitStopped = (waitedMs: number): string =>
  `Stopped after ${formatWholeDuration(waitedMs)}: waiting longer would not change the result.`;
export const formatGivenUp = (waitedMs: number, reasons: readonly string[]): string =>
  `Gave up after ${formatWholeDuration(waitedMs)}: ${reasons.slice(0, 3).join(', ')}${reasons.length > 3 ? ', …' : ''}.`;

/** As in the summary, without a zero: `3.1 s`, `4 s`. */
const formatWholeDuration = (durationMs: number): string => formatDuration(durationMs).replace('.0 s', ' s');

/** Of a single file, what it was read as and what to try. */
export function formatNoImages(files: readonly string[], readAs: Collection['readAs'] = new Map()): string[] {
  const names = files.map(nameOf);
  const [file = '', ...others] = files;
  const read = others.length === 0 ? readAs.get(file) : undefined;
  const found = `error: no images found in ${names.join(', ')}`;
  if (read === undefined) return [`${found}.`];
  if (read.isEmpty) return [`${found}: it has no content.`];
  if (/^values\b.*\.ya?ml$/.test(basename(file)) && cleanText(file) === file) {
    const render = `helm template CHART -f ${file} | kairos-pull check -f -`;
    return [
      `${found}: no image field of its Helm values has a repository and a tag.`,
      `The templates of the chart may name some: ${unbroken(render)}`,
    ];
  }
  return [`${found}, read as ${read.format}; --format selects another format.`];
}

/** A path before the end of a sentence. */
function nameOf(file: string): string {
  if (file === '-') return 'standard input';
  if (/^\.[\\/]?$/.test(file)) return 'this directory';
  return file.endsWith('.') ? `"${unbroken(file)}"` : unbroken(file);
}

export interface RemarkOptions extends Pick<Policy, 'expect'> {
  readonly shard?: Shard | undefined;
  readonly file: readonly string[];
  /** What could not be read. */
  readonly problems: readonly SourceProblem[];
  readonly readAs?: Collection['readAs'];
}

/** Explains the exit code where the report alone does not. */
export function formatRemark(
  { exitCode, summary, notChecked }: Report,
  { readAs, expect, file, problems, shard }: RemarkOptions,
  tally: Pick<RunTally, 'existing' | 'tolerated'>,
): string[] {
  const { total, skipped } = summary;
  if (exitCode === EXIT.interrupted) {
    if (notChecked === 0) return [`Interrupted after ${formatCount(total, 'image')}.`];
    return [`Interrupted: ${total} of ${formatCount(total + notChecked, 'image')} checked.`];
  }
  const part = shard && `shard ${formatShard(shard)}`;
  if (total === 0) {
    if (part !== undefined && exitCode === EXIT.ok)
      return [`Nothing to check in ${part}: every image is in another one.`];
    const unread = formatUnread(problems);
    return unread === '' ? formatNoImages(file, readAs) : [`error: nothing was checked: ${unread}.`];
  }
  if (total === skipped) {
    const where = part === undefined ? '' : ` in ${part}`;
    const nothing = exitCode === EXIT.ok ? 'Nothing' : 'error: nothing';
    return [`${nothing} was checked${where}: ${formatCount(total, 'image')}, all skipped.`];
  }
  if (exitCode === EXIT.present) {
    const existing = tally.existing();
    return [
      `Failed: ${formatCount(existing, 'image')} already ${existing === 1 ? 'exists' : 'exist'} (--expect absent).`,
    ];
  }
  if (exitCode !== EXIT.ok) return [];
  const tolerated = tally.tolerated();
  if (tolerated > 0)
    return [
      `${formatCount(tolerated, 'problem')} not counted as ${tolerated === 1 ? 'a failure' : 'failures'} (--warn-on).`,
    ];
  if (expect !== 'absent') return [];
  const checked = total - skipped;
  return [checked === 1 ? 'OK: the image does not exist.' : `OK: none of the ${checked} images exists.`];
}
