// The line of an image: symbol, the image as the user wrote it, and the facts that matter.

import { shortDigest } from '../core/digest.ts';
import { EXIT, exitCodeOf } from '../core/exit-code.ts';
import { formatBytes, formatCount, formatDuration } from '../core/quantity.ts';
import type { Result, Verdict } from '../core/result.ts';
import { isAsExpected, levelOf } from './annotation.ts';
import { displayWidth, padToWidth } from './display-width.ts';
import { formatRateLimit, isRateLimitLow } from './quota.ts';
import { formatJudgement } from './reason.ts';
import type { ReporterOptions } from './reporter.ts';
import type { Style } from './style.ts';
import { wrapWords } from './wrap.ts';

export interface Layout {
  /** Columns reserved for the image; 0 always puts the facts on their own line. */
  readonly nameColumns: number;
  readonly showDigest: boolean;
  /** Whether the lesser facts are dropped to keep an image on one line. */
  readonly shorten: boolean;
  readonly indent: string;
}

/** Columns, or this share of a wide terminal. */
const MAX_NAME = 40;
const NAME_SHARE = 0.4;
const USUAL_NAME = 32;
/** What must fit beside the name, and what must fit for digests to be shown at all. */
const FACTS = 'unreachable (connection failed)'.length;
const FACTS_WITH_DIGEST = 'sha256:0123456789ab · index, 12 platforms · manifest'.length;
/** Narrower terminals get two lines per image. */
const NARROW = 60;
/** More platforms are counted, not listed. */
const MAX_PROVEN = 3;
const BEFORE_NAME = 2;
const AFTER_NAME = 2;

/** Decided once, before the first result: results are streamed, so no column can wait for the longest. */
export function layoutFor(style: Style, { inputWidths = [USUAL_NAME], count }: ReporterOptions): Layout {
  const { width } = style;
  if (width < NARROW) return { nameColumns: 0, showDigest: true, shorten: false, indent: '  ' };
  const room = width - BEFORE_NAME - AFTER_NAME;
  const mostColumns =
    width === Number.POSITIVE_INFINITY ? MAX_NAME : Math.max(MAX_NAME, Math.floor(width * NAME_SHARE));
  const most = Math.min(mostColumns, room - FACTS);
  // A name that is wider has its facts below it: it takes no columns from the others.
  const nameColumns = inputWidths.reduce((widest, columns) => (columns > most ? widest : Math.max(widest, columns)), 0);
  // A list reads best with one line per image; a single image may take as many as it needs.
  const shorten = count !== 1;
  return { nameColumns, showDigest: !shorten || room - nameColumns >= FACTS_WITH_DIGEST, shorten, indent: '    ' };
}

export function formatHeadline(
  result: Result,
  style: Style,
  layout: Layout,
  options: Pick<ReporterOptions, 'verbose' | 'expect' | 'count' | 'fails' | 'warnOn'>,
): string[] {
  const { verbose = false, expect = 'present', count } = options;
  const { paint, symbols, width } = style;
  const name = style.show(result.input) || '""';
  const asExpected = isAsExpected(result, options);
  const look = lookOf(result, expect, asExpected);
  const isWarning = !asExpected && levelOf(result, options) === 'warning';
  const color = isWarning ? paint.yellow : style.verdictColor[look];
  const symbol = color(isWarning ? symbols.warning : symbols[look]);
  const paintName = (text: string) =>
    !asExpected ? paint.bold(text) : result.verdict === 'skipped' ? paint.dim(text) : text;
  const named = `${symbol} ${paintName(name)}`;

  const separate = (facts: readonly string[]) =>
    facts.map((fact, index) => (index === facts.length - 1 ? fact : `${fact} ${paint.dim(symbols.dot)}`));
  const choicesFor = ({ showDigest }: Pick<Layout, 'showDigest'>) =>
    factChoices(
      result,
      color,
      style,
      { showDigest, fails: !asExpected },
      count === 1 ? pullsLeft(result, style, verbose) : [],
    )
      .map((facts) => (expect === 'absent' ? [color(presence(result)), ...facts] : facts))
      .map(separate);
  const choices = choicesFor(layout);
  const column = BEFORE_NAME + layout.nameColumns + AFTER_NAME;
  const fitting = (layout.shorten ? choices : choices.slice(0, 1))
    .map((facts) => facts.join(' '))
    .find((facts) => column + displayWidth(facts) <= width);
  const nameFits = displayWidth(name) <= layout.nameColumns;

  if (fitting !== undefined && (nameFits || width === Number.POSITIVE_INFINITY)) {
    return [`${padToWidth(named, column - AFTER_NAME)}${' '.repeat(AFTER_NAME)}${fitting}`];
  }
  // Under a long name there is room again for all facts, at the indent of the sentences that follow.
  const below = { width, first: layout.indent, rest: layout.indent };
  return [
    ...wrapName(name, style, layout.indent, symbol, paintName),
    ...wrapWords(choicesFor({ showDigest: true })[0] ?? [], below),
  ];
}

/** The symbol and the name, on more than one line if it is longer than the terminal is wide. */
export function wrapName(
  name: string,
  { width }: Pick<Style, 'width'>,
  indent: string,
  symbol: string,
  paint: (text: string) => string,
): string[] {
  const [first = '', ...others] = wrapWords([name], { width, first: '  ', rest: indent, breaksNames: true });
  return [`${symbol} ${paint(first.trimStart())}`, ...others.map((line) => indent + paint(line.trimStart()))];
}

/** With `--expect absent` an existing image is the failure, and a missing one passes; with `--strict` a skipped one may fail. */
function lookOf({ verdict }: Result, expect: ReporterOptions['expect'], asExpected: boolean): Verdict {
  if (verdict === 'skipped') return asExpected ? verdict : 'unpullable';
  if (expect !== 'absent' || verdict === 'undetermined') return verdict;
  return asExpected ? 'pullable' : 'unpullable';
}

function presence(result: Result): string {
  const code = exitCodeOf(result, { expect: 'absent', warnOn: [] });
  if (code === EXIT.present) return 'present';
  return code === EXIT.ok ? 'absent' : 'could not be determined';
}

/** Longest first: a terminal gets the first that fits. */
function factChoices(
  result: Result,
  color: (text: string) => string,
  style: Style,
  { showDigest, fails }: { readonly showDigest: boolean; readonly fails: boolean },
  pulls: readonly string[],
): string[][] {
  const { dim } = style.paint;
  // No request was sent, so there is no time to show.
  const isSilent = result.verdict === 'skipped' || Math.round(result.durationMs) === 0;
  const time = isSilent ? [] : [dim(formatDuration(result.durationMs))];
  if (result.verdict !== 'pullable') {
    const reason = color(formatJudgement(result, fails));
    return [[reason, ...pulls, ...time], [reason, ...time], [reason]];
  }
  const digest = result.digest !== null && showDigest ? [dim(style.show(shortDigest(result.digest)))] : [];
  const proof = result.proof === null ? [] : [result.proof];
  const server = result.servedBy === undefined ? [] : [`from ${style.show(result.servedBy)}`];
  const known = [...digest, ...[...imageKind(result, style), ...proof, ...server].map((fact) => dim(fact))];
  const blobs = result.blobs
    ? [dim(`${formatCount(result.blobs.count, 'blob')}, ${formatBytes(result.blobs.bytes)}`)]
    : [];
  return [[...known, ...blobs, ...pulls, ...time], [...known, ...pulls, ...time], [...known, ...pulls], known];
}

function imageKind({ mediaType, platforms, selected }: Result, style: Style): string[] {
  // The requested platforms say more than the number of all.
  const proven = [...new Set((selected ?? []).map(({ platform }) => style.show(platform, 40)))];
  if (proven.length > 0)
    return [proven.length <= MAX_PROVEN ? proven.join(', ') : formatCount(proven.length, 'platform')];
  if (platforms !== null && platforms.length > 0) return [`index, ${formatCount(platforms.length, 'platform')}`];
  if (mediaType === null) return [];
  if (/\bimage\.index\b|\bmanifest\.list\b/.test(mediaType)) return ['index'];
  if (/\bimage\.manifest\b|\bdistribution\.manifest\.v2\b/.test(mediaType)) return ['image'];
  return [style.show(mediaType, 80)];
}

/** For a single image; for a list, the end of the report has it once. */
function pullsLeft(result: Result, style: Style, verbose: boolean): string[] {
  const left = formatRateLimit(result);
  // A message about the quota has the numbers.
  if (left === undefined || result.reason === 'rate-limited') return [];
  if (isRateLimitLow(result)) return [style.paint.yellow(left)];
  return verbose ? [style.paint.dim(left)] : [];
}
