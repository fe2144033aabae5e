import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Finding, find } from '../../src/check/finding.ts';
import { gravest } from '../../src/check/gravest.ts';

const MISSING = find('incomplete', 'layer', 'missing.');
const CORRUPT = find('corrupt', 'layer', 'corrupt.');
const DENIED = find('denied', 'no-access', 'denied.');
const DOUBT = find('unreachable', 'dns', 'dns.');
const OTHER_DOUBT = find('registry-error', 'registry', 'error.');

describe('gravest', () => {
  for (const [findings, expected] of [
    [[DOUBT, DENIED, CORRUPT, MISSING], MISSING],
    [[DOUBT, DENIED, CORRUPT], CORRUPT],
    [[DOUBT, DENIED], DENIED],
    [[OTHER_DOUBT, DOUBT], OTHER_DOUBT],
    [[DOUBT], DOUBT],
  ] as readonly [[Finding, ...Finding[]], Finding][]) {
    it(`of ${findings.map(({ reason }) => reason).join(', ')}: ${expected.reason}`, () => {
      assert.equal(
        gravest(findings, (it) => it),
        expected,
      );
    });
  }
});
