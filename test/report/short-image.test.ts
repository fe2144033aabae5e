import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shortenImage } from '../../src/report/short-image.ts';

describe('shortenImage', () => {
  const name = 'registry.example/team/payment-gateway:2025.11.28-rc.3';
  const at = (columns: number) => shortenImage(name, columns, true);

  it('keeps the end, and cuts where a word begins', () => {
    assert.equal(at(80), name);
    assert.equal(at(45), '…/team/payment-gateway:2025.11.28-rc.3');
    assert.equal(at(33), '…/payment-gateway:2025.11.28-rc.3');
    assert.equal(at(26), '…-gateway:2025.11.28-rc.3');
    assert.equal(at(18), '…:2025.11.28-rc.3');
    assert.equal(at(15), '…11.28-rc.3');
    assert.equal(at(6), '…-rc.3');
  });

  it('cuts a word only if none fits', () => {
    assert.equal(shortenImage('registry.example/abcdefghij', 6, true), '…fghij');
    assert.equal(shortenImage('registry.example/abcdefghij', 8, false), '...fghij');
  });
});
