import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { kubernetesExtractor } from '../../src/input/kubernetes.ts';
import { foundLines } from './found-lines.ts';

const find = (kind: string, spec: string) =>
  foundLines(kubernetesExtractor, `apiVersion: tekton.dev/v1\nkind: ${kind}\nmetadata: {name: a}\nspec:\n${spec}`);

describe('tekton', () => {
  it('finds steps, sidecars and the template of steps, with the defaults of parameters', async () =>
    assert.deepEqual(
      await find(
        'Task',
        `  params:
    - { name: BUILDER, default: "registry.example.com/builder:2" }
    - { name: tag, default: "1" }
    - { name: none }
  stepTemplate: { image: "registry.example.com/base:1" }
  steps:
    - name: build
      image: $(params.BUILDER)
    - name: tagged
      image: registry.example.com/a:$(params["tag"])
    - name: later
      image: registry.example.com/b:$(params.none)
  sidecars:
    - { name: db, image: postgres }
`,
      ),
      [
        '9 registry.example.com/base:1 | Task/a/spec.stepTemplate.image',
        '12 registry.example.com/builder:2 | Task/a/build',
        '14 registry.example.com/a:1 | Task/a/tagged',
        '16 registry.example.com/b:$(params.none) | Task/a/later (unresolved-variable: $(params.none) is not resolved.)',
        '18 postgres | Task/a/db',
      ],
    ));

  it('uses what a run passes, and does not choose between several values', async () => {
    const steps =
      '    taskSpec: {params: [{name: t, default: "1"}], steps: [{name: s, image: "r.test/a:$(params.t)"}]}\n';
    assert.deepEqual(
      await find(
        'PipelineRun',
        `  pipelineSpec:\n    tasks:\n    - name: x\n  ${steps}      params: [{name: t, value: "2"}]\n`,
      ),
      ['8 r.test/a:2 | PipelineRun/a/s'],
    );
    const [found = ''] = await find(
      'PipelineRun',
      `  params: [{name: t, value: "3"}]\n  pipelineSpec:\n    tasks:\n    - name: x\n  ${steps}      params: [{name: t, value: "2"}]\n`,
    );
    assert.match(found, /unresolved-variable/);
  });
});
