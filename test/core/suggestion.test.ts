import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { suggest } from '../../src/core/suggestion.ts';

const REASONS = ['not-found', 'not-an-image', 'denied', 'rate-limited', 'unreachable'];

describe('suggest', () => {
  const near: readonly (readonly [string, string])[] = [
    ['not-fuond', 'not-found'],
    ['notfound', 'not-found'],
    ['rate-limit', 'rate-limited'],
    ['Denied', 'denied'],
    ['unreachabel', 'unreachable'],
  ];
  for (const [word, meant] of near) {
    it(`finds ${meant} for ${word}`, () => assert.equal(suggest(word, REASONS), ` Did you mean ${meant}?`));
  }

  it('is empty if nothing is similar', () => assert.equal(suggest('teapot', REASONS), ''));

  it('is empty for a very long word', () => assert.equal(suggest('x'.repeat(1_000_000), REASONS), ''));
});
