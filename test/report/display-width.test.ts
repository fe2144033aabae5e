import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { displayWidth, padToWidth } from '../../src/report/display-width.ts';

describe('displayWidth', () => {
  for (const [text, columns] of [
    ['', 0],
    ['nginx:latest', 12],
    ['\x1b[1mbold\x1b[22m', 4],
    ['Grüße', 5],
    ['Gru\u0308ße', 5],
    ['世界', 4],
    ['한글', 4],
    ['Ａ', 2],
    ['🚀', 2],
    ['✔ → · – ⚠ …', 11],
  ] as const) {
    it(`of ${JSON.stringify(text)} is ${columns}`, () => assert.equal(displayWidth(text), columns));
  }
});

describe('padToWidth', () => {
  it('pads to the number of columns', () => assert.equal(padToWidth('世', 4), '世  '));
  it('does not change a text that is wide enough', () => assert.equal(padToWidth('abc', 2), 'abc'));
});
