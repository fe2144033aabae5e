// Images that a Helm chart declares in its Chart.yaml, including those that an operator starts later: YAML lists in
// annotations. https://github.com/helm/community/blob/main/hips/hip-0015.md,
// https://artifacthub.io/docs/topics/annotations/helm/

import { basename } from 'node:path';
import { extractImages } from './document-images.ts';
import type { Extractor, Found, Problem } from './extractor.ts';
import { foundImage } from './pod-spec.ts';
import { parseYaml } from './yaml.ts';
import { itemsAt, scalarAt, textAt, type YamlNode, type YamlScalar } from './yaml-node.ts';

/** The last one predates the standards. */
const ANNOTATIONS = ['helm.sh/images', 'artifacthub.io/images', 'images'];
/** Aliases let many images share a list of platforms. */
const MAX_PLATFORMS = 30;

export const chartExtractor: Extractor = {
  name: 'chart',
  matches: (path) => basename(path) === 'Chart.yaml',
  extract: (text, _, { signal }) => extractImages(text, chartImages, { signal }),
};

function* chartImages(chart: YamlNode): Generator<Found | Problem> {
  for (const name of ANNOTATIONS) {
    const annotation = scalarAt(chart, 'annotations', name);
    if (annotation !== undefined) yield* annotatedImages(annotation, `annotations.${name}`);
  }
}

function* annotatedImages(annotation: YamlScalar, path: string): Generator<Found | Problem> {
  const { text, textLine } = annotation;
  const lineOf = (line: number): number => (textLine === undefined ? annotation.line : textLine + line - 1);
  for (const { root, problems } of parseYaml(text)) {
    if (root === undefined) {
      for (const { message, line = 1 } of problems) yield { message: `${path}: ${message}`, line: lineOf(line) };
    }
    for (const [index, item] of itemsAt(root).entries()) {
      const image = scalarAt(item, 'image');
      if (image === undefined) continue;
      const at = { path: `${path}/${textAt(item, 'name') || `[${index}]`}` };
      const platforms = new Set(
        itemsAt(item, 'platforms')
          .slice(0, MAX_PLATFORMS)
          .map((platform) => textAt(platform)),
      );
      for (const platform of platforms.size === 0 ? [undefined] : platforms) {
        const found = { ...image, line: lineOf(image.line) };
        yield foundImage(found, { ...at, ...(platform !== undefined && { platform }) });
      }
    }
  }
}
