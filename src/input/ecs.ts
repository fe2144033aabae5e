// Images in task definitions of Amazon ECS, and in those of a CloudFormation template.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html

import { extractImages } from './document-images.ts';
import type { Extractor, Found } from './extractor.ts';
import { fieldImages } from './image-field.ts';
import { createRepeatFilter, pipelineImage } from './pipeline-image.ts';
import { entriesAt, itemsAt, nodeAt, scalarAt, textAt, type YamlNode } from './yaml-node.ts';

const CONTAINERS = /["']?[cC]ontainerDefinitions["']?[ \t\r]*:/;
const TASK =
  /["']?(?:family|taskDefinition|requiresCompatibilities)["']?[ \t\r]*:|["']?image["']?[ \t\r]*:|AWS::ECS::TaskDefinition/;

/** Kubernetes objects that an operator turns into task definitions. */
const API_VERSION = /["']?apiVersion["']?[ \t]*:/;

export const ecsExtractor: Extractor = {
  name: 'ecs',
  matches: (path, head) =>
    (path === '-' || /\.(?:json|ya?ml|template)$/i.test(path)) &&
    CONTAINERS.test(head) &&
    TASK.test(head) &&
    !API_VERSION.test(head),
  extract: (text, _, { signal }) => extractImages(text, taskImages, { signal }),
};

const RESOURCE = 'AWS::ECS::TaskDefinition';

function* taskImages(document: YamlNode): Generator<Found> {
  const isNew = createRepeatFilter();
  const lines = new Set<number | undefined>();
  for (const found of allImages()) {
    lines.add(found.line);
    if (isNew(found)) yield found;
  }
  // A template has other resources with images.
  for (const found of fieldImages(document, { owner: '', likelihood: 'likely' })) {
    if (!lines.has(found.line)) yield found;
  }

  function* allImages(): Generator<Found> {
    yield* containerImages(document, '', LOWER);
    yield* containerImages(nodeAt(document, 'taskDefinition'), 'taskDefinition.', LOWER);
    for (const [name, resource] of entriesAt(document, 'Resources')) {
      if (textAt(resource, 'Type') !== RESOURCE) continue;
      yield* containerImages(nodeAt(resource, 'Properties'), `Resources.${name}.Properties.`, UPPER);
    }
  }
}

const LOWER = ['containerDefinitions', 'image', 'runtimePlatform', 'cpuArchitecture', 'operatingSystemFamily'] as const;
const UPPER = ['ContainerDefinitions', 'Image', 'RuntimePlatform', 'CpuArchitecture', 'OperatingSystemFamily'] as const;
const ARCHITECTURES: Readonly<Record<string, string>> = { ARM64: 'arm64', X86_64: 'amd64' };

function* containerImages(
  task: YamlNode | undefined,
  prefix: string,
  names: typeof LOWER | typeof UPPER,
): Generator<Found> {
  const [containers, image, platform, architecture, system] = names;
  const arch = ARCHITECTURES[textAt(task, platform, architecture).toUpperCase()];
  const os = textAt(task, platform, system).toUpperCase().startsWith('WINDOWS') ? 'windows' : 'linux';
  for (const [index, container] of itemsAt(task, containers).entries()) {
    const path = `${prefix}${containers}[${index}].${image}`;
    const written = scalarAt(container, image) ?? scalarAt(container, image, 'Fn::Sub');
    const options = { path, ...(arch !== undefined && { platform: `${os}/${arch}` }) };
    if (written !== undefined) yield pipelineImage(written, options);
    else if (nodeAt(container, image) !== undefined) {
      const { line } = nodeAt(container, image) ?? container;
      const message = 'Only known to CloudFormation.';
      yield { text: path, line, path, skip: { reason: 'unresolved-variable', cause: 'incomplete-name', message } };
    }
  }
}
