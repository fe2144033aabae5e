import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { registryQuotes } from '../../src/report/registry-quote.ts';

const quotes = (...registryErrors: { code: string | null; message: string | null }[]) =>
  registryQuotes({ message: 'The registry says no such tag.', registryErrors });

describe('a quote of the registry', () => {
  it('is message and code', () => {
    assert.deepEqual(quotes({ code: 'DENIED', message: 'go\naway' }), ['"go away" (DENIED)']);
    assert.deepEqual(quotes({ code: null, message: 'go away' }), ['"go away"']);
    assert.deepEqual(quotes({ code: 'DENIED', message: null }), ['DENIED']);
    assert.deepEqual(quotes({ code: null, message: null }), []);
  });

  it('is omitted if the message contains it', () =>
    assert.deepEqual(quotes({ code: 'X', message: 'no such tag' }), []));

  it('has no duplicates and at most three items', () => {
    const codes = ['A', 'A', 'B', 'C', 'D'].map((code) => ({ code, message: null }));
    assert.deepEqual(quotes(...codes), ['A', 'B', 'C']);
  });
});
