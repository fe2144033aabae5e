import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseLocation } from '../../src/http/location.ts';

const BASE = new URL('https://r.example/v2/a/blobs/x');

const read = (location: string): string | undefined => parseLocation(location, BASE)?.url.href;

describe('parseLocation: as Go reads it', () => {
  for (const [location, href] of [
    ['https://cdn.example/b?sig=a%2Bb+c', 'https://cdn.example/b?sig=a%2Bb+c'],
    ['HTTP://cdn.example/b', 'http://cdn.example/b'],
    ['//cdn.example:8443/b', 'https://cdn.example:8443/b'],
    ['/b', 'https://r.example/b'],
    ['../b', 'https://r.example/v2/a/b'],
    ['?y', 'https://r.example/v2/a/blobs/x?y'],
    ['#y', 'https://r.example/v2/a/blobs/x'],
    ['///b/c', 'https://r.example///b/c'],
    ['https://cdn.example/a b', 'https://cdn.example/a%20b'],
    ['https://cdn.example/ä', 'https://cdn.example/%C3%A4'],
    ['https://cdn.example/b?x=%zz', 'https://cdn.example/b?x=%zz'],
    ['https://cdn.example/a\\b', 'https://cdn.example/a%5Cb'],
    ['https://user:p%40ss@cdn.example/b', 'https://cdn.example/b'],
    ['https://cdn.example:/b', 'https://cdn.example/b'],
    ['https://[fd00::5]:5000/b', 'https://[fd00::5]:5000/b'],
    ['https://10.0.0.1/b', 'https://10.0.0.1/b'],
    ['https://bücher.example/b', 'https://xn--bcher-kva.example/b'],
  ] as const) {
    it(`${location} is ${href}`, () => assert.equal(read(location), href));
  }

  for (const location of [
    '',
    'https://cdn.example/%zz/b',
    'https://cdn.example/b%',
    'https://cdn.example/b#%zz',
    'https://cdn%2eexample/b',
    'https://a%zz@cdn.example/b',
    'https://a b@cdn.example/b',
    'https:\\\\cdn.example\\b',
    'https://cdn.example\\b',
    'https:/cdn.example/b',
    'https:cdn.example/b',
    'https:///cdn.example/b',
    'https://',
    'https://./b',
    'https://cdn.example:x/b',
    'https://cdn.example:99999/b',
    'https://cdn .example/b',
    'https://127.1/b',
    'https://0x7f.0.0.1/b',
    'https://cdn.example/\tb',
    'https://cdn.example/b?x y',
    'ftp://cdn.example/b',
    'javascript:alert(1)',
    'sha256:abc',
    '1cdn:b',
    ':/b',
    'http://[',
  ]) {
    it(`${JSON.stringify(location)} leads nowhere`, () => assert.equal(read(location), undefined));
  }

  it('reads bytes that are UTF-8 as such', () => {
    const bytes = Buffer.from('https://bücher.example/é').toString('latin1');
    assert.equal(read(bytes), 'https://xn--bcher-kva.example/%C3%A9');
  });
});

describe('parseLocation: what is requested there, as Go sends it', () => {
  const BASE_TARGET = '/v2/a/%2e%2e/x?q';
  for (const [location, target] of [
    ['https://cdn.example', '/'],
    ['https://cdn.example?', '/?'],
    ['https://cdn.example/a/%2e%2e/b', '/a/%2e%2e/b'],
    ['/a/.%2E/b/%2e/c', '/a/.%2E/b/%2e/c'],
    ['https://cdn.example/a/../b/./c', '/b/c'],
    ['https://cdn.example/../../b', '/b'],
    ['/a/b/..', '/a/'],
    ['/a/.', '/a/'],
    ['/..', '/'],
    ['//cdn.example//a//b/', '//a//b/'],
    ['///a/b', '///a/b'],
    ['b', '/v2/a/%2e%2e/b'],
    ['../b', '/v2/a/b'],
    ['#y', '/v2/a/%2e%2e/x?q'],
    ['?', '/v2/a/%2e%2e/x?'],
    ['?y', '/v2/a/%2e%2e/x?y'],
    ['/b?', '/b?'],
    ['/b?a=b|c^d`e{f}"g<h>i\'j', '/b?a=b|c^d`e{f}"g<h>i\'j'],
    ["/a'(b)[c]", "/a'(b)[c]"],
    ["/a'(b)|c%2fd%41", '/a%27%28b%29%7Cc/dA'],
    ['/a b', '/a%20b'],
    ['/%41%7e%3a', '/%41%7e%3a'],
    ['/\xc3\xa9/\xe9', '/%C3%A9/%E9'],
    ['/b?\xc3\xa9', '/b?\xc3\xa9'],
    ['/a\\b', '/a%5Cb'],
  ] as const) {
    it(`${location} requests ${target}`, () =>
      assert.equal(parseLocation(location, BASE, BASE_TARGET)?.target, target));
  }
});
