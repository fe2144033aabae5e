import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { azurePipelinesExtractor } from '../../src/input/azure-pipelines.ts';
import { fixture, foundLines } from './found-lines.ts';

const find = (text: string) => foundLines(azurePipelinesExtractor, text);

describe('azure-pipelines', () => {
  it('finds container resources, and the containers and services of jobs', async () =>
    assert.deepEqual(await find(fixture('azure-pipelines.yaml')), [
      '10 registry.example.com/build/linux:2 | resources.containers[0].image',
      '13 redis:7 | resources.containers[1].image',
      '15 shop/tools:1 | resources.containers[2].image (local-build: localImage is true: the image must already be on the agent.)',
      '21 shop.azurecr.io/web | resources.containers[3] (unresolved-variable: The tag is that of the push that triggers the run.)',
      '31 postgres:16 | stages[0].jobs[0].services.db',
      '40 ubuntu:20.04 | stages[0].jobs[1].container',
      '40 ubuntu:24.04 | stages[0].jobs[1].container',
      '44 mcr.example.com/tools:2 | stages[0].jobs[2].container.image',
      `49 registry.example.com/manual:$(Build.BuildId) | stages[0].jobs[3].\${{ if eq(variables['Build.Reason'], 'Manual') }}[0].container (unresolved-variable: $(Build.BuildId) is only known at run time.)`,
    ]));

  it('finds the container of a pipeline with steps only', async () =>
    assert.deepEqual(await find('pool: {vmImage: x}\ncontainer: ubuntu:22.04\nsteps: []\n'), [
      '2 ubuntu:22.04 | container',
    ]));

  it('takes a bare word for an image only where no other file can declare a container of that name', async () => {
    assert.deepEqual(await find('trigger: none\ncontainer: node\nsteps: []\n'), ['2 node | container']);
    for (const text of [
      'jobs:\n- {job: a, container: node}\n',
      'trigger: none\nextends: {template: t.yml}\njobs:\n- {job: a, container: node}\n',
    ]) {
      const [found = ''] = await find(text);
      assert.match(found, /unresolved-variable: node may be a container resource of the pipeline/);
    }
  });

  it('uses the default of a parameter', async () =>
    assert.deepEqual(
      await find(
        `parameters:\n- {name: image, default: "node:22"}\njobs:\n- job: a\n  container: \${{ parameters.image }}\n- job: b\n  container: \${{ parameters.other }}\n`,
      ),
      [
        '5 node:22 | jobs[0].container',
        `7 \${{ parameters.other }} | jobs[1].container (unresolved-variable: \${{ parameters.other }} is only known at run time.)`,
      ],
    ));

  for (const [path, head, expected] of [
    ['azure-pipelines.yml', '', true],
    ['ci/azure-pipelines-release.yaml', '', true],
    ['.azure-pipelines/jobs/build.yml', '', true],
    ['-', 'trigger: [main]\npool:\n  vmImage: ubuntu-latest\nsteps:\n- script: make\n', true],
    ['ci.yml', 'stages:\n- stage: build\n  jobs:\n  - job: a\n', true],
    ['ci.yml', 'steps:\n- task: Docker@2\n', true],
    ['ci.yml', 'on: push\njobs:\n  a:\n    runs-on: x\n    steps: []\n', false],
    ['ci.yml', 'stages: [a]\na:\n  script: x\n', false],
    ['ci.yml', 'steps:\n- name: gcr.io/x\n', false],
    ['README.md', 'pool:\nsteps:\n', false],
  ] as const) {
    it(`${expected ? 'reads' : 'does not read'} ${path} ${JSON.stringify(head)}`, () =>
      assert.equal(azurePipelinesExtractor.matches(path, head), expected));
  }
});
