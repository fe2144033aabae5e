import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileProblem } from '../../src/file/file-failure.ts';

const problemOf = (action: () => unknown): string | undefined => {
  try {
    action();
  } catch (error) {
    return fileProblem(error);
  }
  return assert.fail('nothing was thrown');
};

describe('fileProblem', () => {
  it('says that a file is not there', () =>
    assert.equal(
      problemOf(() => readFileSync('/nowhere/at/all')),
      'no such file or directory',
    ));

  it('says that a folder is no file', () =>
    assert.equal(
      problemOf(() => readFileSync('/')),
      'it is a directory',
    ));

  it('falls back on the code', () =>
    assert.equal(fileProblem(Object.assign(new Error(), { code: 'EPROTO', syscall: 'read' })), 'EPROTO'));

  it('leaves errors of another kind alone', () => {
    assert.equal(fileProblem(new TypeError('x')), undefined);
    assert.equal(fileProblem(Object.assign(new Error(), { code: 'ERR_INVALID_ARG_TYPE' })), undefined);
    assert.equal(fileProblem(undefined), undefined);
  });
});
