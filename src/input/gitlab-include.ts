// The files of the same repository that a GitLab pipeline includes, merged below it.
// https://docs.gitlab.com/ci/yaml/includes/
//
// Files of other projects, templates and components are not here; what they define stays unknown.

import { matchesGlob } from '../core/glob.ts';
import type { ExtractOptions, Problem } from './extractor.ts';
import { FOREIGN, problemIn, sourceOf } from './linked-file.ts';
import { withPlace } from './node-place.ts';
import { parseYaml } from './yaml.ts';
import { itemsAt, nodeAt, textAt, type YamlMap, type YamlNode } from './yaml-node.ts';

export interface Included {
  /** In the order in which later ones take precedence. */
  readonly pipelines: readonly YamlMap[];
  readonly problems: readonly Problem[];
  /** Paths relative to the document. */
  readonly files: readonly string[];
}

/** GitLab allows 150. */
const MAX_FILES = 150;
const MAX_PATTERNS = 20;
const HAS_INCLUDE = /^["']?include["']?[ \t]*:/m;

export async function loadIncluded(
  text: string,
  source: string,
  { readFile, listFiles, signal }: Pick<ExtractOptions, 'readFile' | 'listFiles' | 'signal'>,
): Promise<Included> {
  const pipelines: YamlMap[] = [];
  const problems: Problem[] = [];
  const read = new Set<string>();
  const patterns = new Set<string>();

  async function load(content: string, file: string | undefined, isForeign: boolean): Promise<void> {
    for (const { root, problems: own } of parseYaml(content, isPipeline)) {
      if (file !== undefined) {
        const shown = isForeign ? own.slice(0, 1).map(() => ({ message: FOREIGN })) : own;
        problems.push(...shown.map((problem) => problemIn(sourceOf(source, file), problem)));
      }
      if (root?.kind !== 'map') continue;
      for (const path of localPaths(nodeAt(root, 'include'))) {
        if (!path.includes('*')) await open(path);
        else for (const each of await matching(path)) await open(each);
      }
      if (file !== undefined) pipelines.push(withPlace(root, { source: sourceOf(source, file) }) as YamlMap);
    }
  }

  /** `ci/*.yml`, `ci/**.yml` */
  async function matching(pattern: string): Promise<string[]> {
    const directory = pattern.slice(0, pattern.indexOf('*')).replace(/[^/]*$/, '');
    if (patterns.size >= MAX_PATTERNS || patterns.has(pattern) || directory.split('/').includes('..')) return [];
    patterns.add(pattern);
    const files = (await listFiles?.(directory === '' ? '.' : directory)) ?? [];
    return files.filter((file) => matchesPath(pattern, file));
  }

  async function open(path: string): Promise<void> {
    signal?.throwIfAborted();
    if (read.has(path) || read.size >= MAX_FILES) return;
    const file = await readFile(path);
    if (file === undefined || !('text' in file)) return;
    read.add(path);
    await load(file.text, path, file.isForeign);
  }

  if (HAS_INCLUDE.test(text)) await load(text, undefined, false);
  return { pipelines, problems, files: [...read] };
}

/** Not a header with inputs. */
const isPipeline = (document: string): boolean => !/^spec:/m.test(document);

/** Paths begin at the root of the repository, where the pipeline is. */
function localPaths(include: YamlNode | undefined): string[] {
  const entries = include?.kind === 'list' ? itemsAt(include) : include === undefined ? [] : [include];
  return entries.flatMap((entry) => {
    const paths = [
      entry.kind === 'scalar' ? entry.text : textAt(entry, 'local'),
      ...itemsAt(entry, 'local').map((item) => textAt(item)),
    ];
    return paths
      .filter((path) => /\.ya?ml$/i.test(path) && !/:\/\/|\$/.test(path))
      .map((path) => path.replace(/^\/+/, ''));
  });
}

/** `*` matches in one directory, `**` also below. */
export function matchesPath(pattern: string, path: string): boolean {
  if (pattern.includes('**')) return matchesGlob(pattern.replaceAll('**/', '*').replace(/\*{2,}/g, '*'), path);
  const [steps, names] = [pattern.split('/'), path.split('/')];
  return steps.length === names.length && steps.every((step, index) => matchesGlob(step, names[index] ?? ''));
}

/** The pipeline merged over what it includes: maps are merged, everything else is replaced. */
export function mergePipelines(pipeline: YamlNode, { pipelines }: Included): YamlNode {
  if (pipeline.kind !== 'map' || nodeAt(pipeline, 'include') === undefined) return pipeline;
  return pipelines.length === 0 ? pipeline : [...pipelines, pipeline].reduce<YamlNode>(merge, pipelines[0] ?? pipeline);
}

function merge(base: YamlNode, over: YamlNode): YamlNode {
  if (base === over || base.kind !== 'map' || over.kind !== 'map') return over;
  const entries = new Map(base.entries);
  for (const [key, value] of over.entries) {
    const before = entries.get(key);
    entries.set(key, before === undefined ? value : merge(before, value));
  }
  return { ...over, entries };
}
