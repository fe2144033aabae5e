import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { summarise, tallyOf } from '../../src/core/report.ts';
import type { Result } from '../../src/core/result.ts';
import { createJsonReporter } from '../../src/report/json.ts';
import { resultDocument } from '../../src/report/result-document.ts';
import { anyResult } from '../support/arbitrary-result.ts';
import { failedResult, pullableResult } from '../support/results.ts';

const tool = { name: 'kairos-pull', version: '0.1.0' };

function jsonOf(results: readonly Result[], exitCode = 0, notChecked = 0): string {
  const reporter = createJsonReporter();
  const elements = results.map((result) => reporter.onResult?.(result)).join('');
  const end = { interrupted: exitCode === 130, notChecked, summary: summarise(tallyOf(results)), durationMs: 1 };
  return elements + reporter.onEnd({ tool, exitCode, ...end });
}

const request = {
  purpose: 'manifest',
  method: 'HEAD',
  url: 'https://registry-1.docker.io/v2/library/nginx/manifests/latest',
  status: 200,
  durationMs: 31,
  attempt: 1,
} as const;

describe('the JSON document', () => {
  it('reports an interrupted run and the number of unchecked images', () => {
    const { exitCode, interrupted, notChecked } = JSON.parse(jsonOf([pullableResult()], 130, 7));
    assert.deepEqual({ exitCode, interrupted, notChecked }, { exitCode: 130, interrupted: true, notChecked: 7 });
  });

  it('is a document even without results', () =>
    assert.equal(
      jsonOf([], 2),
      `{
  "schemaVersion": 1,
  "results": [],
  "problems": [],
  "tool": {
    "name": "kairos-pull",
    "version": "0.1.0"
  },
  "exitCode": 2,
  "interrupted": false,
  "notChecked": 0,
  "summary": {
    "total": 0,
    "pullable": 0,
    "unpullable": 0,
    "undetermined": 0,
    "skipped": 0
  },
  "skipReasons": {
    "unresolved-variable": 0,
    "local-build": 0,
    "ignored": 0
  },
  "leftOut": {
    "gitignore": 0,
    "exclude": 0
  },
  "policy": {
    "expect": "present",
    "warnOn": [],
    "strict": false
  },
  "shard": null
}
`,
    ));

  it('is formatted as by JSON.stringify, although it is streamed', () => {
    const text = jsonOf([pullableResult({ requests: [request] }), failedResult('not-found', 'tag')], 4);
    assert.equal(text, `${JSON.stringify(JSON.parse(text), null, 2)}\n`);
  });

  it('has every key of every result, null if there is no value', () => {
    const result = failedResult('unauthorized', 'bad-credentials', {
      foundAt: [{ source: 'compose.yaml' }],
      credential: { source: '~/.docker/config.json', kind: 'identity-token' },
      requests: [request],
    });
    assert.deepEqual(JSON.parse(jsonOf([result], 3)), {
      schemaVersion: 1,
      problems: [],
      tool,
      skipReasons: { 'unresolved-variable': 0, 'local-build': 0, ignored: 0 },
      leftOut: { gitignore: 0, exclude: 0 },
      policy: { expect: 'present', warnOn: [], strict: false },
      shard: null,
      exitCode: 3,
      interrupted: false,
      notChecked: 0,
      summary: { total: 1, pullable: 0, unpullable: 1, undetermined: 0, skipped: 0 },
      results: [
        {
          input: 'nginx:latest',
          foundAt: [{ source: 'compose.yaml', line: null, path: null }],
          reference: {
            registry: 'docker.io',
            repository: 'library/nginx',
            tag: 'latest',
            digest: null,
            canonical: 'docker.io/library/nginx:latest',
          },
          verdict: 'unpullable',
          reason: 'unauthorized',
          cause: 'bad-credentials',
          proof: null,
          warnings: [],
          message: 'It cannot be pulled.',
          hint: null,
          hintCode: null,
          retryAfterSeconds: null,
          digest: null,
          mediaType: null,
          platforms: null,
          selected: null,
          blobs: null,
          servedBy: null,
          registryErrors: [],
          credential: { source: '~/.docker/config.json', kind: 'identity-token', username: null },
          rateLimit: null,
          requests: [{ ...request, error: null }],
          startedAt: '2026-01-01T00:00:00.000Z',
          durationMs: 104,
        },
      ],
    });
  });

  it('writes each result as it arrives', () => {
    const { onResult } = createJsonReporter();
    assert.match(
      onResult?.(pullableResult()) ?? '',
      /^\{\n {2}"schemaVersion": 1,\n {2}"results": \[\n {4}\{\n {6}"input": "nginx:latest",\n.*\n {4}\}$/s,
    );
    assert.match(onResult?.(pullableResult()) ?? '', /^,\n {4}\{\n {6}"input": "nginx:latest",\n/);
  });

  it('escapes control characters and keeps the data', () => {
    const input = 'a\x1b[31m\x7f\x9b2J\u202eb\u2028\u{e0001}é';
    const text = jsonOf([pullableResult({ input })]);
    assert.ok(text.includes('"a\\u001b[31m\\u007f\\u009b2J\\u202eb\\u2028\\udb40\\udc01é"'));
    assert.equal(JSON.parse(text).results[0].input, input);
  });

  it('escapes commands for the log of a pipeline and keeps the data', () => {
    const input = '##[set-output name=result;]passed ##vso[task.complete]';
    const text = jsonOf([pullableResult({ input })]);
    assert.doesNotMatch(text, /##\w*\[/);
    assert.equal(JSON.parse(text).results[0].input, input);
  });

  it('parses to the same data, whatever the results contain', () => {
    fc.assert(
      fc.property(fc.array(anyResult, { maxLength: 3 }), (results) => {
        const document = JSON.parse(jsonOf(results));
        assert.deepEqual(document.results, JSON.parse(JSON.stringify(results.map(resultDocument))));
        assert.deepEqual(
          document.results.map((result: Result) => result.input),
          results.map(({ input }) => input),
        );
      }),
    );
  });
});
