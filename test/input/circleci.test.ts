import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { circleciExtractor } from '../../src/input/circleci.ts';
import { fixture, foundLines } from './found-lines.ts';

const find = (text: string) => foundLines(circleciExtractor, text);

describe('circleci', () => {
  it('finds the containers of jobs, executors and inline orbs, with the values of their parameters', async () =>
    assert.deepEqual(await find(fixture('circleci.yaml')), [
      '15 cimg/node:20.1 | executors.node.docker[0].image',
      '15 cimg/node:22.1 | executors.node.docker[0].image',
      '16 postgres:16 | executors.node.docker[1].image',
      '20 registry.example.com/base:3 | executors.arm.docker[0].image for linux/arm64',
      '31 golang:1.22 | jobs.build.docker[0].image',
      '31 golang:1.23 | jobs.build.docker[0].image',
      '33 $REGISTRY/db:1 | jobs.build.docker[1].image (unresolved-variable: $REGISTRY is only known at run time.)',
      '49 registry.example.com/deploy:2 | orbs.deploy.executors.default.docker[0].image',
    ]));

  it('does not take the image of a virtual machine for one of a container', async () =>
    assert.deepEqual(
      await find(
        'jobs:\n  a: {machine: {image: "ubuntu-2204:2024.01.1"}}\n  b: {machine: "ubuntu-2204:current"}\n' +
          'executors:\n  c: {machine: {image: "android:2024.01.1"}}\n  d: {macos: {xcode: 15.3.0}}\n',
      ),
      [],
    ));

  it('reports a list that jobs share once', async () =>
    assert.deepEqual(await find('d: &d\n  docker:\n  - image: cimg/go:1.22\njobs:\n  a: {<<: *d}\n  b: {<<: *d}\n'), [
      '3 cimg/go:1.22 | jobs.a.docker[0].image',
    ]));

  it('does not combine values of different calls', async () =>
    assert.deepEqual(
      await find(
        [
          'jobs:',
          '  a: {docker: [{image: "<<parameters.i>>:<<parameters.t>>"}]}',
          'workflows:',
          '  w: {jobs: [{a: {i: node, t: 20}}, {a: {i: python, t: 3}}]}',
        ].join('\n'),
      ),
      ['2 node:20 | jobs.a.docker[0].image', '2 python:3 | jobs.a.docker[0].image'],
    ));

  it('skips a parameter without a value', async () =>
    assert.deepEqual(await find('jobs:\n  a: {docker: [{image: "node:<< parameters.v >>"}]}\n'), [
      '2 node:<< parameters.v >> | jobs.a.docker[0].image (unresolved-variable: << parameters.v >> is only known at run time.)',
    ]));

  for (const [path, head, expected] of [
    ['.circleci/config.yml', '', true],
    ['repo\\.circleci\\continue.yaml', '', true],
    ['-', 'version: 2.1\njobs:\n  a:\n', true],
    ['ci.yml', "version: '2'\nworkflows:\n", true],
    ['compose.yml', 'version: "2.1"\nservices:\n', false],
    ['dependabot.yml', 'version: 2\nupdates:\n', false],
    ['.circleci/README.md', 'version: 2\njobs:\n', false],
  ] as const) {
    it(`${expected ? 'reads' : 'does not read'} ${path} ${JSON.stringify(head)}`, () =>
      assert.equal(circleciExtractor.matches(path, head), expected));
  }
});
