import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseMirrorLocation } from '../../src/config/mirror-location.ts';

describe('parseMirrorLocation', () => {
  const good: readonly (readonly [string, object])[] = [
    ['m.example', { location: 'm.example' }],
    ['m.example:5000/hub/', { location: 'm.example:5000/hub' }],
    ['https://m.example', { location: 'm.example', plainHttp: false }],
    ['http://10.0.0.1:5000', { location: '10.0.0.1:5000', plainHttp: true }],
    ['localhost', { location: 'localhost' }],
    ['[::1]:5000', { location: '[::1]:5000' }],
    ['http://cache', { location: 'cache:80', plainHttp: true }],
    ['cache/hub', { location: 'cache:443/hub' }],
  ];
  for (const [text, mirror] of good) {
    it(`reads ${text}`, () => assert.deepEqual(parseMirrorLocation(text), { ok: true, value: mirror }));
  }

  for (const text of ['', 'https://', 'ftp://m.example', 'm.example/Hub', 'a b.example']) {
    it(`rejects "${text}"`, () =>
      assert.deepEqual(parseMirrorLocation(text), {
        ok: false,
        error: `"${text}" is not a mirror; use host[:port][/path].`,
      }));
  }

  it('does not repeat a query, which may contain a token', () =>
    assert.deepEqual(parseMirrorLocation('m.example/x?token=hunter2'), {
      ok: false,
      error: '"m.example/x?***" is not a mirror; use host[:port][/path].',
    }));

  for (const text of [
    'u:hunter2@m.example',
    'https://u:hunter2@m.example',
    'hunter2@m.example',
    'http://u:hunt/er2@m.example',
    'u:hun@ter2@m.example',
  ]) {
    it(`rejects credentials: ${text}`, () =>
      assert.deepEqual(parseMirrorLocation(text), {
        ok: false,
        error: 'the mirror "m.example" must not contain credentials; use docker login instead.',
      }));
  }

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseMirrorLocation(text)));
  });
});
