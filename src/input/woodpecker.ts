// Images in Woodpecker workflows and Drone pipelines: steps, services and clone steps, with the values of a matrix.
// https://woodpecker-ci.org/docs/usage/workflow-syntax, https://docs.drone.io/pipeline/docker/overview/

import { extractImages } from './document-images.ts';
import type { Extractor, Found } from './extractor.ts';
import { createExpander, createRepeatFilter, isYamlPath, pipelineImage, type Values } from './pipeline-image.ts';
import { itemsAt, nodeAt, scalarAt, textAt, type YamlNode, type YamlScalar } from './yaml-node.ts';

const PIPELINE_FILE =
  /(?:^|[\\/])(?:\.(?:woodpecker|drone|crow)(?:[-_.][^\\/]*)?|\.(?:woodpecker|drone|crow)[\\/].*)\.ya?ml$/i;
const DRONE = /^kind:[ \t]*["']?pipeline["']?[ \t\r]*$/m;
/** Kubernetes objects have one. */
const API_VERSION = /^apiVersion:/m;

export const woodpeckerExtractor: Extractor = {
  name: 'woodpecker',
  matches: (path, head) =>
    PIPELINE_FILE.test(path) || (isYamlPath(path) && DRONE.test(head) && !API_VERSION.test(head)),
  extract: (text, _, { signal }) => extractImages(text, workflowImages, { signal }),
};

/** `pipeline` is what old versions call steps. */
const SECTIONS = ['clone', 'steps', 'pipeline', 'services'];
/** Pipelines of Drone that run programs of a machine. */
const WITHOUT_CONTAINERS = new Set(['exec', 'ssh', 'macstadium', 'digitalocean']);
const VARIABLE = /\$\{(\w+)\}/g;
/** Woodpecker refuses more. */
const MAX_COMBINATIONS = 100;

function* workflowImages(workflow: YamlNode): Generator<Found> {
  if (WITHOUT_CONTAINERS.has(textAt(workflow, 'type'))) return;
  const kind = textAt(workflow, 'kind');
  if (kind !== '' && kind !== 'pipeline') return;
  const expand = createExpander(VARIABLE);
  const isNew = createRepeatFilter();
  const combinations = matrixValues(workflow);
  const platforms = (valuesOf: Values) => expand(platformOf(workflow), valuesOf).slice(0, 1);
  for (const section of SECTIONS) {
    for (const [step, path] of stepsIn(nodeAt(workflow, section), section)) {
      const image = scalarAt(step, 'image');
      if (image === undefined) continue;
      for (const valuesOf of combinations) {
        for (const found of variantsOf(image, path, valuesOf)) if (isNew(found)) yield withPolicy(found, step);
        if (!image.text.includes('$') && !platformOf(workflow).includes('$')) break;
      }
    }
  }

  function variantsOf(image: YamlScalar, path: string, valuesOf: Values): Found[] {
    const [platform = ''] = platforms(valuesOf);
    const known = /^[\w-]+\/[\w./-]+$/.test(platform) ? { platform } : {};
    return expand(image.text, valuesOf).map((text) => pipelineImage({ ...image, text }, { path, ...known }));
  }
}

/** Steps are a list, or a map of names. */
function* stepsIn(section: YamlNode | undefined, path: string): Generator<readonly [YamlNode, string]> {
  if (section?.kind === 'list') {
    for (const [index, step] of section.items.entries()) yield [step, `${path}[${index}].image`];
  } else if (section?.kind === 'map') {
    for (const [name, step] of section.entries) yield [step, `${path}.${name}.image`];
  }
}

function withPolicy(found: Found, step: YamlNode): Found {
  if (found.skip !== undefined || textAt(step, 'pull') !== 'never') return found;
  const { platform: _, ...rest } = found;
  return {
    ...rest,
    skip: { reason: 'local-build', message: 'pull is never: the image must already be on the runner.' },
  };
}

/** `os/arch`, with the variables of the matrix; '' if the file does not say. */
function platformOf(workflow: YamlNode): string {
  const short = textAt(workflow, 'platform') || textAt(workflow, 'labels', 'platform');
  if (short !== '') return short;
  const [os, arch] = [textAt(workflow, 'platform', 'os'), textAt(workflow, 'platform', 'arch')];
  return arch === '' ? '' : `${os || 'linux'}/${arch}`;
}

/** Only combinations that the matrix has are used. */
function matrixValues(workflow: YamlNode): readonly Values[] {
  const matrix = nodeAt(workflow, 'matrix');
  const rows = matrix?.kind === 'list' ? matrix.items : itemsAt(matrix, 'include');
  if (rows.length > 0) {
    return rows.slice(0, MAX_COMBINATIONS).map((row) => (name) => {
      const value = scalarAt(row, name);
      return value === undefined ? undefined : [value.text];
    });
  }
  return [
    (name) => {
      const values = nodeAt(matrix, name);
      if (values?.kind === 'scalar') return [values.text];
      return values === undefined
        ? undefined
        : itemsAt(values)
            .slice(0, MAX_COMBINATIONS)
            .map((value) => textAt(value));
    },
  ];
}
