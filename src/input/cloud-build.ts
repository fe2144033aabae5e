// Images in Google Cloud Build configurations: each step runs in one. The images that a build pushes are not pulled.
// https://cloud.google.com/build/docs/build-config-file-schema

import { basename } from 'node:path';
import { extractImages } from './document-images.ts';
import type { Extractor, Found } from './extractor.ts';
import { createExpander, createRepeatFilter, isYamlPath, pipelineImage, type Values } from './pipeline-image.ts';
import { itemsAt, nodeAt, scalarAt, textAt, type YamlNode } from './yaml-node.ts';

const CONFIG_FILE = /^(?:.*[-_.])?cloud-?build(?:[-_.].*)?\.(?:ya?ml|json)$/i;
const STEPS = /^["']?steps["']?:/m;
const BUILDER = /^[ \t]*-?[ \t]*["']?name["']?:[ \t]*["']?(?:[\w-]+\.)?(?:gcr\.io|pkg\.dev)\//m;
/** Other pipelines have steps with images, or none of ours. */
const FOREIGN =
  /^(?:apiVersion|kind|pool|jobs|trigger):|^[ \t]+(?:- )?(?:image|uses|task|script: \|-?[ \t]*$\s*image):/m;

export const cloudBuildExtractor: Extractor = {
  name: 'cloud-build',
  matches: (path, head) =>
    CONFIG_FILE.test(basename(path)) ||
    (isYamlPath(path) && STEPS.test(head) && BUILDER.test(head) && !FOREIGN.test(head)),
  extract: (text, _, { signal }) => extractImages(text, buildImages, { signal }),
};

/** $NAME, ${NAME} */
const SUBSTITUTION = /\$(?:\{(?=\w+\}))?(_?[A-Z][A-Z0-9_]*)\}?/g;
/** Substitutions may refer to others. */
const MAX_DEPTH = 4;
/** Arguments before the name of an image that is built. */
const BUILT = /^(?:-t|--tag|--destination)$/;
const BUILT_INLINE = /^(?:--tag|--destination)=(.+)$/;

function* buildImages(build: YamlNode): Generator<Found> {
  const expand = createExpander(SUBSTITUTION, MAX_DEPTH);
  const isNew = createRepeatFilter();
  const substitutions = nodeAt(build, 'substitutions');
  const valuesOf: Values = (name) => {
    const value = nodeAt(substitutions, name);
    return value?.kind === 'scalar' ? [value.text] : undefined;
  };
  const resolve = (text: string): string => expand(text, valuesOf)[0] ?? text;
  const built = new Set(itemsAt(build, 'images').map((image) => resolve(textAt(image))));
  const seen = new Set<YamlNode>();
  for (const [index, step] of itemsAt(build, 'steps').entries()) {
    const name = scalarAt(step, 'name');
    if (name !== undefined) {
      const found = pipelineImage({ ...name, text: resolve(name.text) }, { path: `steps[${index}].name` });
      if (isNew(found)) yield built.has(found.text) ? { ...found, skip: LOCAL } : found;
    }
    const args = nodeAt(step, 'args');
    if (args === undefined || seen.has(args)) continue;
    seen.add(args);
    for (const text of builtImages(itemsAt(args).map((argument) => textAt(argument)))) built.add(resolve(text));
  }
}

const LOCAL = { reason: 'local-build', message: 'Built by an earlier step.' } as const;

function* builtImages(args: readonly string[]): Generator<string> {
  for (const [index, argument] of args.entries()) {
    const [, inline] = BUILT_INLINE.exec(argument) ?? [];
    if (inline !== undefined) yield inline;
    else if (BUILT.test(argument)) yield args[index + 1] ?? '';
  }
}
