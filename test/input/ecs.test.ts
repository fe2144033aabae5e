import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ecsExtractor } from '../../src/input/ecs.ts';
import { fixture, foundLines } from './found-lines.ts';

const find = (text: string) => foundLines(ecsExtractor, text);

describe('ecs', () => {
  it('finds the images of a task definition, for its platform', async () =>
    assert.deepEqual(await find(fixture('ecs.json')), [
      '7 registry.example.com/shop/web:1 | containerDefinitions[0].image for linux/arm64',
      '10 <IMAGE1_NAME> | containerDefinitions[1].image (unresolved-variable: <IMAGE1_NAME> is only known at run time.)',
      '13 redis | containerDefinitions[2].image for linux/arm64',
    ]));

  it('reads a definition that was downloaded, and those of a CloudFormation template', async () => {
    assert.deepEqual(await find('{"taskDefinition": {"containerDefinitions": [{"image": "a:1"}]}, "tags": []}'), [
      '1 a:1 | taskDefinition.containerDefinitions[0].image',
    ]);
    const template = `Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Image: registry.example.com/web:1
        - Image: { "Fn::Sub": "\${Registry}/web:1" }
        - Image: !Sub "x"
  Build:
    Type: AWS::CodeBuild::Project
    Properties: { Environment: { Image: "registry.example.com/ci:3" } }
`;
    assert.deepEqual(await find(template), [
      '6 registry.example.com/web:1 | Resources.Task.Properties.ContainerDefinitions[0].Image',
      `7 \${Registry}/web:1 | Resources.Task.Properties.ContainerDefinitions[1].Image (unresolved-variable: \${Registry} is only known at run time.)`,
      '8 Resources.Task.Properties.ContainerDefinitions[2].Image | Resources.Task.Properties.ContainerDefinitions[2].Image (unresolved-variable: Only known to CloudFormation.)',
      '11 registry.example.com/ci:3 | Resources.Build.Properties.Environment.Image',
    ]);
  });

  for (const [path, head, expected] of [
    ['task-definition.json', '{ "family": "a", "containerDefinitions": [', true],
    ['-', '{ "containerDefinitions": [{ "image": "a" }] }', true],
    [
      'stack.yaml',
      'Resources:\n  A:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      ContainerDefinitions:\n',
      true,
    ],
    ['schema.json', '{ "containerDefinitions": { "type": "array" } }', false],
    ['task.yaml', 'apiVersion: ecs.example.com/v1\nkind: Task\nspec:\n  family: a\n  containerDefinitions:\n', false],
    ['README.md', '"family": "containerDefinitions":', false],
  ] as const) {
    it(`${expected ? 'reads' : 'does not read'} ${path} ${JSON.stringify(head)}`, () =>
      assert.equal(ecsExtractor.matches(path, head), expected));
  }
});
