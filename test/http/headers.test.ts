import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HttpHeaders } from '../../src/http/headers.ts';

describe('HttpHeaders', () => {
  const headers = new HttpHeaders({
    'WWW-Authenticate': ['Basic realm="a, b"', 'Bearer realm="c"'],
    'Content-Type': 'Application/JSON; charset=utf-8',
    age: undefined,
  });

  it('keeps repeated field lines apart', () => {
    assert.deepEqual(headers.all('www-authenticate'), ['Basic realm="a, b"', 'Bearer realm="c"']);
    assert.equal(headers.get('www-authenticate'), 'Basic realm="a, b"');
  });

  it('returns nothing for an absent field', () => {
    assert.equal(headers.get('age'), undefined);
    assert.deepEqual(headers.all('constructor'), []);
    assert.equal(new HttpHeaders().mediaType(), undefined);
  });

  it('gives the media type in lower case without parameters', () => {
    assert.equal(headers.mediaType(), 'application/json');
    assert.equal(new HttpHeaders({ 'content-type': '; charset=utf-8' }).mediaType(), undefined);
  });
});
