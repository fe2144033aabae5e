// The manifests of a Skaffold configuration: where they use one of its artifacts, Skaffold inserts the image that it built.

import { join, posix } from 'node:path';
import type { Extraction, ExtractOptions, Found, Problem } from './extractor.ts';
import { matchesPath } from './gitlab-include.ts';
import { FILES } from './kustomize-entry.ts';
import { problemIn, sourceOf } from './linked-file.ts';
import { artifactNames, BUILT } from './skaffold.ts';
import { parseYaml } from './yaml.ts';
import { itemsAt, nodeAt, textAt, type YamlNode } from './yaml-node.ts';

/** Read if the configuration names no manifests. */
const DEFAULT_MANIFESTS = ['k8s/*.yaml'];
const MAX_MANIFESTS = 1000;
const RAW = [
  ['manifests', 'rawYaml'],
  ['deploy', 'kubectl', 'manifests'],
];
const KUSTOMIZE = [
  ['manifests', 'kustomize', 'paths'],
  ['deploy', 'kustomize', 'paths'],
];
const OTHERS = [
  ...RAW,
  ...KUSTOMIZE,
  ['manifests', 'helm'],
  ['manifests', 'kpt'],
  ['deploy', 'helm'],
  ['deploy', 'kpt'],
];

type Extract = (text: string, source: string, options: ExtractOptions) => Promise<Extraction>;

/** `extract` reads a manifest or a kustomization. */
export async function extractManifests(
  text: string,
  source: string,
  options: ExtractOptions,
  extract: Extract,
): Promise<Required<Extraction>> {
  const configs = [...parseYaml(text)].flatMap(({ root }) => (root === undefined ? [] : [root]));
  const layers = configs.flatMap((config) => [config, ...itemsAt(config, 'profiles')]);
  const seen = new Set<YamlNode>();
  const built = new Set(layers.flatMap((layer) => artifactNames(layer, seen)));
  const found: Found[] = [];
  const problems: Problem[] = [];
  const covers = new Set<string>();
  for (const path of await manifestsOf(layers, options)) {
    options.signal?.throwIfAborted();
    const file = await options.readFile(path);
    if (file === undefined || !('text' in file) || file.isForeign) continue;
    const inFile = (inner: string) => posix.join(posix.dirname(path), inner);
    const { listFiles, readsToo } = options;
    const own = await extract(file.text, sourceOf(source, path), {
      ...options,
      readFile: (inner) => options.readFile(inFile(inner)),
      ...(listFiles !== undefined && { listFiles: (inner) => listFiles(inFile(inner)) }),
      ...(readsToo !== undefined && { readsToo: (inner) => readsToo(inFile(inner)) }),
    });
    for (const image of own.found) {
      const place = { ...image, source: image.source ?? sourceOf(source, path) };
      const { platform: _, ...rest } = place;
      found.push(image.skip === undefined && built.has(nameOf(image.text)) ? { ...rest, skip: BUILT } : place);
    }
    problems.push(
      ...own.problems.map((problem) => (problem.isLinked ? problem : problemIn(sourceOf(source, path), problem))),
    );
    covers.add(path);
    for (const inner of own.covers ?? []) covers.add(inFile(inner));
  }
  return { found, problems, covers: [...covers] };
}

async function manifestsOf(layers: readonly YamlNode[], { listFiles }: ExtractOptions): Promise<Set<string>> {
  const textsAt = (keys: readonly string[]) =>
    layers.flatMap((layer) => itemsAt(layer, ...keys).map((item) => textAt(item)));
  const isDefault = OTHERS.every((keys) => layers.every((layer) => nodeAt(layer, ...keys) === undefined));
  const paths = new Set<string>();
  for (const pattern of isDefault ? DEFAULT_MANIFESTS : RAW.flatMap(textsAt)) {
    if (pattern === '' || pattern.includes('://') || paths.size > MAX_MANIFESTS) continue;
    const [directory = ''] = /^(?:[^*?[\]{}]*\/)?/.exec(pattern) ?? [];
    if (!/[*?]/.test(pattern)) paths.add(posix.normalize(pattern));
    else
      for (const file of (await listFiles?.(directory || '.')) ?? [])
        if (matchesPath(posix.normalize(pattern), file)) paths.add(file);
  }
  for (const directory of KUSTOMIZE.flatMap(textsAt)) {
    if (directory !== '' && !directory.includes('://')) for (const name of FILES) paths.add(join(directory, name));
  }
  return paths;
}

/** Without tag and digest. */
const nameOf = (text: string): string => text.replace(/@.*$/s, '').replace(/:[^/:]*$/, '');
