// Images that a Helm chart declares in its Chart.yaml, including those that an operator starts later: YAML lists in
// annotations. https://github.com/helm/community/blob/main/hips/hip-0015.md,
// https://artifacthub.io/docs/topics/annotations/helm/

import { basename } from 'node:path';
import { extractImages } from './document-images.ts';
import type { Extractor, Found, Problem } from './extractor.ts';
import { fieldImages } from './image-field.ts';
import { problemIn, sourceOf } from './linked-file.ts';
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
  async extract(text, source, { readFile, listFiles, signal }) {
    const { found, problems } = await extractImages(text, chartImages, { signal });
    const templates = (await listFiles?.('templates'))?.filter((file) => !NO_TEMPLATE.test(file)).length ?? 0;
    if (found.length + problems.length > 0) {
      return { found: [...found, ...(templates === 0 ? [] : unrendered(text, templates))], problems };
    }
    const file = await readFile(VALUES);
    const values = file !== undefined && 'text' in file && !file.isForeign ? file.text : '';
    const own = await extractImages(values, valueImages(sourceOf(source, VALUES)), { signal });
    const unreadable = own.problems.map((problem) => problemIn(sourceOf(source, VALUES), problem));
    return { found: [...unrendered(text, templates), ...own.found], problems: unreadable };
  },
};

const VALUES = 'values.yaml';
/** Notes, tests of values and definitions have no objects. */
const NO_TEMPLATE = /(?:^|[\\/])(?:_[^\\/]*|NOTES\.txt)$/;

/** The defaults of the chart, as far as they are whole. */
const valueImages = (source: string) =>
  function* (values: YamlNode): Generator<Found> {
    for (const found of fieldImages(values, { owner: '', likelihood: 'certain' })) yield { ...found, source };
  };

/** Its templates and the charts it depends on may have other images. */
function unrendered(text: string, templates: number): Found[] {
  const [chart] = parseYaml(text);
  const name = scalarAt(chart?.root, 'name');
  if (name === undefined || textAt(chart?.root, 'type') === 'library') return [];
  const files = templates === 0 ? '' : ` (${templates} template ${templates === 1 ? 'file' : 'files'})`;
  const message = `The chart is not rendered${files}; check the output of \`helm template\` instead.`;
  return [
    {
      text: name.text,
      line: name.line,
      path: 'Chart',
      skip: { reason: 'unresolved-variable', cause: 'not-rendered', message },
    },
  ];
}

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
