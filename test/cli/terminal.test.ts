import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { colorLevel, supportsUnicode, widthOf } from '../../src/cli/terminal.ts';
import { collector } from '../support/command.ts';

const terminal = collector(90).stream;
const pipe = collector(undefined).stream;

describe('colorLevel', () => {
  const cases: readonly (readonly [string, Parameters<typeof colorLevel>, number])[] = [
    ['a terminal has colors', ['auto', { TERM: 'xterm' }, terminal], 1],
    ['a terminal with 256 colors', ['auto', { TERM: 'xterm-256color' }, terminal], 2],
    ['a terminal with true color', ['auto', { TERM: 'xterm-256color', COLORTERM: 'truecolor' }, terminal], 3],
    ['a pipe has no colors', ['auto', { TERM: 'xterm-256color' }, pipe], 0],
    ['TERM=dumb has no colors', ['auto', { TERM: 'dumb' }, terminal], 0],
    ['NO_COLOR disables them', ['auto', { TERM: 'xterm', NO_COLOR: '1' }, terminal], 0],
    ['an empty NO_COLOR does not', ['auto', { TERM: 'xterm', NO_COLOR: '' }, terminal], 1],
    ['FORCE_COLOR enables them in a pipe', ['auto', { FORCE_COLOR: '' }, pipe], 1],
    ['FORCE_COLOR=true', ['auto', { FORCE_COLOR: 'true' }, pipe], 1],
    ['FORCE_COLOR=3', ['auto', { FORCE_COLOR: '3' }, pipe], 3],
    ['FORCE_COLOR=0 disables them', ['auto', { TERM: 'xterm', FORCE_COLOR: '0' }, terminal], 0],
    ['FORCE_COLOR overrides NO_COLOR, as in Node', ['auto', { FORCE_COLOR: '1', NO_COLOR: '1' }, pipe], 1],
    ['--color never overrides the environment', ['never', { FORCE_COLOR: '3' }, terminal], 0],
    ['--color always overrides the environment', ['always', { NO_COLOR: '1', TERM: 'dumb' }, pipe], 1],
  ];
  for (const [name, given, level] of cases) it(name, () => assert.equal(colorLevel(...given), level));
});

describe('widthOf', () => {
  it('is the number of columns of a terminal', () => assert.equal(widthOf(terminal), 90));
  it('is undefined for a pipe', () => assert.equal(widthOf(pipe), undefined));
});

const onLinux = (env: Record<string, string>) => supportsUnicode(env, 'linux');
const onWindows = (env: Record<string, string>) => supportsUnicode(env, 'win32');

describe('supportsUnicode', () => {
  it('accepts a UTF-8 locale in any spelling', () => {
    assert.equal(onLinux({ LANG: 'de_DE.UTF-8' }), true);
    assert.equal(onLinux({ LANG: 'C.utf8' }), true);
  });

  it('rejects any other locale', () => {
    assert.equal(onLinux({ LANG: 'C' }), false);
    assert.equal(onLinux({ LANG: 'de_DE.ISO-8859-1' }), false);
  });

  it('reads LC_ALL first, then LC_CTYPE, then LANG', () => {
    assert.equal(onLinux({ LC_ALL: 'C', LC_CTYPE: 'C.UTF-8', LANG: 'C.UTF-8' }), false);
    assert.equal(onLinux({ LC_ALL: '', LC_CTYPE: 'C.UTF-8', LANG: 'C' }), true);
  });

  it('assumes UTF-8 without a locale, as in containers', () => assert.equal(onLinux({}), true));

  it('rejects the Linux console and dumb terminals', () => {
    assert.equal(onLinux({ TERM: 'linux', LANG: 'C.UTF-8' }), false);
    assert.equal(onLinux({ TERM: 'dumb', LANG: 'C.UTF-8' }), false);
  });

  it('accepts only modern terminals on Windows', () => {
    assert.equal(onWindows({}), false);
    assert.equal(onWindows({ WT_SESSION: '1' }), true);
    assert.equal(onWindows({ CI: 'true' }), true);
  });
});
