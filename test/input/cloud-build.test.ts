import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cloudBuildExtractor } from '../../src/input/cloud-build.ts';
import { fixture, foundLines } from './found-lines.ts';

const find = (text: string) => foundLines(cloudBuildExtractor, text);

describe('cloud-build', () => {
  it('finds the image of each step, and none that the build pushes', async () =>
    assert.deepEqual(await find(fixture('cloudbuild.yaml')), [
      '6 golang:1.22 | steps[0].name',
      '9 registry.example.com/tools/docker | steps[1].name',
      '12 registry.example.com/shop/tester:1 | steps[2].name (local-build: Built by an earlier step.)',
      '13 europe-docker.pkg.dev/$PROJECT_ID/tools/deploy | steps[3].name (unresolved-variable: $PROJECT_ID is only known at run time.)',
    ]));

  it('checks an image that only a later step builds', async () =>
    assert.deepEqual(
      await find('steps:\n- {name: "r.test/a:1"}\n- {name: r.test/docker, args: [build, "-t", "r.test/a:1"]}\n'),
      ['2 r.test/a:1 | steps[0].name', '3 r.test/docker | steps[1].name'],
    ));

  it('reads JSON', async () =>
    assert.deepEqual(await find('{"steps": [\n{"name": "gcr.io/example/docker", "args": ["build"]}]}'), [
      '2 gcr.io/example/docker | steps[0].name',
    ]));

  for (const [path, head, expected] of [
    ['cloudbuild.yaml', '', true],
    ['deploy/cloudbuild-release.yml', '', true],
    ['shop.cloudbuild.json', '', true],
    ['-', "steps:\n- name: 'gcr.io/cloud-builders/docker'\n  args: [build]\n", true],
    ['build.yml', 'steps:\n  - id: a\n    name: europe-docker.pkg.dev/x/y/z\n', true],
    ['build.yml', 'steps:\n- name: build\n  image: gcr.io/x/y\n', false],
    ['task.yaml', 'apiVersion: v1\nsteps:\n- name: gcr.io/x/y\n', false],
    ['cloudbuild.md', 'steps:\n', false],
  ] as const) {
    it(`${expected ? 'reads' : 'does not read'} ${path} ${JSON.stringify(head)}`, () =>
      assert.equal(cloudBuildExtractor.matches(path, head), expected));
  }
});
