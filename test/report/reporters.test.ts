import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FORMATS } from '../../src/report/format.ts';
import { createReporter } from '../../src/report/reporters.ts';
import { failedResult, pullableResult, reportOn, runReporter } from '../support/results.ts';

const options = { color: 0, unicode: true } as const;

describe('the report formats', () => {
  it('start with text', () =>
    assert.deepEqual(FORMATS, [
      'text',
      'json',
      'ndjson',
      'junit',
      'github',
      'sarif',
      'markdown',
      'prometheus',
      'gitlab',
    ]));

  it('each write a different document', () => {
    const begin = (format: (typeof FORMATS)[number]) =>
      createReporter(format, options).onResult?.(pullableResult())?.slice(0, 9);
    assert.equal(begin('text'), '✔ nginx:l');
    assert.equal(begin('json'), '{\n  "schem'.slice(0, 9));
    assert.equal(begin('ndjson'), '{"input":');
  });

  for (const format of FORMATS) {
    it(`${format} does not keep results: each is read only while it is passed`, () => {
      const results = [pullableResult(), failedResult('not-found', 'tag'), failedResult('unreachable', 'dns')];
      const whole = runReporter(createReporter(format, options), results);
      const reporter = createReporter(format, options);
      const texts = results.map((result) => {
        const { proxy, revoke } = Proxy.revocable(result, {});
        const text = reporter.onResult?.(proxy) ?? '';
        revoke();
        return text;
      });
      assert.equal(texts.join('') + reporter.onEnd(reportOn(results)), whole);
    });
  }
});
