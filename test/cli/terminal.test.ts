import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { colorLevel, widthOf } from '../../src/cli/terminal.ts';
import { collector } from './run-main.ts';

const terminal = collector(90).stream;
const pipe = collector(undefined).stream;

describe('colorLevel', () => {
  const cases: readonly (readonly [string, Parameters<typeof colorLevel>, number])[] = [
    ['a terminal has colours', ['auto', { TERM: 'xterm' }, terminal], 1],
    ['a terminal of 256 colours', ['auto', { TERM: 'xterm-256color' }, terminal], 2],
    ['a terminal of all colours', ['auto', { TERM: 'xterm-256color', COLORTERM: 'truecolor' }, terminal], 3],
    ['a pipe has none', ['auto', { TERM: 'xterm-256color' }, pipe], 0],
    ['TERM=dumb has none', ['auto', { TERM: 'dumb' }, terminal], 0],
    ['NO_COLOR takes them away', ['auto', { TERM: 'xterm', NO_COLOR: '1' }, terminal], 0],
    ['an empty NO_COLOR does not', ['auto', { TERM: 'xterm', NO_COLOR: '' }, terminal], 1],
    ['FORCE_COLOR gives a pipe some', ['auto', { FORCE_COLOR: '' }, pipe], 1],
    ['FORCE_COLOR=true', ['auto', { FORCE_COLOR: 'true' }, pipe], 1],
    ['FORCE_COLOR=3', ['auto', { FORCE_COLOR: '3' }, pipe], 3],
    ['FORCE_COLOR=0 takes them away', ['auto', { TERM: 'xterm', FORCE_COLOR: '0' }, terminal], 0],
    ['FORCE_COLOR is stronger than NO_COLOR, as in Node', ['auto', { FORCE_COLOR: '1', NO_COLOR: '1' }, pipe], 1],
    ['--color never is stronger than all', ['never', { FORCE_COLOR: '3' }, terminal], 0],
    ['--color always is stronger than all', ['always', { NO_COLOR: '1', TERM: 'dumb' }, pipe], 1],
  ];
  for (const [name, given, level] of cases) it(name, () => assert.equal(colorLevel(...given), level));
});

describe('widthOf', () => {
  it('is the columns of a terminal', () => assert.equal(widthOf(terminal), 90));
  it('is none for a pipe', () => assert.equal(widthOf(pipe), undefined));
});
