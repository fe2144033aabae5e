import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bitbucketExtractor } from '../../src/input/bitbucket.ts';
import { fixture, foundLines } from './found-lines.ts';

const find = (text: string) => foundLines(bitbucketExtractor, text);

describe('bitbucket', () => {
  it('finds the images of the pipeline, services, steps and pipes, each once', async () =>
    assert.deepEqual(await find(fixture('bitbucket.yaml')), [
      '2 registry.example.com/tools/build:4 | image.name',
      '9 postgres:16 | definitions.services.db.image',
      '13 registry.example.com/queue:2 | definitions.services.queue.image.name',
      '19 node:22 | definitions.steps[0].step.image',
      '29 python:3.12 | pipelines.default[1].parallel[0].step.image',
      '31 registry.example.com/pipes/notify:1 | pipelines.default[1].parallel[0].step.script[0].pipe',
      '39 golang:$GO_VERSION | pipelines.branches.main[0].stage.steps[0].step.image (unresolved-variable: $GO_VERSION is only known at run time.)',
      '43 atlassian/example-deploy:1.2.0 | pipelines.branches.main[0].stage.steps[0].step.after-script[0].pipe (unresolved-variable: The image of this pipe is in pipe.yml of its repository, atlassian/example-deploy.)',
      '52 rust:1.80 | pipelines.custom.nightly[1].parallel.steps[0].step.image.name',
    ]));

  it('reads a branch called step or image', async () =>
    assert.deepEqual(await find('pipelines:\n  branches:\n    image:\n    - step: {image: node:22}\n'), [
      '4 node:22 | pipelines.branches.image[0].step.image',
    ]));

  for (const [path, head, expected] of [
    ['bitbucket-pipelines.yml', 'image: node\n', true],
    ['ci/shop.bitbucket-pipelines.yaml', '', true],
    ['-', 'image: node\npipelines:\n  default:\n  - step:\n      script: [a]\n', true],
    ['ci.yml', 'pipelines:\n  default:\n    - parallel:\n', true],
    ['ci.yml', 'pipelines: a\n', false],
    ['bitbucket-pipelines.md', 'pipelines:\n  - step:\n', false],
  ] as const) {
    it(`${expected ? 'reads' : 'does not read'} ${path} ${JSON.stringify(head)}`, () =>
      assert.equal(bitbucketExtractor.matches(path, head), expected));
  }
});
