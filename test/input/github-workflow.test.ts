import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { githubWorkflowExtractor } from '../../src/input/github-workflow.ts';
import { fixture, foundLines } from './found-lines.ts';

const find = (text: string) => foundLines(githubWorkflowExtractor, text);

describe('github-workflow', () => {
  it('finds containers, services and docker:// steps', async () => {
    const later = (variable: string) => `(unresolved-variable: ${variable} is only known at run time.)`;
    assert.deepEqual(await find(fixture('workflow.yaml')), [
      '8 node:22-bookworm | jobs.build.container',
      '11 postgres:16 | jobs.build.services.postgres.image',
      `14 \${{ matrix.redis }} | jobs.build.services.redis.image ${later('$' + '{{ matrix.redis }}')}`,
      '22 ghcr.io/shop/lint:2 | jobs.build.steps[1].uses',
      `24 aquasec/trivy:\${{ env.TRIVY }} | jobs.build.steps[2].uses ${later('$' + '{{ env.TRIVY }}')}`,
      '28 ghcr.io/shop/test:1 | jobs.test.container.image',
    ]);
  });

  it('finds the image of an action, and the steps of a composite one', async () => {
    assert.deepEqual(await find('name: a\nruns:\n  using: docker\n  image: docker://ghcr.io/shop/action:1\n'), [
      '4 ghcr.io/shop/action:1 | runs.image',
    ]);
    assert.deepEqual(await find('runs:\n  using: composite\n  steps:\n  - uses: docker://alpine:3\n'), [
      '4 alpine:3 | runs.steps[0].uses',
    ]);
  });

  it('does not report a Dockerfile or another action as an image', async () => {
    assert.deepEqual(await find('runs:\n  using: docker\n  image: Dockerfile\n'), []);
    assert.deepEqual(await find('jobs:\n  a:\n    steps:\n    - uses: shop/action@v1\n    - uses: ./local\n'), []);
  });

  it('removes docker:// from a container', async () =>
    assert.deepEqual(await find('jobs:\n  a:\n    container: docker://node:22\n'), ['3 node:22 | jobs.a.container']));

  it('reports what it cannot read', async () =>
    assert.deepEqual(await find('jobs:\n  a:\n    container: a: b\n'), [
      '3! Not valid YAML: there are two ": " on this line; put the value in quotes (column 16).',
    ]));

  it('reports a list that an alias repeats once', async () =>
    assert.deepEqual(
      await find('jobs:\n  a:\n    steps: &steps\n    - uses: docker://alpine:3\n  b:\n    steps: *steps\n'),
      ['4 alpine:3 | jobs.a.steps[0].uses'],
    ));

  for (const [path, head, expected] of [
    ['.github/workflows/ci.yml', '', true],
    ['/repo/.gitea/workflows/ci.yaml', '', true],
    ['.github\\workflows\\ci.yml', '', true],
    ['.github/dependabot.yml', 'version: 2\n', false],
    ['action.yml', 'name: a\nruns:\n', true],
    ['action.yml', 'name: a\n', false],
    ['-', 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n', true],
    ['ci.yaml', 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n', true],
    ['README.md', 'jobs:\n  a:\n    runs-on: ubuntu-latest\n', false],
    ['.circleci/config.yml', 'version: 2.1\njobs:\n  a:\n    docker:\n', false],
  ] as const) {
    it(`${expected ? 'is' : 'is not'} ${path}: ${JSON.stringify(head)}`, () =>
      assert.equal(githubWorkflowExtractor.matches(path, head), expected));
  }
});
