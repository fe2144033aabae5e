import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { supportsUnicode } from '../../src/report/unicode.ts';

const onLinux = (env: Record<string, string>) => supportsUnicode(env, 'linux');
const onWindows = (env: Record<string, string>) => supportsUnicode(env, 'win32');

describe('supportsUnicode', () => {
  it('believes a locale that says UTF-8, however it is spelt', () => {
    assert.equal(onLinux({ LANG: 'de_DE.UTF-8' }), true);
    assert.equal(onLinux({ LANG: 'C.utf8' }), true);
  });

  it('believes a locale that says something else', () => {
    assert.equal(onLinux({ LANG: 'C' }), false);
    assert.equal(onLinux({ LANG: 'de_DE.ISO-8859-1' }), false);
  });

  it('asks LC_ALL first, then LC_CTYPE, then LANG', () => {
    assert.equal(onLinux({ LC_ALL: 'C', LC_CTYPE: 'C.UTF-8', LANG: 'C.UTF-8' }), false);
    assert.equal(onLinux({ LC_ALL: '', LC_CTYPE: 'C.UTF-8', LANG: 'C' }), true);
  });

  it('takes silence for UTF-8, as in containers', () => assert.equal(onLinux({}), true));

  it('is careful with the Linux console and dumb terminals', () => {
    assert.equal(onLinux({ TERM: 'linux', LANG: 'C.UTF-8' }), false);
    assert.equal(onLinux({ TERM: 'dumb', LANG: 'C.UTF-8' }), false);
  });

  it('trusts the terminals of Windows that are known to be modern', () => {
    assert.equal(onWindows({}), false);
    assert.equal(onWindows({ WT_SESSION: '1' }), true);
    assert.equal(onWindows({ CI: 'true' }), true);
  });
});
