import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Result } from '../../src/core/result.ts';
import { createGitlabReporter } from '../../src/report/gitlab.ts';
import type { RunOptions } from '../../src/report/reporter.ts';
import { anyResult } from '../support/arbitrary-result.ts';
import { failedResult, pullableResult, runReporter } from '../support/results.ts';

const gitlabOf = (results: readonly Result[], options: RunOptions = {}) =>
  runReporter(createGitlabReporter(options), results);

const missing = failedResult('not-found', 'tag', {
  input: 'nginx:9',
  message: 'There is no tag 9.',
  hint: 'Look again.',
  foundAt: [{ source: './compose.yaml', line: 12 }],
});

describe('the GitLab report', () => {
  it('is an array with an element for each location of a problem', () =>
    assert.equal(
      gitlabOf([pullableResult(), missing, failedResult('unreachable', 'dns', { input: 'a:1', message: 'No name.' })]),
      `[
  {"description":"nginx:9: There is no tag 9. Look again.","check_name":"not-found","fingerprint":"986c8a4cf1f150a78be99107fdc2ea992e7aa180b13c06c8e2f375d29ea72a7f","severity":"critical","location":{"path":"compose.yaml","lines":{"begin":12}}},
  {"description":"a:1: No name.","check_name":"unreachable","fingerprint":"67695387ed9273d554a79c46605820abd1a37e4301ade657e1f49ac4159c6923","severity":"major","location":{"path":".gitlab-ci.yml","lines":{"begin":1}}}
]
`,
    ));

  it('is an empty array if all images pass', () => assert.equal(gitlabOf([pullableResult()]), '[]\n'));

  it('has a lower severity for a tolerated failure, and the lowest for a skipped image', () => {
    const skipped = failedResult('unresolved-variable', null, { hint: 'Set TAG.' });
    const severities = JSON.parse(gitlabOf([missing, skipped], { warnOn: ['not-found'] }));
    assert.deepEqual(
      severities.map(({ severity }: { severity: string }) => severity),
      ['minor', 'info'],
    );
  });

  it('keeps the fingerprint when lines move, and gives each location its own', () => {
    const at = (...lines: number[]) => ({ ...missing, foundAt: lines.map((line) => ({ source: 'a.txt', line })) });
    const fingerprints = (result: Result): string[] =>
      JSON.parse(gitlabOf([result])).map(({ fingerprint }: { fingerprint: string }) => fingerprint);
    assert.deepEqual(fingerprints(at(3, 7)), fingerprints(at(13, 70)));
    assert.equal(new Set(fingerprints(at(3, 7, 9))).size, 3);
    assert.notDeepEqual(fingerprints(at(3)), fingerprints(missing));
  });

  it('writes each element as it arrives', () => {
    const { onResult } = createGitlabReporter({});
    assert.match(onResult?.(missing) ?? '', /^\[\n {2}\{.*\}$/);
    assert.match(onResult?.(missing) ?? '', /^,\n {2}\{.*\}$/);
  });

  it('has all required fields, whatever the results contain', () => {
    fc.assert(
      fc.property(fc.array(anyResult, { maxLength: 3 }), (results) => {
        for (const element of JSON.parse(gitlabOf(results))) {
          assert.deepEqual(Object.keys(element), ['description', 'check_name', 'fingerprint', 'severity', 'location']);
          assert.match(element.fingerprint, /^[0-9a-f]{64}$/);
          assert.match(element.severity, /^(?:info|minor|major|critical)$/);
          assert.equal(typeof element.description, 'string');
          assert.ok(element.location.path.length > 0);
          assert.ok(Number.isInteger(element.location.lines.begin) && element.location.lines.begin >= 1);
        }
      }),
    );
  });
});
