// Images in Bitbucket pipelines: of the pipeline, its steps and services, and of pipes.
// https://support.atlassian.com/bitbucket-cloud/docs/docker-image-options/

import { basename } from 'node:path';
import { extractImages } from './document-images.ts';
import type { Extractor, Found } from './extractor.ts';
import { createRepeatFilter, isYamlPath, pipelineImage } from './pipeline-image.ts';
import { entriesAt, itemsAt, nodeAt, scalarAt, type YamlNode, type YamlScalar } from './yaml-node.ts';

const PIPELINE_FILE = /^(?:.*[-_.])?bitbucket-pipelines?(?:[-_.].*)?\.ya?ml$/i;
const PIPELINES = /^["']?pipelines["']?:[ \t]*(?:#.*)?$/m;
const STEP = /^[ \t]+-[ \t]+["']?(?:step|stage|parallel|pipe)["']?:/m;
const DOCKER = 'docker://';

export const bitbucketExtractor: Extractor = {
  name: 'bitbucket',
  matches: (path, head) =>
    PIPELINE_FILE.test(basename(path)) || (isYamlPath(path) && PIPELINES.test(head) && STEP.test(head)),
  extract: (text, _, { signal }) => extractImages(text, pipelineImages, { signal }),
};

function* pipelineImages(pipeline: YamlNode): Generator<Found> {
  const isNew = createRepeatFilter();
  const seen = new Set<YamlNode>();
  for (const found of allImages()) if (isNew(found)) yield found;

  function* allImages(): Generator<Found> {
    yield* imageOf(pipeline, 'image');
    for (const [name, service] of entriesAt(pipeline, 'definitions', 'services')) {
      yield* imageOf(service, `definitions.services.${name}.image`);
    }
    yield* stepImages(nodeAt(pipeline, 'definitions', 'steps'), 'definitions.steps');
    yield* stepImages(nodeAt(pipeline, 'definitions', 'pipelines'), 'definitions.pipelines');
    yield* stepImages(nodeAt(pipeline, 'pipelines'), 'pipelines');
  }

  /** Steps are in stages, in parallel groups and under names of branches. */
  function* stepImages(node: YamlNode | undefined, path: string): Generator<Found> {
    if (node === undefined || node.kind === 'scalar' || seen.has(node)) return;
    seen.add(node);
    if (node.kind === 'list') {
      for (const [index, item] of node.items.entries()) yield* stepImages(item, `${path}[${index}]`);
      return;
    }
    for (const [key, value] of node.entries) {
      if (key === 'step') yield* imagesOfStep(value, `${path}.step`);
      else if (key !== 'variables') yield* stepImages(value, `${path}.${key}`);
    }
  }

  function* imagesOfStep(step: YamlNode, path: string): Generator<Found> {
    if (seen.has(step)) return;
    seen.add(step);
    yield* imageOf(step, `${path}.image`);
    for (const script of ['script', 'after-script']) {
      const commands = nodeAt(step, script);
      if (commands === undefined || seen.has(commands)) continue;
      seen.add(commands);
      for (const [index, command] of itemsAt(commands).entries()) {
        const pipe = scalarAt(command, 'pipe');
        if (pipe !== undefined) yield imageOfPipe(pipe, `${path}.${script}[${index}].pipe`);
      }
    }
  }
}

/** An image is a text, or a map with a name. */
function* imageOf(parent: YamlNode, path: string): Generator<Found> {
  const short = scalarAt(parent, 'image');
  const long = scalarAt(parent, 'image', 'name');
  if (short !== undefined) yield pipelineImage(short, { path });
  else if (long !== undefined) yield pipelineImage(long, { path: `${path}.name` });
}

/** https://support.atlassian.com/bitbucket-cloud/docs/what-are-pipes/ */
function imageOfPipe(pipe: YamlScalar, path: string): Found {
  if (pipe.text.startsWith(DOCKER)) return pipelineImage({ ...pipe, text: pipe.text.slice(DOCKER.length) }, { path });
  const found = pipelineImage(pipe, { path });
  if (found.skip !== undefined) return found;
  const repository = pipe.text.replace(/[:@].*$/, '');
  const message = `The image of this pipe is in pipe.yml of its repository, ${repository}.`;
  return { ...found, skip: { reason: 'unresolved-variable', cause: 'incomplete-name', message } };
}
