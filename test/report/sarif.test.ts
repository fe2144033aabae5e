import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import fc from 'fast-check';
import type { Report } from '../../src/core/report.ts';
import { DOUBTS, type Result, SKIPS, UNPULLABLE_REASONS } from '../../src/core/result.ts';
import type { RunOptions } from '../../src/report/reporter.ts';
import { createSarifReporter } from '../../src/report/sarif.ts';
import { sarifSchema } from '../fixtures/report/sarif-schema.ts';
import { anyResult } from '../support/arbitrary-result.ts';
import { failedResult, pullableResult, runReporter } from '../support/results.ts';

const validate = formats.default(new Ajv({ allErrors: true })).compile(sarifSchema);

function sarifOf(results: readonly Result[], options: RunOptions = {}, changes: Partial<Report> = {}) {
  const document = JSON.parse(runReporter(createSarifReporter(options), results, changes));
  validate(document);
  assert.deepEqual(validate.errors, null);
  return document;
}
const resultsOf = (results: readonly Result[], options?: RunOptions) => sarifOf(results, options).runs[0].results;
const locationOf = (source: string) =>
  resultsOf([{ ...missing, foundAt: [{ source }] }])[0].locations[0].physicalLocation.artifactLocation;

const missing = failedResult('not-found', 'tag', {
  input: 'nginx:9',
  message: 'There is no tag 9.',
  hint: 'Look again.',
  foundAt: [{ source: './k8s/my app.yaml', line: 12, path: 'spec.image' }],
});

describe('the SARIF report', () => {
  it('has a result for each location of a problem', () =>
    assert.deepEqual(resultsOf([pullableResult(), missing]), [
      {
        ruleId: 'not-found',
        ruleIndex: 2,
        level: 'error',
        message: { text: 'nginx:9: There is no tag 9. Look again.' },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'k8s/my%20app.yaml', uriBaseId: '%SRCROOT%' },
              region: { startLine: 12 },
            },
            logicalLocations: [{ fullyQualifiedName: 'spec.image' }],
          },
        ],
        partialFingerprints: {
          'imageAtPlace/v1': '88dd1981abe0a7a3329971df270799b8587e9afe6cfb1ca732037f176ecce79b',
        },
      },
    ]));

  it('uses the image as URI without a file: GitHub requires a location for each result', () => {
    const [result] = resultsOf([failedResult('unreachable', 'dns', { input: 'localhost:5000/a:1' })]);
    assert.deepEqual(result.locations, [{ physicalLocation: { artifactLocation: { uri: 'localhost%3A5000/a%3A1' } } }]);
    assert.match(result.partialFingerprints.primaryLocationLineHash, /^[0-9a-f]{64}$/);
    const [nameless] = resultsOf([failedResult('invalid-reference', null, { input: '' })]);
    assert.equal(nameless.locations[0].physicalLocation.artifactLocation.uri, 'image');
  });

  it('writes files as URIs', () => {
    assert.deepEqual(locationOf('/tmp/a b.yaml'), { uri: 'file:///tmp/a%20b.yaml' });
    assert.deepEqual(locationOf('C:/tmp/ä.yaml'), { uri: 'file:///C:/tmp/%C3%A4.yaml' });
    assert.deepEqual(locationOf('a:b#c?.yaml'), { uri: 'a%3Ab%23c%3F.yaml', uriBaseId: '%SRCROOT%' });
  });

  it('has a rule for each reason, with texts and default level', () => {
    const { driver } = sarifOf([]).runs[0].tool;
    assert.deepEqual(
      driver.rules.map(({ id }: { id: string }) => id).sort(),
      [...UNPULLABLE_REASONS, ...DOUBTS, 'internal-error', ...SKIPS, 'present', 'unreadable'].sort(),
    );
    assert.deepEqual(driver.rules[2], {
      id: 'not-found',
      shortDescription: { text: 'not found' },
      fullDescription: { text: 'The registry has no such repository, tag or digest.' },
      help: { text: 'Check the spelling, push the image, or use an existing tag.' },
      defaultConfiguration: { level: 'error' },
    });
    // What GitHub shows beside an annotation is cut beyond this.
    for (const { fullDescription } of driver.rules) assert.ok(fullDescription.text.length <= 1024);
  });

  it('links each result to its rule', () => {
    const results = [...UNPULLABLE_REASONS, ...DOUBTS].map((reason) => failedResult(reason, null));
    const [{ results: found, tool }] = sarifOf(results).runs;
    for (const { ruleId, ruleIndex } of found) assert.equal(tool.driver.rules[ruleIndex].id, ruleId);
    assert.equal(found.length, results.length);
  });

  it('marks tolerated and skipped images by the level', () => {
    const skipped = failedResult('unresolved-variable', null, { hint: 'Set TAG.' });
    const levels = resultsOf([missing, skipped], { warnOn: ['not-found'] });
    assert.deepEqual(
      levels.map(({ level }: { level: string }) => level),
      ['warning', 'note'],
    );
  });

  it('describes the run', () => {
    const [{ tool, invocations }] = sarifOf([], {}, { exitCode: 4 }).runs;
    const { name, version, semanticVersion } = tool.driver;
    assert.deepEqual([name, version, semanticVersion], ['kairos-pull', '0.1.0', '0.1.0']);
    assert.deepEqual(invocations, [
      {
        executionSuccessful: true,
        exitCode: 4,
        startTimeUtc: '2026-01-01T00:00:00.000Z',
        endTimeUtc: '2026-01-01T00:00:01.230Z',
      },
    ]);
  });

  for (const exitCode of [70, 130]) {
    it(`marks a run that ended with ${exitCode} as unsuccessful`, () =>
      assert.equal(sarifOf([], {}, { exitCode }).runs[0].invocations[0].executionSuccessful, false));
  }

  it('never turns a message into a link or a placeholder', () => {
    const result = failedResult('denied', null, { input: 'a', message: 'See [here](https://x) {0} {name}.' });
    assert.equal(resultsOf([result])[0].message.text, 'a: See [here] (https://x) { 0} {name}.');
  });

  it('writes each result as it arrives', () => {
    const { onResult } = createSarifReporter({});
    assert.match(onResult?.(missing) ?? '', /^\{\n {2}"\$schema": "https:.*\n {8}\{"ruleId":.*\}$/s);
    assert.match(onResult?.(missing) ?? '', /^,\n {8}\{"ruleId":.*\}$/);
  });

  it('is validated against a schema that detects errors', () => {
    const document = sarifOf([missing]);
    const [{ results }] = document.runs;
    results[0].locations[0].physicalLocation.region.startLine = 0;
    assert.equal(validate(document), false);
    results[0].locations[0].physicalLocation = { region: { startLine: 1 } };
    assert.equal(validate(document), false);
    assert.equal(validate({ ...sarifOf([]), results: [] }), false);
  });

  it('matches the schema, whatever the results contain', () => {
    fc.assert(
      fc.property(fc.array(anyResult, { maxLength: 4 }), (results) => {
        for (const result of resultsOf(results)) {
          assert.equal(result.locations.length, 1);
          assert.notEqual(result.locations[0].physicalLocation.artifactLocation.uri, '');
        }
      }),
    );
  });
});
