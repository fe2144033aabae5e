import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Judgement, judgementOf } from '../../src/core/result.ts';
import { alertOf } from '../../src/report/alert.ts';
import { failedResult, pullableResult } from '../support/sample-result.ts';

const missing = failedResult('not-found', 'tag', { message: 'There is no tag 9.', hint: 'Look again.' });

describe('an alert', () => {
  it('is an error for a definite no', () =>
    assert.deepEqual(alertOf(missing, {}), {
      level: 'error',
      rule: 'not-found',
      title: 'not found (tag)',
      message: 'There is no tag 9.',
      hint: 'Look again.',
    }));

  it('is an error when nobody could say', () =>
    assert.equal(alertOf(failedResult('unreachable', 'dns'), {})?.level, 'error'));

  it('is a warning for a reason that does not fail', () => {
    assert.equal(alertOf(missing, { warnOn: ['not-found'] })?.level, 'warning');
    assert.equal(alertOf(missing, { warnOn: ['unreachable'] })?.level, 'error');
  });

  it('is not raised for what is pullable, nor for what is skipped for good', () => {
    assert.equal(alertOf(pullableResult(), {}), undefined);
    assert.equal(alertOf(failedResult('local-build', null), {}), undefined);
  });

  it('is a note for a skipped image somebody can do something about', () =>
    assert.equal(alertOf(failedResult('unresolved-variable', null, { hint: 'Set TAG.' }), {})?.level, 'note'));

  it('is one clean line', () => {
    const alert = alertOf(failedResult('denied', null, { message: 'a\n\x1b[31mb', hint: 'c\r\nd' }), {});
    assert.deepEqual([alert?.message, alert?.hint], ['a [31mb', 'c d']);
  });
});

describe('an alert of a run that wants images absent', () => {
  const fails = ({ reason }: Judgement) => reason !== 'not-found';

  it('is an error for what is there', () =>
    assert.deepEqual(alertOf(pullableResult(), { fails }), {
      level: 'error',
      rule: 'present',
      title: 'present',
      message: 'It is there, but was expected to be absent.',
      hint: '',
    }));

  it('is not raised for what is missing', () => assert.equal(alertOf(missing, { fails }), undefined));

  it('is an error when nobody could say', () => {
    const result = { ...missing, ...judgementOf('rate-limited') };
    assert.equal(alertOf(result, { fails })?.level, 'error');
  });
});
