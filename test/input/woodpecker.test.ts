import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { woodpeckerExtractor } from '../../src/input/woodpecker.ts';
import { fixture, foundLines } from './found-lines.ts';

const find = (text: string) => foundLines(woodpeckerExtractor, text);

describe('woodpecker', () => {
  it('finds the images of a Woodpecker workflow, with the values of its matrix', async () =>
    assert.deepEqual(await find(fixture('woodpecker.yaml')), [
      '10 registry.example.com/plugins/git:2 | clone.git.image for linux/arm64',
      '14 golang:1.22 | steps[0].image for linux/arm64',
      '14 golang:1.23 | steps[0].image for linux/arm64',
      '17 registry.example.com/plugins/publish:1 | steps[1].image for linux/arm64',
      `21 registry.example.com/tools:\${CI_COMMIT_SHA} | steps[2].image (unresolved-variable: \${CI_COMMIT_SHA} is only known at run time.)`,
      '25 postgres:16 | services.db.image for linux/arm64',
    ]));

  it('finds the images of Drone pipelines that run containers', async () =>
    assert.deepEqual(await find(fixture('drone.yaml')), [
      '11 golang:1.22 | steps[0].image for linux/arm64',
      '14 shop/tools:1 | steps[1].image (local-build: pull is never: the image must already be on the runner.)',
      '19 redis:7 | services[0].image for linux/arm64',
    ]));

  it('uses only the combinations that a matrix includes', async () =>
    assert.deepEqual(
      await find(
        `matrix:\n  include:\n  - {I: node, T: 22}\n  - {I: python, T: 3}\nsteps:\n  a:\n    image: \${I}:\${T}\n`,
      ),
      ['7 node:22 | steps.a.image', '7 python:3 | steps.a.image'],
    ));

  it('finds the steps of old files', async () =>
    assert.deepEqual(await find('pipeline:\n  build:\n    image: node:22\n'), ['3 node:22 | pipeline.build.image']));

  for (const [path, head, expected] of [
    ['.woodpecker.yml', '', true],
    ['.woodpecker/test.yaml', '', true],
    ['shop/.drone.yml', '', true],
    ['-', 'kind: pipeline\ntype: docker\nsteps:\n', true],
    ['ci.yml', '---\nkind: pipeline\nname: x\n', true],
    ['pipeline.yaml', 'apiVersion: v1\nkind: pipeline\n', false],
    ['pipeline.yaml', 'kind: Pipeline\n', false],
    ['drone.md', 'kind: pipeline\n', false],
  ] as const) {
    it(`${expected ? 'reads' : 'does not read'} ${path} ${JSON.stringify(head)}`, () =>
      assert.equal(woodpeckerExtractor.matches(path, head), expected));
  }
});
