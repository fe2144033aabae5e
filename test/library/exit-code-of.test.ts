import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import {
  CAUSES,
  type ExitCodeOptions,
  exitCodeOf,
  REASONS,
  type Reason,
  type Result,
  VERDICTS,
} from '../../src/index.ts';
import { failedResult, pullableResult } from '../support/results.ts';

const of = (reasons: readonly (Reason | null)[], options?: ExitCodeOptions) =>
  exitCodeOf(
    reasons.map((reason) => (reason === null ? pullableResult() : failedResult(reason, null))),
    options,
  );

describe('exitCodeOf', () => {
  it('is that of the command', () => {
    assert.equal(of([null]), 0);
    assert.equal(of([]), 2);
    assert.equal(of(['ignored']), 2);
    assert.equal(of([null, 'ignored']), 0);
    assert.equal(of([null, 'unauthorized', 'unreachable', 'not-found', 'incomplete']), 4);
    assert.equal(of(['unreachable', 'denied']), 3);
    assert.equal(of(['internal-error', 'invalid-reference']), 70);
  });

  it('has the options of the command', () => {
    assert.equal(of([null], { expect: 'absent' }), 7);
    assert.equal(of(['not-found'], { expect: 'absent' }), 0);
    assert.equal(of(['rate-limited', null], { warnOn: ['rate-limited'] }), 0);
    assert.equal(of([null, 'unresolved-variable'], { strict: true }), 2);
    assert.throws(() => of([], { warnOn: ['not-fond' as Reason] }), /Did you mean not-found\?/);
  });
});

describe('exitCodeOf of what is no result', () => {
  const rows: readonly unknown[] = ['x', 5, null, undefined, {}, [1], ['x'], [null], [{ verdict: 'bogus' }]];
  const more = [
    [Promise.resolve(pullableResult())],
    [{ verdict: 'pullable' }],
    [{ verdict: 'skipped', reason: 'denied' }],
  ];
  for (const results of [...rows, ...more]) {
    it(`throws for ${inspect(results)}`, () => {
      assert.throws(() => exitCodeOf(results as Result[]), { code: 'ERR_INVALID_OPTION' });
    });
  }
});

describe('REASONS and CAUSES', () => {
  it('are the values of results', () => {
    assert.equal(new Set(REASONS).size, REASONS.length);
    for (const reason of REASONS) assert.ok(VERDICTS.includes(failedResult(reason, null).verdict));
    assert.ok(Object.keys(CAUSES).every((reason) => (REASONS as readonly string[]).includes(reason)));
  });
});
