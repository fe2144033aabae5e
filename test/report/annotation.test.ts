import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Judgement, judgementOf } from '../../src/core/result.ts';
import { annotationOf } from '../../src/report/annotation.ts';
import { failedResult, pullableResult } from '../support/results.ts';

const missing = failedResult('not-found', 'tag', { message: 'There is no tag 9.', hint: 'Look again.' });

describe('an annotation', () => {
  it('is an error for a definite failure', () =>
    assert.deepEqual(annotationOf(missing, {}), {
      level: 'error',
      rule: 'not-found',
      title: 'not found (tag)',
      message: 'There is no tag 9.',
      hint: 'Look again.',
    }));

  it('is an error for an undetermined result', () =>
    assert.equal(annotationOf(failedResult('unreachable', 'dns'), {})?.level, 'error'));

  it('is a warning for a reason in warnOn', () => {
    assert.equal(annotationOf(missing, { warnOn: ['not-found'] })?.level, 'warning');
    assert.equal(annotationOf(missing, { warnOn: ['unreachable'] })?.level, 'error');
  });

  it('is not created for a pullable image, nor for a skip without a hint', () => {
    assert.equal(annotationOf(pullableResult(), {}), undefined);
    assert.equal(annotationOf(failedResult('local-build', null), {}), undefined);
  });

  it('is a note for a skipped image with a hint', () =>
    assert.equal(annotationOf(failedResult('unresolved-variable', null, { hint: 'Set TAG.' }), {})?.level, 'note'));

  it('is one clean line', () => {
    const annotation = annotationOf(failedResult('denied', null, { message: 'a\n\x1b[31mb', hint: 'c\r\nd' }), {});
    assert.deepEqual([annotation?.message, annotation?.hint], ['a [31mb', 'c d']);
  });
});

describe('an annotation with --expect absent', () => {
  const fails = ({ reason }: Judgement) => reason !== 'not-found';

  it('is an error for an existing image', () =>
    assert.deepEqual(annotationOf(pullableResult(), { fails }), {
      level: 'error',
      rule: 'present',
      title: 'present',
      message: 'The image exists, but was expected to be absent.',
      hint: '',
    }));

  it('is not created for a missing image', () => assert.equal(annotationOf(missing, { fails }), undefined));

  it('is an error for an undetermined result', () => {
    const result = { ...missing, ...judgementOf('rate-limited') };
    assert.equal(annotationOf(result, { fails })?.level, 'error');
  });
});
