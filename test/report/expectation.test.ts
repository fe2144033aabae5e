import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createReporter } from '../../src/report/reporters.ts';
import { failedResult, pullableResult } from '../support/sample-result.ts';

const show = (result: Parameters<NonNullable<ReturnType<typeof createReporter>['onResult']>>[0], quiet = false) =>
  createReporter('text', { color: 0, unicode: true, count: 1, longestInput: 12, quiet, expect: 'absent' }).onResult?.(
    result,
  );

describe('the text report when images are hoped to be absent', () => {
  const absent = failedResult('not-found', 'tag', { input: 'acme/app:2', durationMs: 0 });
  const weak = failedResult('not-found', 'weak-evidence', {
    input: 'acme/app:2',
    durationMs: 0,
    message: 'A 404.',
    hint: null,
  });
  const present = pullableResult({ input: 'acme/app:2', durationMs: 0, digest: null });

  it('marks a signed 404 as well, without a cure', () =>
    assert.equal(show(absent), '✔ acme/app:2    absent · not found (tag)\n'));

  it('is quiet about it when asked to be', () => assert.equal(show(absent, true), ''));

  it('marks what is there as the failure', () => assert.match(show(present) ?? '', /^✖ acme\/app:2 {4}present · /));

  it('does not take an unsigned 404 for an absence', () =>
    assert.equal(show(weak), '✖ acme/app:2    not known to be absent · not found (weak evidence)\n    A 404.\n'));
});
