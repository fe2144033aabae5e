// What the reports for pipelines say about a result: its level, the rule it breaks, and the message.

import { digestOf } from '../core/digest.ts';
import type { Result } from '../core/result.ts';
import type { SourceProblem } from '../core/target.ts';
import { cleanText } from '../core/text.ts';
import { type Location, locationsOf } from './location.ts';
import { formatJudgement } from './reason.ts';
import type { ReporterOptions, RunOptions } from './reporter.ts';
import { type Rule, ruleTitle } from './rule.ts';

export interface Annotation {
  /** `error` fails the run, `warning` would without `--warn-on`, `note` is information. */
  readonly level: 'error' | 'warning' | 'note';
  readonly rule: Rule;
  /** `not found (tag)` */
  readonly title: string;
  readonly message: string;
  /** The next step; '' if there is none. */
  readonly hint: string;
}

const MAX_SENTENCE = 1000;

/** Undefined if there is nothing to report. Each text is one clean line. */
export function annotationOf(result: Result, options: RunOptions): Annotation | undefined {
  const level = levelOf(result, options);
  if (level === undefined) return undefined;
  const hint = cleanText(result.hint ?? '', MAX_SENTENCE);
  if (result.reason === null) {
    return {
      level,
      rule: 'present',
      title: 'present',
      message: 'The image exists, but was expected to be absent.',
      hint,
    };
  }
  const message = cleanText(result.message, MAX_SENTENCE);
  return { level, rule: result.reason, title: formatJudgement(result, level === 'error'), message, hint };
}

/** The message with the name of its image, which it may already have. */
export function namedMessage(name: string, message: string): string {
  const shown = cleanText(name);
  const isNamed = message.split(' ').some((word) => word.replace(/[.,:;]+$/, '') === shown);
  return shown === '' || isNamed ? message : `${shown}: ${message}`;
}

/** The annotation of an input file; the `origin` of its location is the name of the file. */
export function annotationOfProblem(
  { message, ...foundAt }: SourceProblem,
  options: RunOptions,
): { annotation: Annotation; location: Location } {
  const location = locationsOf({ foundAt: [foundAt] }, options)[0] as Location;
  const title = ruleTitle('unreadable');
  return {
    annotation: { level: 'error', rule: 'unreadable', title, message: cleanText(message, MAX_SENTENCE), hint: '' },
    location,
  };
}

/**
 * Identifies an annotation in the next run, even if its line has moved: 64 hexadecimal digits.
 * `name`: the image, or the file that could not be read.
 */
export function fingerprintOf({ rule }: Annotation, name: string, { file, path, occurrence }: Location): string {
  const bytes = new TextEncoder().encode(JSON.stringify([rule, name, file, path, occurrence]));
  return digestOf(bytes).slice('sha256:'.length);
}

/** Undefined if there is nothing to report. */
export function levelOf(
  result: Result,
  { fails = isFailure, warnOn = [] }: RunOptions,
): Annotation['level'] | undefined {
  if (result.reason !== null && warnOn.includes(result.reason)) return 'warning';
  if (fails(result)) return 'error';
  // A skipped image is worth a note only if the user can do something about it.
  const isNote = result.reason === 'unresolved-variable' || (result.verdict === 'skipped' && result.hint !== null);
  return isNote ? 'note' : undefined;
}

export const isFailure = ({ verdict }: Pick<Result, 'verdict'>): boolean =>
  verdict === 'unpullable' || verdict === 'undetermined';

/** Whether a result meets `--expect` and `--strict`; `absent` requires a 404 with a registry's error. */
export function isAsExpected(
  result: Result,
  { expect = 'present', fails }: Pick<ReporterOptions, 'expect' | 'fails'>,
): boolean {
  if (result.verdict === 'skipped') return fails?.(result) !== true;
  if (expect === 'present') return !isFailure(result);
  return result.reason === 'not-found' && result.cause !== 'weak-evidence';
}
