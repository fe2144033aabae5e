import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildkiteExtractor } from '../../src/input/buildkite.ts';
import { fixture, foundLines } from './found-lines.ts';

const find = (text: string) => foundLines(buildkiteExtractor, text);

describe('buildkite', () => {
  it('finds the images of the pipeline, steps, plugins and pods', async () =>
    assert.deepEqual(await find(fixture('buildkite.yaml')), [
      '1 registry.example.com/agents/base:3 | image',
      '8 node:22 | steps[0].plugins.docker.image',
      '14 golang:1.22 | steps[1].steps[0].image',
      '14 golang:1.23 | steps[1].steps[0].image',
      '22 registry.example.com/build:1 | steps[1].steps[1].plugins.kubernetes/build',
      '27 $REGISTRY/tools:1 | steps[3].plugins.docker.image (unresolved-variable: $REGISTRY is only known at run time.)',
    ]));

  it('reads a list of steps', async () =>
    assert.deepEqual(await find('- command: a\n  plugins: [{"docker#v5.0.0": {image: "node:22"}}]\n'), [
      '2 node:22 | [0].plugins.docker.image',
    ]));

  it('reads a matrix with dimensions and adjustments', async () =>
    assert.deepEqual(
      await find(
        'steps:\n- image: "node:{{matrix.v}}"\n  matrix: {setup: {v: [20]}, adjustments: [{with: {v: 22}}, {with: {v: 18}, skip: true}]}\n',
      ),
      ['2 node:20 | steps[0].image', '2 node:22 | steps[0].image'],
    ));

  for (const [path, head, expected] of [
    ['.buildkite/pipeline.yml', '', true],
    ['.buildkite/release/deploy.yaml', '', true],
    ['buildkite.yml', '', true],
    ['-', 'steps:\n  - command: a\n    plugins:\n      - docker#v5.11.0:\n          image: node\n', true],
    ['ci.yml', '- command: a\n  plugins:\n    - docker#v5.11.0:\n', true],
    ['ci.yml', 'plugins:\n  - a#v1.0:\n', false],
    ['.buildkite/hooks/pre-command', '', false],
  ] as const) {
    it(`${expected ? 'reads' : 'does not read'} ${path} ${JSON.stringify(head)}`, () =>
      assert.equal(buildkiteExtractor.matches(path, head), expected));
  }
});
