import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createNdjsonReporter } from '../../src/report/ndjson.ts';
import { resultDocument } from '../../src/report/result-document.ts';
import { anyResult } from '../support/arbitrary-result.ts';
import { reportOn } from '../support/results.ts';

describe('the ndjson report', () => {
  it('is one element of the JSON results per line, and nothing at the end', () => {
    fc.assert(
      fc.property(fc.array(anyResult, { maxLength: 3 }), (results) => {
        const reporter = createNdjsonReporter();
        const lines = results.map((result) => reporter.onResult?.(result) ?? '');
        for (const line of lines) assert.match(line, /^\{.*\}\n$/);
        assert.deepEqual(
          lines.map((line) => JSON.parse(line)),
          JSON.parse(JSON.stringify(results.map(resultDocument))),
        );
        assert.equal(reporter.onEnd(reportOn(results)), '');
      }),
    );
  });
});
