import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { outagesOf } from '../../../src/monitor/history/outage.ts';
import { checkAt, checksEvery, DAY, MINUTE } from '../../support/check-records.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const rule = { failAfter: 2, recoverAfter: 2 };

/** First and last check of each outage, by index; null while it is open. */
function indexes(letters: string, { failAfter, recoverAfter } = rule): (number | null)[][] {
  const index = (ms: number | null) => (ms === null ? null : (ms - NOON) / MINUTE);
  return outagesOf(checksEvery(MINUTE, NOON, letters), { failAfter, recoverAfter }).map(
    ({ startedAtMs, endedAtMs }) => [index(startedAtMs), index(endedAtMs)],
  );
}

describe('outagesOf', () => {
  it('opens after failures in a row, and begins with the first of them', () => {
    assert.deepEqual(indexes('aau'), []);
    assert.deepEqual(indexes('aauu'), [[2, null]]);
    assert.deepEqual(indexes('auauaua'), []);
  });

  it('ends after successes in a row, with the first of them', () => {
    assert.deepEqual(indexes('uua'), [[0, null]]);
    assert.deepEqual(indexes('uuaa'), [[0, 2]]);
    assert.deepEqual(indexes('uuaua'), [[0, null]]);
    assert.deepEqual(indexes('uuaauuaa'), [
      [0, 2],
      [4, 6],
    ]);
  });

  it('is neither opened, ended nor prevented by undetermined checks', () => {
    assert.deepEqual(indexes('a????????'), []);
    assert.deepEqual(indexes('u?????u'), [[0, null]]);
    assert.deepEqual(indexes('uu??a?a'), [[0, 4]]);
    assert.deepEqual(indexes('uu?????'), [[0, null]]);
  });

  it('takes the numbers from the rule', () => {
    assert.deepEqual(indexes('ua', { failAfter: 1, recoverAfter: 1 }), [[0, 1]]);
    assert.deepEqual(indexes('uuuaa', { failAfter: 3, recoverAfter: 3 }), [[0, null]]);
  });

  it('stays open over a pause, a gap and a restart', () => {
    const records = [...checksEvery(MINUTE, NOON, 'uu'), ...checksEvery(MINUTE, NOON + DAY, 'uaa')];
    const [outage, ...others] = outagesOf(records, rule);
    assert.deepEqual(others, []);
    assert.equal(outage?.startedAtMs, NOON);
    assert.equal(outage?.endedAtMs, NOON + DAY + MINUTE);
  });

  it('has reason, cause and message of the check that opened it', () => {
    const records = [
      checkAt(NOON, 'unavailable', { reason: 'denied', message: 'Denied.' }),
      checkAt(NOON + MINUTE, 'unavailable', { reason: 'not-found', cause: 'tag', message: 'No such tag.' }),
      checkAt(NOON + 2 * MINUTE, 'unavailable', { reason: 'corrupt' }),
    ];
    assert.deepEqual(outagesOf(records, rule), [
      {
        ...{ resource: 'app', startedAtMs: NOON, endedAtMs: null },
        ...{ reason: 'not-found', cause: 'tag', message: 'No such tag.' },
      },
    ]);
  });

  it('agrees with a search for the rows in the definite checks', () => {
    const letters = fc.array(fc.constantFrom('a', 'a', 'u', 'u', '?'), { maxLength: 80 }).map((list) => list.join(''));
    const count = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(letters, count, count, (checks, failAfter, recoverAfter) => {
        assert.deepEqual(indexes(checks, { failAfter, recoverAfter }), search(checks, failAfter, recoverAfter));
      }),
      { numRuns: 1_000 },
    );
  });
});

function search(letters: string, failAfter: number, recoverAfter: number): (number | null)[][] {
  const definite = [...letters].flatMap((letter, index) => (letter === '?' ? [] : [{ letter, index }]));
  const text = definite.map(({ letter }) => letter).join('');
  const found: (number | null)[][] = [];
  for (let at = 0; at >= 0; ) {
    const start = text.indexOf('u'.repeat(failAfter), at);
    if (start < 0) break;
    const end = text.indexOf('a'.repeat(recoverAfter), start);
    found.push([definite[start]?.index ?? null, definite[end]?.index ?? null]);
    at = end;
  }
  return found;
}
