// The JUnit report: a suite for each file and one for the command line, a case for each location of an image.
// The head of a suite counts its cases and an image may be in several files, so nothing can be written before the end;
// only the text of the cases is kept until then, not the results.

import type { Result } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import { type Annotation, annotationOf, annotationOfProblem } from './annotation.ts';
import { type Location, locationsOf } from './location.ts';
import { formatReason } from './reason.ts';
import { registryQuotes } from './registry-quote.ts';
import type { Reporter, RunOptions } from './reporter.ts';

type Outcome = 'pass' | 'failure' | 'error' | 'skipped';

interface Suite {
  readonly cases: string[];
  readonly tally: Record<Outcome, number>;
  durationMs: number;
}

const MAX_SENTENCE = 1000;

export function createJunitReporter(options: RunOptions): Reporter {
  const suites = new Map<string, Suite>();
  const suiteOf = ({ origin }: Location): Suite => {
    const suite = suites.get(origin) ?? { cases: [], tally: emptyTally(), durationMs: 0 };
    suites.set(origin, suite);
    return suite;
  };
  return {
    onResult(result) {
      const annotation = annotationOf(result, options);
      const outcome = outcomeOf(result, annotation);
      locationsOf(result, options).forEach((location, index) => {
        const suite = suiteOf(location);
        // A single check, however many locations: its time counts once.
        const durationMs = index === 0 ? result.durationMs : 0;
        suite.durationMs += durationMs;
        suite.tally[outcome] += 1;
        suite.cases.push(
          formatCase(result.input, location, durationMs, formatOutcome(outcome, result, annotation, location)),
        );
      });
      return '';
    },
    onProblem(problem) {
      const { annotation, location } = annotationOfProblem(problem, options);
      const suite = suiteOf(location);
      suite.tally.error += 1;
      const text = `${annotation.title}: ${annotation.message}`;
      suite.cases.push(
        formatCase(
          `${annotation.title} (${location.text})`,
          location,
          0,
          formatElement('error', annotation.rule, text, [text]),
        ),
      );
      return '';
    },
    onEnd({ tool, durationMs }) {
      const total = emptyTally();
      const elements = [...suites].map(([name, { cases, tally, durationMs }]) => {
        for (const outcome of OUTCOMES) total[outcome] += tally[outcome];
        return `  <testsuite${formatAttributes({ ...headOf(name, tally, durationMs), skipped: tally.skipped })}>\n${cases.join('')}  </testsuite>\n`;
      });
      const head = `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${formatAttributes(headOf(tool.name, total, durationMs))}>\n`;
      return `${head}${elements.join('')}</testsuites>\n`;
    },
  };
}

const emptyTally = (): Record<Outcome, number> => ({ pass: 0, failure: 0, error: 0, skipped: 0 });
const OUTCOMES = Object.keys(emptyTally()) as readonly Outcome[];

const seconds = (durationMs: number): string => (durationMs / 1000).toFixed(3);

/** Only a suite counts skipped cases: strict readers such as Jenkins' xunit plugin reject the attribute on the root. */
function headOf(name: string, { pass, failure, error, skipped }: Record<Outcome, number>, durationMs: number) {
  const tests = pass + failure + error + skipped;
  return { name, tests, failures: failure, errors: error, time: seconds(durationMs) };
}

function outcomeOf({ verdict }: Result, annotation: Annotation | undefined): Outcome {
  // JUnit has no warnings: a tolerated failure must neither fail nor look fine.
  const isSkipped = verdict === 'skipped' && annotation?.level !== 'error';
  if (isSkipped || annotation?.level === 'warning') return 'skipped';
  if (annotation === undefined) return 'pass';
  return verdict === 'undetermined' ? 'error' : 'failure';
}

function formatCase(input: string, location: Location, durationMs: number, outcome: string): string {
  const { file, line, path, origin, occurrence } = location;
  // GitLab keeps only the first of several cases with the same name and shows classname as the suite.
  const name = `${input}${path === undefined ? '' : ` (${path})`}${occurrence === 1 ? '' : ` #${occurrence}`}`;
  const head = formatAttributes({ classname: origin, name, file, line, time: seconds(durationMs) });
  return `    <testcase${head}${outcome === '' ? '/>' : `>\n${outcome}    </testcase>`}\n`;
}

function formatOutcome(
  outcome: Outcome,
  result: Result,
  annotation: Annotation | undefined,
  { text: location }: Location,
): string {
  if (outcome === 'pass') return '';
  const { rule, title, message, hint } = annotation ?? { ...result, rule: result.reason, title: formatReason(result) };
  // Jenkins shows the attribute first, GitLab only the content.
  const lines = [
    `${title}: ${message}`,
    ...registryQuotes(result).map((quote) => `registry says: ${quote}`),
    hint ?? '',
    `at ${location}`,
  ];
  return formatElement(outcome, rule ?? undefined, `${title}: ${message}`, lines);
}

function formatElement(name: string, type: string | undefined, message: string, lines: readonly string[]): string {
  const content = lines.map(escapeXml).filter((line) => line !== '');
  return `      <${name}${formatAttributes({ type, message })}>${content.join('\n')}</${name}>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** ` name="value"` for each that has a value. */
export function formatAttributes(attributes: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${escapeXml(String(value))}"`))
    .join('');
}

/**
 * One clean line for an attribute in double quotes or for the content of an element, XML 1.0 sections 2.2 and 2.4.
 * Char ::= #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF]
 */
function escapeXml(text: string): string {
  // cleanText removes control characters and lone surrogates; these two are not XML characters either.
  const line = cleanText(text.replace(/[\ufffe\uffff]/g, ''), MAX_SENTENCE);
  return line.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
}
