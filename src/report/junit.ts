// The JUnit report: a suite for every file and one for the command line, a case for every place of an image.
// The head of a suite counts its cases and an image may stand in several files, so nothing can be written before the
// end; what is kept until then is the text of every case, not the results.

import type { Result } from '../core/result.ts';
import { type Alert, alertOf, alertOfProblem } from './alert.ts';
import { formatReason } from './reason.ts';
import { registryQuotes } from './registry-quote.ts';
import type { Reporter, RunOptions } from './reporter.ts';
import { type Site, sitesOf } from './site.ts';
import { escapeXml, formatAttributes } from './xml.ts';

type Outcome = 'pass' | 'failure' | 'error' | 'skipped';

interface Suite {
  readonly cases: string[];
  readonly tally: Record<Outcome, number>;
  durationMs: number;
}

const MAX_SENTENCE = 1000;

export function createJunitReporter(options: RunOptions): Reporter {
  const suites = new Map<string, Suite>();
  const suiteOf = ({ origin }: Site): Suite => {
    const suite = suites.get(origin) ?? { cases: [], tally: emptyTally(), durationMs: 0 };
    suites.set(origin, suite);
    return suite;
  };
  return {
    onResult(result) {
      const alert = alertOf(result, options);
      const outcome = outcomeOf(result, alert);
      sitesOf(result, options).forEach((site, index) => {
        const suite = suiteOf(site);
        // One check, however many places: its time counts once.
        const durationMs = index === 0 ? result.durationMs : 0;
        suite.durationMs += durationMs;
        suite.tally[outcome] += 1;
        suite.cases.push(formatCase(result.input, site, durationMs, formatOutcome(outcome, result, alert, site)));
      });
      return '';
    },
    onProblem(problem) {
      const { alert, site } = alertOfProblem(problem, options);
      const suite = suiteOf(site);
      suite.tally.error += 1;
      const text = `${alert.title}: ${alert.message}`;
      suite.cases.push(
        formatCase(`${alert.title} (${site.text})`, site, 0, formatElement('error', alert.rule, text, [text])),
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

/** Only a suite tells what was skipped: strict readers, as Jenkins' xunit plugin, know no such attribute of the whole. */
function headOf(name: string, { pass, failure, error, skipped }: Record<Outcome, number>, durationMs: number) {
  const tests = pass + failure + error + skipped;
  return { name, tests, failures: failure, errors: error, time: seconds(durationMs) };
}

function outcomeOf({ verdict }: Result, alert: Alert | undefined): Outcome {
  // JUnit knows no warnings: what is tolerated must not fail, and must not look fine either.
  if (verdict === 'skipped' || alert?.level === 'warning') return 'skipped';
  if (alert === undefined) return 'pass';
  return verdict === 'undetermined' ? 'error' : 'failure';
}

function formatCase(input: string, site: Site, durationMs: number, outcome: string): string {
  const { file, line, path, origin, occurrence } = site;
  // GitLab keeps only the first of several cases with the same name, and shows classname as the suite.
  const name = `${input}${path === undefined ? '' : ` (${path})`}${occurrence === 1 ? '' : ` #${occurrence}`}`;
  const head = formatAttributes({ classname: origin, name, file, line, time: seconds(durationMs) });
  return `    <testcase${head}${outcome === '' ? '/>' : `>\n${outcome}    </testcase>`}\n`;
}

function formatOutcome(outcome: Outcome, result: Result, alert: Alert | undefined, { text: place }: Site): string {
  if (outcome === 'pass') return '';
  const { rule, title, message, hint } = alert ?? { ...result, rule: result.reason, title: formatReason(result) };
  // Jenkins shows the attribute first, GitLab only the content.
  const lines = [
    `${title}: ${message}`,
    ...registryQuotes(result).map((quote) => `registry says: ${quote}`),
    hint ?? '',
    `at ${place}`,
  ];
  return formatElement(outcome, rule ?? undefined, `${title}: ${message}`, lines);
}

function formatElement(name: string, type: string | undefined, message: string, lines: readonly string[]): string {
  const content = lines.map((line) => escapeXml(line, MAX_SENTENCE)).filter((line) => line !== '');
  return `      <${name}${formatAttributes({ type, message })}>${content.join('\n')}</${name}>\n`;
}
