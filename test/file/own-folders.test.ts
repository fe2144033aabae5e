import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { absolutePath, homeFolder, workingFolder } from '../../src/file/own-folders.ts';

describe('the folders of the process and of the person', () => {
  it('are those of the system', () => {
    assert.equal(workingFolder(), process.cwd());
    assert.equal(absolutePath('x'), resolve('x'));
    assert.equal(absolutePath('/x/../y'), resolve('/y'));
    assert.equal(homeFolder({ HOME: '/home/me' }), '/home/me');
    assert.equal(typeof homeFolder({ HOME: '' }), 'string');
  });
});
