// Images in Azure Pipelines: container resources, the containers of jobs, their services.
// https://learn.microsoft.com/azure/devops/pipelines/process/container-phases

import { basename } from 'node:path';
import { extractImages } from './document-images.ts';
import type { Extractor, Found } from './extractor.ts';
import { createExpander, createRepeatFilter, isYamlPath, pipelineImage, type Values } from './pipeline-image.ts';
import {
  entriesAt,
  itemsAt,
  nodeAt,
  scalarAt,
  textAt,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
} from './yaml-node.ts';

const PIPELINE_FILE = /^\.?(?:.*[-_.])?(?:azure[-_.]?pipelines?|vsts-ci)(?:[-_.].*)?\.ya?ml$/i;
const PIPELINE_FOLDER = /(?:^|[\\/])\.(?:azure-pipelines|azuredevops|pipelines)[\\/].*\.ya?ml$/i;
const SECTION = /^["']?(?:stages|jobs|steps|extends|pool)["']?:/m;
/** What no other CI system has. */
const EVIDENCE =
  /^[ \t-]*(?:vmImage:|- (?:task: ["']?\w+@\d|(?:job|deployment|stage): ["']?\w*["']?[ \t\r]*$|\$\{\{ ?(?:if|each) ))|^pool:/m;
/** GitHub workflows, which have some of it, and Compose. */
const FOREIGN = /^[ \t]+["']?runs-on["']?:|^(?:on|services|apiVersion):/m;

export const azurePipelinesExtractor: Extractor = {
  name: 'azure-pipelines',
  matches: (path, head) =>
    PIPELINE_FILE.test(basename(path)) ||
    PIPELINE_FOLDER.test(path) ||
    (isYamlPath(path) && SECTION.test(head) && EVIDENCE.test(head) && !FOREIGN.test(head)),
  extract: (text, _, { signal }) => extractImages(text, pipelineImages, { signal }),
};

/** ${{ parameters.name }}, ${{ variables.name }}, $(name), $[ variables['name'] ] */
const VARIABLE =
  /\$(?:\(|\{\{\s*|\[\s*)((?:(?:parameters|variables)(?:\.|\[['"]))?[\w.-]+)(?:['"]\])?(?:\)|\s*\}\}|\s*\])/g;
/** Values may refer to other variables. */
const MAX_DEPTH = 4;
/** Fields whose maps belong to tasks. */
const OTHER_FIELDS = new Set(['inputs', 'env', 'variables', 'parameters', 'matrix', 'steps', 'resources']);
const JOB_FIELDS = ['job', 'deployment', 'steps', 'strategy', 'pool', 'stages', 'jobs'];
/** Only a pipeline has them, and no template. */
const PIPELINE_FIELDS = ['trigger', 'pr', 'schedules', 'resources', 'pool'];

function* pipelineImages(pipeline: YamlNode): Generator<Found> {
  const expand = createExpander(VARIABLE, MAX_DEPTH);
  const isNew = createRepeatFilter();
  const seen = new Set<YamlNode>();
  const aliases = new Set<string>();
  const globals = declaredValues(pipeline);
  const isWhole = PIPELINE_FIELDS.some((field) => nodeAt(pipeline, field) !== undefined) && !refersToTemplate(pipeline);
  for (const found of allImages()) if (isNew(found)) yield found;

  function* allImages(): Generator<Found> {
    for (const [index, resource] of itemsAt(pipeline, 'resources', 'containers').entries()) {
      aliases.add(textAt(resource, 'container'));
      yield* resourceImages(resource, `resources.containers[${index}]`);
    }
    yield* jobImages(pipeline, '', globals);
  }

  function* resourceImages(resource: YamlNode, path: string): Generator<Found> {
    const image = scalarAt(resource, 'image');
    if (image !== undefined) {
      for (const found of variantsOf(image, `${path}.image`, globals)) {
        yield textAt(resource, 'localImage') === 'true' ? { ...found, skip: LOCAL } : found;
      }
      return;
    }
    const [repository, registry] = [scalarAt(resource, 'repository'), textAt(resource, 'registry')];
    if (repository === undefined || registry === '' || !/^acr$/i.test(textAt(resource, 'type'))) return;
    const host = registry.includes('.') || registry.includes('$') ? registry : `${registry}.azurecr.io`;
    for (const found of variantsOf({ ...repository, text: `${host}/${repository.text}` }, path, globals)) {
      const skip = {
        reason: 'unresolved-variable',
        cause: 'incomplete-name',
        message: 'The tag is that of the push that triggers the run.',
      } as const;
      yield { ...found, skip: found.skip ?? skip };
    }
  }

  /** Jobs are in stages, in templates and under conditions. */
  function* jobImages(node: YamlNode, path: string, outer: Values): Generator<Found> {
    if (node.kind === 'scalar' || seen.has(node)) return;
    seen.add(node);
    if (node.kind === 'list') {
      for (const [index, item] of node.items.entries()) yield* jobImages(item, `${path}[${index}]`, outer);
      return;
    }
    const prefix = path === '' ? '' : `${path}.`;
    const values = node === pipeline ? outer : withInner(outer, node);
    if (JOB_FIELDS.some((field) => node.entries.has(field))) {
      const container = nodeAt(node, 'container');
      if (container !== undefined) yield* containerImages(container, `${prefix}container`, values);
      for (const [name, service] of entriesAt(node, 'services')) {
        yield* containerImages(service, `${prefix}services.${name}`, values);
      }
    }
    for (const [key, value] of node.entries) {
      if (!OTHER_FIELDS.has(key)) yield* jobImages(value, `${prefix}${key}`, values);
    }
  }

  /** A container is an image, the name of a container resource, or a map with an image. */
  function* containerImages(container: YamlNode, path: string, values: Values): Generator<Found> {
    const image = scalarAt(container, 'image');
    if (image !== undefined) yield* variantsOf(image, `${path}.image`, values);
    const short = scalarAt(container);
    if (short === undefined) return;
    for (const found of variantsOf(short, path, values)) {
      if (aliases.has(found.text)) continue;
      const mayBeAlias = found.skip === undefined && !isWhole && !/[:/@]/.test(found.text);
      yield mayBeAlias ? { ...found, skip: foreign(found.text) } : found;
    }
  }

  function* variantsOf(image: YamlScalar, path: string, values: Values): Generator<Found> {
    for (const text of expand(image.text, values)) yield pipelineImage({ ...image, text }, { path });
  }
}

const LOCAL = {
  reason: 'local-build',
  message: 'localImage is true: the image must already be on the agent.',
} as const;

const foreign = (name: string) =>
  ({
    reason: 'unresolved-variable',
    cause: 'incomplete-name',
    message: `${name} may be a container resource of the pipeline that uses this template.`,
  }) as const;

/** Variables, and the defaults of parameters. */
function declaredValues(pipeline: YamlNode): Values {
  const values = new Map<string, readonly string[]>();
  collect('variables', 'value');
  collect('parameters', 'default');
  return (name) => values.get(name) ?? values.get(normalized(name)) ?? values.get(`variables.${name}`);

  function collect(section: string, field: string): void {
    for (const item of itemsAt(pipeline, section)) set(section, textAt(item, 'name'), nodeAt(item, field));
    for (const [name, value] of entriesAt(pipeline, section)) set(section, name, value);
  }

  function set(section: string, name: string, value: YamlNode | undefined): void {
    if (value?.kind === 'scalar') values.set(`${section}.${name}`, [value.text]);
  }
}

const normalized = (name: string): string => name.replace(/\[['"]/, '.');

/** The variables of a stage or a job, and of its matrix. */
function withInner(outer: Values, node: YamlMap): Values {
  const matrix = entriesAt(node, 'strategy', 'matrix').slice(0, MAX_LEGS);
  const variables = nodeAt(node, 'variables');
  if (matrix.length === 0 && variables === undefined) return outer;
  const own = declaredValues(node);
  return (name) => {
    const key = normalized(name).replace(/^variables\./, '');
    const legs = matrix.map(([, leg]) => textAt(leg, key)).filter((value) => value !== '');
    return legs.length > 0 ? legs : (own(name) ?? outer(name));
  };
}

const MAX_LEGS = 100;

function refersToTemplate(pipeline: YamlNode): boolean {
  const pending = [pipeline];
  const seen = new Set<YamlNode>();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.kind === 'scalar' || seen.has(node)) continue;
    seen.add(node);
    if (node.kind === 'map' && node.entries.has('template')) return true;
    for (const child of node.kind === 'list' ? node.items : node.entries.values()) pending.push(child);
  }
  return false;
}
