import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mayConnect } from '../../src/http/address-policy.ts';

describe('mayConnect', () => {
  const cases: readonly [own: string, address: string, realm: boolean, redirect: boolean][] = [
    ['8.8.8.8', '1.1.1.1', true, true],
    ['8.8.8.8', '10.0.0.1', false, false],
    ['8.8.8.8', '127.0.0.1', false, false],
    ['8.8.8.8', '169.254.169.254', false, false],
    ['8.8.8.8', '::ffff:10.0.0.1', false, false],
    ['10.0.0.1', '1.1.1.1', true, true],
    ['10.0.0.1', '10.0.0.2', true, true],
    ['10.0.0.1', 'fd00::1', true, true],
    ['10.0.0.1', '127.0.0.1', false, false],
    ['10.0.0.1', '169.254.169.254', false, false],
    ['127.0.0.1', '127.0.0.1', true, true],
    ['127.0.0.1', '::1', true, true],
    ['::1', '127.0.0.1', true, true],
    ['127.0.0.1', '127.0.0.2', false, true],
    ['127.0.0.2', '127.0.0.1', false, true],
    ['127.0.0.2', '127.0.0.2', true, true],
    ['127.0.0.1', '10.0.0.1', true, true],
    ['127.0.0.1', 'fd00::1', true, true],
    ['127.0.0.1', '100.100.100.200', false, false],
    ['127.0.0.1', '169.254.169.254', false, false],
    ['169.254.7.7', '169.254.7.7', true, true],
    ['169.254.7.7', '169.254.169.254', false, false],
  ];
  for (const [own, address, realm, redirect] of cases) {
    const words = (may: boolean) => (may ? 'may' : 'may not');
    it(`a registry at ${own} ${words(realm)} name ${address} as its realm, ${words(redirect)} redirect there`, () => {
      assert.equal(mayConnect(address, new Set([own]), 'realm'), realm);
      assert.equal(mayConnect(address, new Set([own]), 'redirect'), redirect);
    });
  }

  const mixed: readonly [own: readonly string[], address: string, may: boolean][] = [
    [['10.0.0.5', '8.8.8.8'], '10.0.0.9', false],
    [['10.0.0.5', '8.8.8.8'], '10.0.0.5', false],
    [['127.0.0.1', '8.8.8.8'], '127.0.0.1', false],
    [['127.0.0.1', '8.8.8.8'], '10.0.0.9', false],
    [['127.0.0.1', '10.0.0.5'], '127.0.0.1', false],
    [['127.0.0.1', '10.0.0.5'], '10.0.0.9', true],
    [['127.0.0.1', '::1'], '127.0.0.1', true],
    [['169.254.7.7', '169.254.169.254'], '169.254.169.254', false],
    [['169.254.7.7', '8.8.8.8'], '169.254.7.7', false],
    [['169.254.7.7', '127.0.0.1'], '127.0.0.1', false],
    [['10.0.0.5', '8.8.8.8'], '1.1.1.1', true],
  ];
  for (const [own, address, may] of mixed) {
    it(`a registry at ${own.join(' and ')} ${may ? 'may' : 'may not'} name ${address}`, () => {
      for (const order of [own, own.toReversed()]) {
        assert.equal(mayConnect(address, new Set(order), 'realm'), may);
        assert.equal(mayConnect(address, new Set(order), 'redirect'), may);
      }
    });
  }

  it('a registry that is allowed to may name private and loopback addresses, but no link-local or metadata address', () => {
    const may = (address: string) => mayConnect(address, new Set(['8.8.8.8']), 'realm', true);
    assert.deepEqual(['10.0.0.1', 'fd00::1', '127.0.0.1', '1.1.1.1'].map(may), [true, true, true, true]);
    assert.deepEqual(['169.254.169.254', '168.63.129.16', 'fe80::1', '0.0.0.0'].map(may), [false, false, false, false]);
  });

  it('a registry whose address nobody knows (it is behind a proxy) may name public addresses only', () => {
    assert.equal(mayConnect('1.1.1.1', new Set(), 'realm'), true);
    assert.equal(mayConnect('10.0.0.1', new Set(), 'realm'), false);
    assert.equal(mayConnect('127.0.0.1', new Set(), 'redirect'), false);
  });
});
