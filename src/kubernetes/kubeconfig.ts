// Reads kubeconfig files as kubectl does: several are merged, and the first that sets a value wins.
// https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/

import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import type { Env } from '../core/env.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { isPlainObject, type PlainObject } from '../credentials/go-document.ts';
import { homeDirectory } from '../file/directories.ts';
import { readFileText, USUAL_DEADLINE_MS } from '../file/read-file.ts';

/** An entry of a list, with the directory that its paths are relative to. */
export interface KubeconfigEntry {
  readonly value: PlainObject;
  readonly directory: string;
}

export interface Kubeconfig {
  /** The files that were read, as messages show them. */
  readonly files: readonly string[];
  /** '' if there is none. */
  readonly currentContext: string;
  readonly contexts: ReadonlyMap<string, KubeconfigEntry>;
  readonly clusters: ReadonlyMap<string, KubeconfigEntry>;
  readonly users: ReadonlyMap<string, KubeconfigEntry>;
}

const MAX_BYTES = 16 * 1024 * 1024;

/** Those of KUBECONFIG, else `~/.kube/config`. */
export function kubeconfigPaths(env: Env): readonly string[] {
  const named = (env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  if (named.length > 0) return [...new Set(named)];
  const home = homeDirectory(env);
  return home === undefined ? [] : [join(home, '.kube', 'config')];
}

/** A file that does not exist is skipped, as by kubectl. The error is a sentence that quotes no file. */
export async function readKubeconfig(env: Env, signal: AbortSignal): Promise<Outcome<Kubeconfig, string>> {
  const files: string[] = [];
  let currentContext = '';
  const lists = {
    contexts: new Map<string, KubeconfigEntry>(),
    clusters: new Map<string, KubeconfigEntry>(),
    users: new Map(),
  };
  for (const path of kubeconfigPaths(env)) {
    const text = await readFileText(path, { maxBytes: MAX_BYTES, deadlineMs: USUAL_DEADLINE_MS, signal });
    if (!text.ok && text.error.isMissing) continue;
    if (!text.ok) return failure(`Cannot read ${path}: ${text.error.problem}.`);
    const { readYamlDocuments } = await import('../credentials/yaml-text.ts');
    const documents = readYamlDocuments(text.value);
    if (!documents.ok) return failure(`Cannot read ${path}: ${documents.error}.`);
    const [document = {}] = documents.value;
    if (document === null) continue;
    if (!isPlainObject(document)) return failure(`Cannot read ${path}: it is not a kubeconfig.`);
    files.push(path);
    currentContext ||= textOf(document, 'current-context');
    const directory = dirname(resolve(path));
    for (const [list, key] of [
      ['contexts', 'context'],
      ['clusters', 'cluster'],
      ['users', 'user'],
    ] as const) {
      const items: unknown = document[list];
      for (const item of Array.isArray(items) ? items : []) {
        if (!isPlainObject(item)) continue;
        const name = textOf(item, 'name');
        const value = item[key];
        if (name !== '' && isPlainObject(value) && !lists[list].has(name)) lists[list].set(name, { value, directory });
      }
    }
  }
  return success({ files, currentContext, ...lists });
}

/** '' if it is no text. */
export function textOf(object: PlainObject, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}

export const pathOf = ({ directory }: KubeconfigEntry, path: string): string =>
  isAbsolute(path) ? path : join(directory, path);
