import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Finding, finding, worstOf } from '../../src/check/finding.ts';

const MISSING = finding({ reason: 'incomplete', cause: 'layer', message: 'missing.' });
const CORRUPT = finding({ reason: 'corrupt', cause: 'layer', message: 'corrupt.' });
const DENIED = finding({ reason: 'denied', cause: 'no-access', message: 'denied.' });
const DOUBT = finding({ reason: 'unreachable', cause: 'dns', message: 'dns.' });
const OTHER_DOUBT = finding({ reason: 'registry-error', cause: 'registry', message: 'error.' });

describe('worstOf', () => {
  for (const [findings, expected] of [
    [[DOUBT, DENIED, CORRUPT, MISSING], MISSING],
    [[DOUBT, DENIED, CORRUPT], CORRUPT],
    [[DOUBT, DENIED], DENIED],
    [[OTHER_DOUBT, DOUBT], OTHER_DOUBT],
    [[DOUBT], DOUBT],
  ] as readonly [[Finding, ...Finding[]], Finding][]) {
    it(`of ${findings.map(({ reason }) => reason).join(', ')}: ${expected.reason}`, () => {
      assert.equal(
        worstOf(findings, (it) => it),
        expected,
      );
    });
  }
});
