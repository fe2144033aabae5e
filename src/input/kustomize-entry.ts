// What the entries of a kustomization refer to: files, directories with a kustomization, remote resources.

import { basename } from 'node:path';
import type { Found } from './extractor.ts';
import type { YamlNode } from './yaml-node.ts';

export const FILES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
export const REMOTE = /:\/\/|^git@|^git::|^github\.com[/:]|^[\w.-]+\.[a-z]{2,}\/.*(?:\/\/|\?ref=)|\?ref=/;

export const isKustomizationFile = (source: string): boolean => FILES.includes(basename(source));

/** An entry whose images are not known. */
export function skipped(text: string, { line, source }: YamlNode, path: string, message: string): Found {
  const skip = { reason: 'unresolved-variable', message } as const;
  return { text, line, path, skip, ...(source !== undefined && { source }) };
}

/** A file has one replacement or a list of them. */
export const itemsOf = (root: YamlNode): readonly YamlNode[] => (root.kind === 'list' ? root.items : [root]);
