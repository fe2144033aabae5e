import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { absolutePath, homeDirectory, workingDirectory } from '../../src/file/directories.ts';

describe('the working directory and the home', () => {
  it('are those of the system', () => {
    assert.equal(workingDirectory(), process.cwd());
    assert.equal(absolutePath('x'), resolve('x'));
    assert.equal(absolutePath('/x/../y'), resolve('/y'));
    assert.equal(homeDirectory({ HOME: '/home/me' }), '/home/me');
    assert.equal(typeof homeDirectory({ HOME: '' }), 'string');
  });
});
