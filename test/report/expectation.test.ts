import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createReporter } from '../../src/report/reporters.ts';
import { failedResult, pullableResult } from '../support/results.ts';

const show = (result: Parameters<NonNullable<ReturnType<typeof createReporter>['onResult']>>[0], quiet = false) =>
  createReporter('text', { color: 0, unicode: true, count: 1, inputWidths: [12], quiet, expect: 'absent' }).onResult?.(
    result,
  );

describe('the text report with --expect absent', () => {
  const absent = failedResult('not-found', 'tag', { input: 'acme/app:2', durationMs: 0 });
  const weak = failedResult('not-found', 'weak-evidence', {
    input: 'acme/app:2',
    durationMs: 0,
    message: 'A 404.',
    hint: null,
  });
  const present = pullableResult({ input: 'acme/app:2', durationMs: 0, digest: null });

  it('marks a 404 with a registry error as passed, without an explanation', () =>
    assert.equal(show(absent), '✔ acme/app:2    absent · not found (tag)\n'));

  it('omits it with --quiet', () => assert.equal(show(absent, true), ''));

  it('marks an existing image as the failure', () => assert.match(show(present) ?? '', /^✖ acme\/app:2 {4}present · /));

  it('does not accept a 404 without a registry error as absent', () =>
    assert.equal(show(weak), '✖ acme/app:2    could not be determined · not found (unclear)\n    A 404.\n'));
});
