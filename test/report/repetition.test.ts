import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTextReporter } from '../../src/report/text.ts';
import { failedResult, pullableResult, runReporter } from '../support/results.ts';

const run = (...results: Parameters<typeof runReporter>[1]): string =>
  runReporter(createTextReporter({ color: 0, unicode: true, inputWidths: [10] }), results).split('\n\n')[0] ?? '';

const down = (input: string, times = '1.3 s') =>
  failedResult('registry-error', 'registry', {
    input,
    message: `r.example returned 503 Service Unavailable 3 times in ${times}.`,
    hint: 'Try again later.',
    foundAt: [{ source: 'a.txt', line: 1 }],
  });

describe('the same trouble of a host', () => {
  it('is explained once, whatever time it took', () =>
    assert.equal(
      run(down('r.example/a'), down('r.example/b', '800 ms'), down('r.example/c')),
      `? r.example/a  registry error (server error) · 104 ms
    r.example returned 503 Service Unavailable 3 times in 1.3 s.
    → Try again later.
    at a.txt:1
? r.example/b  registry error (server error) · 104 ms
    at a.txt:1
? r.example/c  registry error (server error) · 104 ms
    at a.txt:1
`.trimEnd(),
    ));

  it('is referred to where something else came between', () => {
    const lines = run(down('r.example/a'), pullableResult({ input: 'nginx' }), down('r.example/b')).split('\n');
    assert.deepEqual(lines.slice(-3), [
      '? r.example/b  registry error (server error) · 104 ms',
      '    Same as for r.example/a.',
      '    at a.txt:1',
    ]);
  });

  it('is not what an image lacks, nor what the message says of the image itself', () => {
    const missing = (input: string) => failedResult('not-found', 'tag', { input, message: 'There is no tag 9.' });
    const ofImage = failedResult('unreachable', 'tcp', { input: 'r.example/a', message: 'Nothing for r.example/a.' });
    assert.equal(run(missing('a'), missing('b')).match(/There is no tag 9/g)?.length, 2);
    assert.equal(run(ofImage, ofImage).match(/Nothing for/g)?.length, 2);
  });
});
