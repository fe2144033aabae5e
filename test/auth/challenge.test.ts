import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { challengesOf } from '../../src/auth/challenge.ts';
import { HttpHeaders } from '../../src/http/headers.ts';

const read = (...lines: string[]) => challengesOf({ headers: new HttpHeaders({ 'www-authenticate': lines }) });

describe('a challenge, as registry clients read it', () => {
  const rows: [string, string, Record<string, string>, string?][] = [
    ['quoted values', 'Bearer realm="https://a/t",service="s"', { realm: 'https://a/t', service: 's' }],
    ['tokens', 'Bearer realm=x,service=y', { realm: 'x', service: 'y' }],
    ['spaces after commas and values', 'Bearer realm="a" ,  service="s" ', { realm: 'a', service: 's' }],
    ['names in any case', 'Bearer REALM="a"', { realm: 'a' }],
    ['an empty value', 'Bearer service="",realm="a"', { service: '', realm: 'a' }],
    ['an escaped quote', 'Basic realm="a \\"b\\" c"', { realm: 'a "b" c' }],
    [
      'a comma in a value',
      'Bearer realm="a",scope="repository:x:pull,push"',
      { realm: 'a', scope: 'repository:x:pull,push' },
    ],
    ['the last of two', 'Bearer realm="a",realm="b"', { realm: 'b' }],
    ['a URL without quotes, to its colon', 'Bearer realm=https://a/t,service="s"', { realm: 'https' }, 'realm'],
    ['nothing after a slash without quotes', 'Bearer service=a/b,realm="c"', { service: 'a' }, 'service'],
    ['nothing after a blank', 'Bearer service="s" realm="a"', { service: 's' }, 'service'],
    ['nothing after a semicolon', 'Bearer service="s"; realm="a"', { service: 's' }, 'service'],
    ['nothing of a quote that never closes', 'Bearer service="s",realm="a', { service: 's' }, 'realm'],
    ['only the first challenge of a line', 'Basic realm="b", Bearer realm="a"', { realm: 'b' }, 'realm'],
  ];
  for (const [name, line, params, unreadable] of rows) {
    it(`has ${name}`, () => {
      const [challenge, ...others] = read(line);
      assert.deepEqual(challenge?.params, params);
      assert.equal(challenge?.unreadable, unreadable);
      assert.deepEqual(others, []);
    });
  }

  it('is one per line', () => {
    assert.deepEqual(
      read('Negotiate', '', 'BASIC realm="x"').map(({ scheme }) => scheme),
      ['negotiate', 'basic'],
    );
  });
});
