import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { format, inspect } from 'node:util';
import { Secret } from '../../src/credentials/secret.ts';

describe('a secret', () => {
  const secret = new Secret('hunter2');
  const shown: [string, string][] = [
    ['in a template', `${secret}`],
    ['in a list', [secret].join()],
    ['as a string', String(secret)],
    ['as JSON', JSON.stringify({ secret })],
    ['inspected', inspect({ secret }, { showHidden: true, depth: null })],
    [
      'inspected without its custom inspect',
      inspect(secret, { customInspect: false, showHidden: true, getters: true }),
    ],
    ['on the console', format('%s %o %O %j', secret, secret, secret, secret)],
    ['by its property names', JSON.stringify([Reflect.ownKeys(secret), Object.entries(secret)])],
    ['copied', inspect({ ...secret })],
    ['cloned', inspect(structuredClone(secret))],
    ['as an error', inspect(new Error(`${secret}`, { cause: secret }))],
  ];
  for (const [name, text] of shown) {
    it(`does not show ${name}`, () => assert.doesNotMatch(text, /hunter2/));
  }

  it('is shown as ***', () => {
    assert.equal(`${secret} ${JSON.stringify(secret)} ${inspect(secret)}`, '*** "***" ***');
  });

  it('is returned by reveal()', () => assert.equal(secret.reveal(), 'hunter2'));

  it('can be compared', () => {
    assert.equal(secret.equals(new Secret('hunter2')), true);
    assert.equal(secret.equals(new Secret('hunter3')), false);
  });
});
