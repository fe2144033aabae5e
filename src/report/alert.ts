// What a pipeline is told of a result: how bad it is for this run, by which rule, in which words.

import type { Result } from '../core/result.ts';
import type { SourceProblem } from '../core/target.ts';
import { cleanText } from '../core/text.ts';
import { isFailure } from './failure.ts';
import { formatReason } from './reason.ts';
import type { RunOptions } from './reporter.ts';
import { type Rule, ruleTitle } from './rule.ts';
import { type Site, sitesOf } from './site.ts';

export interface Alert {
  /** `error` fails the run, `warning` would without `--warn-on`, `note` is only worth a look. */
  readonly level: 'error' | 'warning' | 'note';
  readonly rule: Rule;
  /** `not found (tag)` */
  readonly title: string;
  readonly message: string;
  /** The next step; '' when there is none. */
  readonly hint: string;
}

const MAX_SENTENCE = 1000;

/** Undefined when there is nothing to tell. All texts are one clean line. */
export function alertOf(result: Result, options: RunOptions): Alert | undefined {
  const level = levelOf(result, options);
  if (level === undefined) return undefined;
  const hint = cleanText(result.hint ?? '', MAX_SENTENCE);
  if (result.reason === null) {
    return { level, rule: 'present', title: 'present', message: 'It is there, but was expected to be absent.', hint };
  }
  const message = cleanText(result.message, MAX_SENTENCE);
  return { level, rule: result.reason, title: formatReason(result), message, hint };
}

/** The same of a file, and where; `origin` of the place is its name. */
export function alertOfProblem(
  { message, ...place }: SourceProblem,
  options: RunOptions,
): { alert: Alert; site: Site } {
  const site = sitesOf({ foundAt: [place] }, options)[0] as Site;
  const title = ruleTitle('unreadable');
  return {
    alert: { level: 'error', rule: 'unreadable', title, message: cleanText(message, MAX_SENTENCE), hint: '' },
    site,
  };
}

function levelOf(result: Result, { fails = isFailure, warnOn = [] }: RunOptions): Alert['level'] | undefined {
  if (result.reason !== null && warnOn.includes(result.reason)) return 'warning';
  if (fails(result)) return 'error';
  // A skipped image needs words only when somebody can do something about it.
  return result.verdict === 'skipped' && result.hint !== null ? 'note' : undefined;
}
