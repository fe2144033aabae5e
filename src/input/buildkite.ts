// Images in Buildkite pipelines: of the pipeline and its steps, of plugins that run containers, and of pods.
// https://buildkite.com/docs/pipelines/configure/defining-steps

import { extractImages } from './document-images.ts';
import type { Extractor, Found } from './extractor.ts';
import { createExpander, createRepeatFilter, isYamlPath, pipelineImage, type Values } from './pipeline-image.ts';
import { podImages } from './pod-spec.ts';
import { entriesAt, itemsAt, nodeAt, scalarAt, textAt, type YamlNode } from './yaml-node.ts';

const PIPELINE_FILE = /(?:^|[\\/])(?:\.buildkite[\\/].*|buildkite(?:[-_.][^\\/]*)?)\.(?:ya?ml|json)$/i;
const STEP = /^(?:steps:|[ \t]*- )/m;
/** A plugin of a step, with its version. */
const PLUGIN = /^[ \t]*-?[ \t]*["']?(?:[\w./:-]+\/)?[\w-]+#v\d[\w.-]*["']?:/m;
const PLUGINS = /^[ \t]+(?:-[ \t]*)?plugins:/m;

export const buildkiteExtractor: Extractor = {
  name: 'buildkite',
  matches: (path, head) =>
    PIPELINE_FILE.test(path) || (isYamlPath(path) && STEP.test(head) && PLUGINS.test(head) && PLUGIN.test(head)),
  extract: (text, _, { signal }) => extractImages(text, pipelineImages, { signal }),
};

/** {{matrix}}, {{matrix.name}} */
const VARIABLE = /\{\{\s*matrix(?:\.([\w-]+))?\s*\}\}/g;
const MAX_VALUES = 100;

function* pipelineImages(pipeline: YamlNode): Generator<Found> {
  const expand = createExpander(VARIABLE);
  const isNew = createRepeatFilter();
  const seen = new Set<YamlNode>();
  for (const found of allImages()) if (isNew(found)) yield found;

  function* allImages(): Generator<Found> {
    yield* imageOf(pipeline, 'image', () => undefined);
    if (pipeline.kind === 'list') yield* stepImages(pipeline, '');
    else yield* stepImages(nodeAt(pipeline, 'steps'), 'steps');
  }

  /** A group contains steps. */
  function* stepImages(steps: YamlNode | undefined, path: string): Generator<Found> {
    if (steps === undefined || seen.has(steps)) return;
    seen.add(steps);
    for (const [index, step] of itemsAt(steps).entries()) {
      if (seen.has(step)) continue;
      seen.add(step);
      const at = `${path}[${index}]`;
      const valuesOf = matrixOf(step);
      yield* imageOf(step, `${at}.image`, valuesOf);
      yield* pluginImages(nodeAt(step, 'plugins'), `${at}.plugins`, valuesOf);
      yield* stepImages(nodeAt(step, 'steps'), `${at}.steps`);
    }
  }

  /** Plugins are a list of names and maps with one name, or a map. */
  function* pluginImages(plugins: YamlNode | undefined, path: string, valuesOf: Values): Generator<Found> {
    if (plugins === undefined || seen.has(plugins)) return;
    seen.add(plugins);
    const maps = plugins.kind === 'list' ? plugins.items : [plugins];
    for (const [plugin, settings] of maps.flatMap((map) => entriesAt(map))) {
      const name = plugin.replace(/#.*$/, '').replace(/^.*\//, '');
      yield* imageOf(settings, `${path}.${name}.image`, valuesOf);
      for (const field of ['podSpec', 'podSpecPatch']) yield* podImages(nodeAt(settings, field), `${path}.${name}`);
    }
  }

  function* imageOf(parent: YamlNode, path: string, valuesOf: Values): Generator<Found> {
    const image = scalarAt(parent, 'image');
    if (image === undefined) return;
    for (const text of expand(image.text, valuesOf)) yield pipelineImage({ ...image, text }, { path });
  }
}

/** A list of values, or `setup` with one list for each dimension, and `adjustments` with more combinations. */
function matrixOf(step: YamlNode): Values {
  return (name) => {
    const setup = nodeAt(step, 'matrix', 'setup') ?? nodeAt(step, 'matrix');
    const values = name === '' ? itemsAt(setup) : itemsAt(setup, name);
    const adjusted = itemsAt(step, 'matrix', 'adjustments')
      .filter((adjustment) => nodeAt(adjustment, 'skip') === undefined)
      .slice(0, MAX_VALUES)
      .map((adjustment) => (name === '' ? textAt(adjustment, 'with') : textAt(adjustment, 'with', name)));
    return [...values.slice(0, MAX_VALUES).map((value) => textAt(value)), ...adjusted].filter((value) => value !== '');
  };
}
