// A file that cannot be read must not leave a report green: each format reports it in its own way.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SourceProblem } from '../../src/core/target.ts';
import { FORMATS, type Format } from '../../src/report/format.ts';
import type { RunOptions } from '../../src/report/reporter.ts';
import { createReporter } from '../../src/report/reporters.ts';
import { parseXml } from '../support/parse-xml.ts';
import { failedResult, pullableResult, reportOn } from '../support/results.ts';

const broken: SourceProblem = { source: 'deploy/a,b.yaml', line: 2, message: 'Not valid YAML: 100 % <wrong>.' };

function tell(format: Format, problems: readonly SourceProblem[], options: RunOptions = {}): string {
  const { onResult, onProblem, onEnd } = createReporter(format, { color: 0, unicode: true, ...options });
  const results = [pullableResult()];
  const texts = [...problems.map((it) => onProblem?.(it)), ...results.map((it) => onResult?.(it))];
  return texts.join('') + onEnd(reportOn(results, { exitCode: 2 }));
}

describe('a file that cannot be read', () => {
  it('junit: is an error in its suite, with file and line', () => {
    const { attributes, children } = parseXml(tell('junit', [broken]));
    assert.deepEqual([attributes.tests, attributes.errors], ['2', '1']);
    const [testcase] = children[0]?.children ?? [];
    assert.deepEqual(testcase?.attributes, {
      classname: 'deploy/a,b.yaml',
      name: 'unreadable (deploy/a,b.yaml:2)',
      file: 'deploy/a,b.yaml',
      line: '2',
      time: '0.000',
    });
    const text = 'unreadable: Not valid YAML: 100 % <wrong>.';
    assert.deepEqual(testcase?.children, [
      { name: 'error', attributes: { type: 'unreadable', message: text }, children: [], text },
    ]);
  });

  it('github: is the first annotation', () => {
    const reporter = createReporter('github', { color: 0, unicode: true });
    reporter.onResult?.(
      failedResult('not-found', 'tag', { input: 'nginx:9', message: 'There is no tag 9.', hint: null }),
    );
    reporter.onProblem?.(broken);
    assert.equal(
      reporter.onEnd(reportOn([])),
      '::error file=deploy/a%2Cb.yaml,line=2,title=unreadable::deploy/a,b.yaml: Not valid YAML: 100 %25 <wrong>.\n' +
        '::error title=not found (tag)::nginx:9: There is no tag 9.\n',
    );
  });

  it('sarif: is a result of its own rule', () => {
    const [{ results, tool }] = JSON.parse(tell('sarif', [broken])).runs;
    assert.equal(results.length, 1);
    const { ruleId, ruleIndex, level, message, locations } = results[0];
    assert.deepEqual(
      { ruleId, level, message, locations },
      {
        ruleId: 'unreadable',
        level: 'error',
        message: { text: 'deploy/a,b.yaml: Not valid YAML: 100 % <wrong>.' },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'deploy/a%2Cb.yaml', uriBaseId: '%SRCROOT%' },
              region: { startLine: 2 },
            },
          },
        ],
      },
    );
    assert.equal(tool.driver.rules[ruleIndex].id, 'unreadable');
  });

  it('gitlab: is critical', () => {
    const [{ check_name, severity, location }, ...others] = JSON.parse(tell('gitlab', [broken]));
    assert.deepEqual(
      { check_name, severity, location },
      { check_name: 'unreadable', severity: 'critical', location: { path: 'deploy/a,b.yaml', lines: { begin: 2 } } },
    );
    assert.equal(others.length, 0);
  });

  it('markdown: is in the table of problems', () =>
    assert.match(
      tell('markdown', [broken]),
      /^\| `deploy\/a,b\.yaml` \| ❌ unreadable \| `deploy\/a,b\.yaml:2` \| Not valid YAML: 100 % &lt;wrong&gt;\. \|$/m,
    ));

  it('prometheus: is counted, and so is none', () => {
    assert.match(tell('prometheus', [broken, broken]), /^kairos_pull_file_problems 2$/m);
    assert.match(tell('prometheus', []), /^kairos_pull_file_problems 0$/m);
  });

  it('json: is in the document, with its message', () => {
    assert.deepEqual(JSON.parse(tell('json', [broken])).problems, [broken]);
    const whole: SourceProblem = { source: '-', message: 'Not UTF-8 text.' };
    assert.deepEqual(JSON.parse(tell('json', [whole])).problems, [{ ...whole, line: null }]);
    assert.deepEqual(JSON.parse(tell('json', [])).problems, []);
  });

  it('is named standard input if it came from there', () => {
    const stdin: SourceProblem = { source: '-', message: 'Not UTF-8 text.' };
    for (const format of ['junit', 'markdown', 'sarif', 'gitlab'] as const) {
      assert.match(tell(format, [stdin]), /standard input/, format);
    }
  });

  it('ndjson: is a line of its own', () => {
    const [problem, result] = tell('ndjson', [broken]).split('\n');
    assert.deepEqual(JSON.parse(problem ?? ''), broken);
    assert.equal(JSON.parse(result ?? '').input, 'nginx:latest');
  });

  it('text: is counted and repeated at the end, also with --quiet', () => {
    const end =
      '1 image: 1 pullable · 1 file could not be read · 1.2 s\n✖ deploy/a,b.yaml:2: Not valid YAML: 100 % <wrong>.\n';
    assert.ok(tell('text', [broken]).endsWith(`\n\n${end}`));
    const { onResult, onProblem, onEnd } = createReporter('text', { color: 0, unicode: true, quiet: true });
    const results = [pullableResult()];
    assert.equal(
      `${onProblem?.(broken)}${onResult?.(pullableResult())}${onEnd(reportOn(results, { exitCode: 2 }))}`,
      end,
    );
  });

  it('text: is only counted where standard error names it', () => {
    const { onResult, onProblem, onEnd } = createReporter('text', { color: 0, unicode: true, namesProblems: false });
    for (let count = 0; count < 12; count += 1) onProblem?.(broken);
    onResult?.(pullableResult());
    assert.equal(
      onEnd(reportOn([pullableResult()], { exitCode: 2 })),
      '\n1 image: 1 pullable · 1 file could not be read · 1.2 s\n',
    );
  });

  it('text: is named up to ten times', () => {
    const many = Array.from({ length: 12 }, (_, index) => ({ ...broken, line: index + 1 }));
    const lines = tell('text', many).trimEnd().split('\n');
    assert.equal(lines.filter((line) => line.includes('Not valid YAML')).length, 10);
    assert.equal(lines.at(-1), '✖ 2 more problems');
    assert.match(tell('text', many), /· 1 file could not be read ·/);
  });

  it('markdown: is in the heading', () =>
    assert.match(tell('markdown', [broken]), /^### ❌ 1 image: 1 pullable · 1 file could not be read\n/));

  it('prometheus: is named once', () =>
    assert.match(
      tell('prometheus', [broken, broken]),
      /gauge\nkairos_pull_file_unreadable\{file="deploy\/a,b\.yaml"\} 1\n#/,
    ));

  it('is in every format', () => {
    for (const format of FORMATS)
      assert.ok(tell(format, [broken]).includes('a,b.yaml') || format === 'sarif' || format === 'github', format);
  });
});
