// Every report, of results and problems that hold any text.

import assert from 'node:assert/strict';
import type { Result } from '../../src/core/result.ts';
import type { SourceProblem } from '../../src/core/target.ts';
import { cleanLayout } from '../../src/core/text.ts';
import { FORMATS, type Format } from '../../src/report/format.ts';
import { createGithubSummaryReporter } from '../../src/report/github-files.ts';
import { formatAttributes } from '../../src/report/junit.ts';
import { codeSpan, formatProse } from '../../src/report/markdown.ts';
import { formatProgress } from '../../src/report/progress.ts';
import type { Reporter, ReporterOptions } from '../../src/report/reporter.ts';
import { createReporter } from '../../src/report/reporters.ts';
import { formatJson } from '../../src/report/result-document.ts';
import { splitWords, wrapWords } from '../../src/report/wrap.ts';
import { eventsOf, formatEvents } from '../support/event-lines.ts';
import { parseXml } from '../support/parse-xml.ts';
import { reportOn } from '../support/results.ts';
import { anyResult } from './any-result.ts';
import { assertLines, assertLog, COLORS } from './property.ts';
import { createRandom, type Random } from './random.ts';
import { type FuzzTarget, textTarget, valueTarget } from './target.ts';
import { createTextSource } from './text-source.ts';

const TEXTS = [
  'nginx:1.27',
  'compose.yaml',
  'manifest unknown; it said "no such tag" & <more>',
  'https://registry.example/v2/team/app/manifests/1?x=***',
  'Run `docker login registry.example`, then try again.',
  'services.web.image',
  `sha256:${'ab'.repeat(32)}`,
  '| a | b |',
  '](http://evil.example)',
];
const textOf = createTextSource(TEXTS, [
  '`',
  '|',
  '<',
  '&',
  '"',
  '::error::',
  '##[error]',
  '\n',
  '[',
  '](',
  '%0A',
  '\\',
  '*',
  '_',
]);

interface Input {
  readonly shapes: readonly number[];
  readonly texts: readonly string[];
}

const generate = (random: Random): Input => ({
  shapes: Array.from({ length: 1 + random.below(2) }, () => random.below(2 ** 31)),
  texts: Array.from({ length: 1 + random.below(4) }, () => textOf(random)),
});

const resultsOf = ({ shapes, texts }: Input): Result[] => shapes.map((shape) => anyResult({ shape, texts }));

/** The look depends on the shape as well. */
function optionsOf({ shapes: [shape = 0] }: Input): ReporterOptions {
  const random = createRandom(shape, 'look');
  return {
    color: 0,
    unicode: random.isOnce(2),
    width: random.isOnce(2) ? undefined : 1 + random.below(200),
    quiet: random.isOnce(4),
    verbose: random.isOnce(2),
    expect: random.isOnce(4) ? 'absent' : 'present',
    cwd: random.isOnce(2) ? '/work' : undefined,
    count: random.isOnce(2) ? undefined : random.below(3),
    inputWidths: random.isOnce(2) ? undefined : [random.below(300), random.below(300)],
  };
}

function write(reporter: Reporter, input: Input): string {
  const results = resultsOf(input);
  const [text = ''] = input.texts;
  const problem: SourceProblem = { source: text, line: 3, message: text };
  const parts = [...results.map((result) => reporter.onResult?.(result)), reporter.onProblem?.(problem)];
  return parts.join('') + reporter.onEnd(reportOn(results));
}

/** Without code spans (CommonMark section 6.1), in which nothing else is read, and without escaped characters. */
const plainMarkdown = (text: string): string => text.replace(/\\[^\w\s]|(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, '');

const SAMPLE = /^kairos_pull_[a-z_]+(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)*\})? [-+.\de]+$/;

/** What a reader of the format needs. */
const FITS: Readonly<Record<Format, (text: string, results: readonly Result[], width: number | undefined) => void>> = {
  // A terminal is no log; what is written there goes through cleanLayout in any case.
  text: (text, _, width) => assertLog(width === undefined ? text : cleanLayout(text)),
  json: (text, results) => assert.equal(JSON.parse(text).results.length, results.length),
  ndjson: (text) => {
    for (const line of text.split('\n').slice(0, -1)) JSON.parse(line);
  },
  junit: (text) => void parseXml(text),
  github: (text) => {
    for (const line of text.split('\n').slice(0, -1)) assert.match(line, /^::(?:error|warning|notice) |^(?!.*::)/);
  },
  sarif: (text) => assert.equal(JSON.parse(text).version, '2.1.0'),
  markdown: (text) => assert.doesNotMatch(plainMarkdown(text), /<!--|\]\(/),
  prometheus: (text) => {
    for (const line of text.split('\n').slice(0, -1)) if (!line.startsWith('#')) assert.match(line, SAMPLE);
  },
  gitlab: (text) => assert.ok(Array.isArray(JSON.parse(text))),
};

const reports = FORMATS.map((format) =>
  valueTarget(`report-${format}`, { generate, cost: 2 }, (input) => {
    const options = optionsOf(input);
    const text = write(createReporter(format, options), input);
    assertLines(text);
    FITS[format](text, resultsOf(input), options.width);
  }),
);

const summary = valueTarget('report-summary', { generate, cost: 2 }, (input) => {
  const text = write(createGithubSummaryReporter(optionsOf(input)), input);
  assertLines(text);
  assert.ok(Buffer.byteLength(text) <= 1_000_000);
});

const steps = valueTarget('steps', { generate, cost: 2 }, (input) => {
  const options = optionsOf(input);
  for (const result of resultsOf(input)) {
    assertLog(formatEvents(eventsOf(result), options));
    assertLog(formatEvents(eventsOf(result), { ...options, color: 1 }).replace(COLORS, ''));
    const progress = { done: 1, total: 2, failed: 0, slowest: result.input, elapsedMs: result.durationMs };
    const line = formatProgress(progress, options.width ?? 80, options.unicode);
    assert.doesNotMatch(line, /\n/);
    assertLines(line);
  }
});

const words = textTarget('wrap', { seeds: TEXTS, words: ['`', ' ', '  ', '漢', 'word '], cost: 1 }, (text) => {
  const words = splitWords(text);
  for (const width of [1, 20, 80]) {
    const lines = wrapWords(words, { width, first: '', rest: '    ' });
    assert.equal(lines.join(' ').replace(/ +/g, ''), words.join('').replace(/ +/g, ''));
  }
});

const markup = textTarget(
  'markup',
  { seeds: TEXTS, words: ['`', '``', '|', '<', '&', ']]>', '"', '\n', '\\'], cost: 1 },
  (text) => {
    const attributes = formatAttributes({ a: text });
    parseXml(`<?xml version="1.0" encoding="UTF-8"?>\n<a${attributes}>${''}</a>\n`);
    for (const markdown of [codeSpan(text), formatProse(text)]) {
      assertLines(markdown);
      assert.doesNotMatch(plainMarkdown(markdown), /\n|<(?!\/?(?:span|code)>)|\]\(/);
    }
    assert.deepEqual(JSON.parse(formatJson({ text: [text] })).text.length, 1);
  },
);

export const REPORT_TARGETS: readonly FuzzTarget[] = [words, markup, steps, ...reports, summary];
