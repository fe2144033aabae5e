// Images in Skaffold configurations: artifacts are built, builders and the containers of tests and actions are pulled.
// https://skaffold.dev/docs/references/yaml/

import type { Found } from './extractor.ts';
import { fieldImages } from './image-field.ts';
import { foundImage } from './pod-spec.ts';
import { itemsAt, nodeAt, scalarAt, textAt, type YamlMap, type YamlNode } from './yaml-node.ts';

export const isSkaffold = (object: YamlMap): boolean => textAt(object, 'apiVersion').startsWith('skaffold/');

/** Fields that repeat the name of an artifact, which another module may build. */
const ARTIFACT_NAME = /\.requires\[|(?:^|[/.])test\[\d+\]\.image$|artifactOverrides/;

export function* skaffoldImages(config: YamlMap, owner: string): Generator<Found> {
  const seen = new Set<YamlNode>();
  const artifacts = [...artifactsIn(config, 'build.artifacts', seen)];
  for (const [index, profile] of itemsAt(config, 'profiles').entries()) {
    artifacts.push(...artifactsIn(profile, `profiles[${index}].build.artifacts`, seen));
  }
  const built = new Set(artifacts.map(([artifact]) => textAt(artifact, 'image')));
  for (const found of fieldImages(config, { owner, likelihood: 'likely' })) {
    if (!built.has(found.text) && !ARTIFACT_NAME.test(found.path ?? '')) yield found;
  }
  for (const [artifact, path] of artifacts) {
    const image = scalarAt(artifact, 'image');
    if (image !== undefined) yield { ...foundImage(image, { path: `${owner}/${path}.image` }), skip: BUILT };
    for (const field of ['builder', 'runImage']) {
      const builder = scalarAt(artifact, 'buildpacks', field);
      if (builder !== undefined) yield foundImage(builder, { path: `${owner}/${path}.buildpacks.${field}` });
    }
  }
}

/** The images that a configuration or a profile builds. */
export const artifactNames = (config: YamlNode, seen: Set<YamlNode>): string[] =>
  [...artifactsIn(config, '', seen)].map(([artifact]) => textAt(artifact, 'image')).filter((name) => name !== '');

export const BUILT = { reason: 'local-build', message: 'Built by Skaffold.' } as const;

/** `seen`: lists and artifacts that aliases repeat. */
function* artifactsIn(config: YamlNode, path: string, seen: Set<YamlNode>): Generator<readonly [YamlNode, string]> {
  const list = nodeAt(config, 'build', 'artifacts');
  if (list === undefined || seen.has(list)) return;
  seen.add(list);
  for (const [index, artifact] of itemsAt(list).entries()) {
    if (!seen.has(artifact)) yield [artifact, `${path}[${index}]`];
    seen.add(artifact);
  }
}
