import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { registryQuotes } from '../../src/report/registry-quote.ts';

const quotes = (...registryErrors: { code: string | null; message: string | null }[]) =>
  registryQuotes({ message: 'The registry says no such tag.', registryErrors });

describe('a quote of the registry', () => {
  it('is its message and code', () => {
    assert.deepEqual(quotes({ code: 'DENIED', message: 'go\naway' }), ['"go away" (DENIED)']);
    assert.deepEqual(quotes({ code: null, message: 'go away' }), ['"go away"']);
    assert.deepEqual(quotes({ code: 'DENIED', message: null }), ['DENIED']);
    assert.deepEqual(quotes({ code: null, message: null }), []);
  });

  it('is left out when our sentence says it already', () =>
    assert.deepEqual(quotes({ code: 'X', message: 'no such tag' }), []));

  it('comes once, and not more than three times', () => {
    const codes = ['A', 'A', 'B', 'C', 'D'].map((code) => ({ code, message: null }));
    assert.deepEqual(quotes(...codes), ['A', 'B', 'C']);
  });
});
