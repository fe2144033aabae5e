import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createGithubSummaryReporter, githubOutputs } from '../../src/report/github-files.ts';
import { failedResult, pullableResult, reportOn, runReporter } from '../support/results.ts';

describe('the outputs of a GitHub step', () => {
  it('are the result, the exit code and the counts', () =>
    assert.equal(
      githubOutputs(reportOn([pullableResult(), failedResult('not-found', 'tag')], { exitCode: 4 })),
      `result=failed
exit-code=4
total=2
pullable=1
unpullable=1
undetermined=0
skipped=0
json={"result":"failed","exitCode":4,"total":2,"pullable":1,"unpullable":1,"undetermined":0,"skipped":0}
`,
    ));

  for (const [exitCode, result] of [
    [0, 'passed'],
    [5, 'undetermined'],
    [2, 'failed'],
    [130, 'failed'],
  ] as const) {
    it(`are ${result} for exit code ${exitCode}`, () =>
      assert.equal(githubOutputs(reportOn([], { exitCode })).split('\n')[0], `result=${result}`));
  }
});

describe('the GitHub job summary', () => {
  it("is the Markdown report, longer than a comment and below GitHub's limit", () => {
    const results = Array.from({ length: 20_000 }, (_, index) => pullableResult({ input: `app:${index}` }));
    const bytes = Buffer.byteLength(runReporter(createGithubSummaryReporter({}), results));
    assert.ok(bytes > 990_000 && bytes <= 1_000_000, String(bytes));
  });
});
