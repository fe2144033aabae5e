// What the entries of a kustomization refer to: files, directories with a kustomization, remote resources.

import { basename } from 'node:path';
import type { Found } from './extractor.ts';
import { itemsAt, scalarAt, textAt, type YamlNode, type YamlScalar } from './yaml-node.ts';

export const FILES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
export const REMOTE = /:\/\/|^git@|^git::|^github\.com[/:]|^[\w.-]+\.[a-z]{2,}\/.*(?:\/\/|\?ref=)|\?ref=/;

export const isKustomizationFile = (source: string): boolean => FILES.includes(basename(source));

/** An entry whose images are not known. */
export function skipped(text: string, { line, source }: YamlNode, path: string, message: string): Found {
  const skip = { reason: 'unresolved-variable', cause: 'not-rendered', message } as const;
  return { text, line, path, skip, ...(source !== undefined && { source }) };
}

/** A file has one replacement or a list of them. */
export const itemsOf = (root: YamlNode): readonly YamlNode[] => (root.kind === 'list' ? root.items : [root]);

/** Where a document is. */
export interface Place {
  /** Unset: the kustomization itself. */
  readonly path?: string;
  readonly isForeign?: boolean;
  /** Of a text inside a file. */
  readonly lineOf?: (line: number) => number;
}

/** Files that `kubectl kustomize` needs, of which none has images: of generators and of `crds`. */
export const otherFiles = (root: YamlNode): readonly YamlScalar[] => [
  ...itemsAt(root, 'crds').filter(isEntry),
  ...['configMapGenerator', 'secretGenerator']
    .flatMap((key) => itemsAt(root, key))
    .flatMap((generator) => [...itemsAt(generator, 'files'), ...itemsAt(generator, 'envs'), scalarAt(generator, 'env')])
    .filter(isEntry)
    // `key=path`
    .map((entry) => ({ ...entry, text: entry.text.replace(/^[^=]*=/, '') })),
];

/** Of an entry of `helmCharts`. */
export const valuesFiles = (chart: YamlNode): readonly YamlScalar[] =>
  [scalarAt(chart, 'valuesFile'), ...itemsAt(chart, 'additionalValuesFiles')].filter(isEntry);

const isEntry = (node: YamlNode | undefined): node is YamlScalar =>
  node?.kind === 'scalar' && textAt(node) !== '' && !REMOTE.test(node.text);
