import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type ExitCode, exitCodeOf, exitCodeOfRun, type Policy } from '../../src/core/exit-code.ts';
import { DOUBTS, type Judgement, judgementOf, type Reason, SKIPS, UNPULLABLE_REASONS } from '../../src/core/result.ts';

const PRESENT: Policy = { expect: 'present', warnOn: [] };
const ABSENT: Policy = { expect: 'absent', warnOn: [] };
const PULLABLE: Judgement = { verdict: 'pullable', reason: null, cause: null };

/** Reason -> code, and code under --expect absent. */
const CODES: Readonly<Record<Reason, readonly [ExitCode, ExitCode]>> = {
  unauthorized: [3, 3],
  denied: [3, 3],
  'not-found': [4, 0],
  'platform-missing': [6, 7],
  incomplete: [6, 7],
  corrupt: [6, 7],
  'not-an-image': [6, 7],
  'legacy-schema1': [6, 7],
  'invalid-reference': [2, 2],
  'internal-error': [70, 70],
  unreachable: [5, 5],
  'registry-error': [5, 5],
  'rate-limited': [5, 5],
  'not-a-registry': [5, 5],
  'unresolved-variable': [0, 0],
  'local-build': [0, 0],
  ignored: [0, 0],
};

describe('exitCodeOf', () => {
  it('pullable passes, and fails with --expect absent', () => {
    assert.equal(exitCodeOf(PULLABLE, PRESENT), 0);
    assert.equal(exitCodeOf(PULLABLE, ABSENT), 7);
  });

  for (const [reason, [present, absent]] of Object.entries(CODES)) {
    it(`${reason} is ${present}, and ${absent} with --expect absent`, () => {
      assert.equal(exitCodeOf(judgementOf(reason as Reason), PRESENT), present);
      assert.equal(exitCodeOf(judgementOf(reason as Reason), ABSENT), absent);
    });
  }

  it('a 404 without a registry error is not found, but does not prove absence', () => {
    assert.equal(exitCodeOf(judgementOf('not-found', 'weak-evidence'), PRESENT), 4);
    assert.equal(exitCodeOf(judgementOf('not-found', 'weak-evidence'), ABSENT), 5);
    for (const cause of ['repository', 'tag', 'digest'] as const) {
      assert.equal(exitCodeOf(judgementOf('not-found', cause), ABSENT), 0);
    }
  });

  it('--warn-on tolerates only its reasons', () => {
    for (const warned of [...UNPULLABLE_REASONS, ...DOUBTS]) {
      for (const reason of [...UNPULLABLE_REASONS, ...DOUBTS]) {
        const code = exitCodeOf(judgementOf(reason), { expect: 'present', warnOn: [warned] });
        assert.equal(code, reason === warned ? 0 : CODES[reason][0]);
      }
    }
  });
});

describe('exitCodeOfRun', () => {
  const ORDER: readonly ExitCode[] = [2, 4, 6, 7, 3, 5, 0];

  it('is 0 when all pass', () => assert.equal(exitCodeOfRun([0, 0], 2), 0));

  it('is 2 when nothing was checked', () => {
    assert.equal(exitCodeOfRun([], 0), 2);
    assert.equal(
      exitCodeOfRun(
        SKIPS.map((reason) => exitCodeOf(judgementOf(reason), PRESENT)),
        0,
      ),
      2,
    );
  });

  it('is 0 if some images were skipped and one was checked', () => assert.equal(exitCodeOfRun([0, 0, 0], 1), 0));

  for (const [index, stronger] of ORDER.entries()) {
    for (const weaker of ORDER.slice(index)) {
      it(`${stronger} outranks ${weaker}`, () => {
        assert.equal(exitCodeOfRun([stronger, weaker], 2), stronger);
        assert.equal(exitCodeOfRun([weaker, stronger], 2), stronger);
      });
    }
  }

  it('is 5 only if nothing outranks "cannot tell"', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...ORDER), { minLength: 1 }), (codes) => {
        const worst = ORDER.find((code) => codes.includes(code));
        assert.equal(exitCodeOfRun(codes, codes.length), worst);
      }),
    );
  });
});
