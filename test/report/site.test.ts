import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import type { FoundAt } from '../../src/core/target.ts';
import type { RunOptions } from '../../src/report/reporter.ts';
import { sitesOf } from '../../src/report/site.ts';
import { pullableResult } from '../support/sample-result.ts';

const sites = (foundAt: readonly FoundAt[], options: RunOptions = {}) => sitesOf(pullableResult({ foundAt }), options);
const fileOf = (source: string, options: RunOptions = {}) => sites([{ source }], options)[0]?.file;

describe('the site of an image', () => {
  it('has no file when it is the command line', () =>
    assert.deepEqual(sites([]), [{ origin: 'command line', text: 'command line', occurrence: 1 }]));

  it('has no file when it is standard input, and no line of a file', () =>
    assert.deepEqual(sites([{ source: '-', line: 3 }]), [
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
    assert.deepEqual(sites([{ source: './compose.yaml', line: 12, path: 'services.web.image' }]), [
      {
        file: 'compose.yaml',
        line: 12,
        path: 'services.web.image',
        origin: 'compose.yaml',
        text: 'compose.yaml:12 services.web.image',
        occurrence: 1,
      },
    ]));

  it('counts places that differ in nothing but the line', () => {
    const places = [
      { source: 'a.txt', line: 1 },
      { source: './a.txt', line: 9 },
      { source: 'b.txt', line: 2 },
      { source: 'a.txt', line: 7, path: 'x' },
    ];
    assert.deepEqual(
      sites(places).map(({ occurrence }) => occurrence),
      [1, 2, 1, 1],
    );
  });
});

describe('the path of a file', () => {
  const repository = resolve('/repo');

  it('is as written when nothing is known of the folder', () => {
    assert.equal(fileOf('k8s//app.yaml'), 'k8s/app.yaml');
    assert.equal(fileOf('../other/app.yaml'), '../other/app.yaml');
  });

  it('is relative to the folder the command runs in', () => {
    assert.equal(fileOf('./k8s/app.yaml', { cwd: repository }), 'k8s/app.yaml');
    assert.equal(fileOf(resolve('/repo/k8s/app.yaml'), { cwd: repository }), 'k8s/app.yaml');
  });

  it('is relative to the repository when that is known', () => {
    const options = { cwd: resolve('/repo/deploy'), repository };
    assert.equal(fileOf('app.yaml', options), 'deploy/app.yaml');
    assert.equal(fileOf('../compose.yaml', options), 'compose.yaml');
  });

  it('stays as written outside of the repository', () => {
    assert.equal(fileOf('../elsewhere/app.yaml', { cwd: repository }), '../elsewhere/app.yaml');
    assert.equal(fileOf('..app.yaml', { cwd: repository }), '..app.yaml');
  });
});
