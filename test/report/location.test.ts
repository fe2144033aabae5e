import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import type { FoundAt } from '../../src/core/target.ts';
import { locationsOf } from '../../src/report/location.ts';
import type { RunOptions } from '../../src/report/reporter.ts';
import { pullableResult } from '../support/results.ts';

const locations = (foundAt: readonly FoundAt[], options: RunOptions = {}) =>
  locationsOf(pullableResult({ foundAt }), options);
const fileOf = (source: string, options: RunOptions = {}) => locations([{ source }], options)[0]?.file;

describe('the location of an image', () => {
  it('has no file if it is the command line', () =>
    assert.deepEqual(locations([]), [{ origin: 'command line', text: 'command line', occurrence: 1 }]));

  it('has neither file nor line if it is standard input', () =>
    assert.deepEqual(locations([{ source: '-', line: 3 }]), [
      {
        file: undefined,
        line: undefined,
        path: undefined,
        origin: 'standard input',
        text: 'standard input:3',
        occurrence: 1,
      },
    ]));

  it('is a file with line and path', () =>
    assert.deepEqual(locations([{ source: './compose.yaml', line: 12, path: 'services.web.image' }]), [
      {
        file: 'compose.yaml',
        line: 12,
        path: 'services.web.image',
        origin: 'compose.yaml',
        text: 'compose.yaml:12 services.web.image',
        occurrence: 1,
      },
    ]));

  it('counts locations that differ only in the line', () => {
    const found = [
      { source: 'a.txt', line: 1 },
      { source: './a.txt', line: 9 },
      { source: 'b.txt', line: 2 },
      { source: 'a.txt', line: 7, path: 'x' },
    ];
    assert.deepEqual(
      locations(found).map(({ occurrence }) => occurrence),
      [1, 2, 1, 1],
    );
  });
});

describe('the path of a file', () => {
  const repository = resolve('/repo');

  it('is unchanged if no directory is known', () => {
    assert.equal(fileOf('k8s//app.yaml'), 'k8s/app.yaml');
    assert.equal(fileOf('../other/app.yaml'), '../other/app.yaml');
  });

  it('is relative to the working directory', () => {
    assert.equal(fileOf('./k8s/app.yaml', { cwd: repository }), 'k8s/app.yaml');
    assert.equal(fileOf(resolve('/repo/k8s/app.yaml'), { cwd: repository }), 'k8s/app.yaml');
  });

  it('is relative to the repository if it is known', () => {
    const options = { cwd: resolve('/repo/deploy'), repository };
    assert.equal(fileOf('app.yaml', options), 'deploy/app.yaml');
    assert.equal(fileOf('../compose.yaml', options), 'compose.yaml');
  });

  it('is unchanged outside of the repository', () => {
    assert.equal(fileOf('../elsewhere/app.yaml', { cwd: repository }), '../elsewhere/app.yaml');
    assert.equal(fileOf('..app.yaml', { cwd: repository }), '..app.yaml');
  });
});
