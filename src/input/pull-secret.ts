// The pull secrets in Kubernetes objects, and the names of pull secrets that objects refer to (imagePullSecrets).
// https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/

import { parseYaml } from './yaml.ts';
import { entriesAt, itemsAt, nodeAt, textAt, type YamlNode } from './yaml-node.ts';

/** A Secret as plain data. It contains credentials: never show it. */
export interface PullSecret {
  readonly kind: 'Secret';
  readonly type: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data: Readonly<Record<string, string>>;
  readonly stringData: Readonly<Record<string, string>>;
}

export interface PullSecrets {
  /** All of them, whether referred to or not. */
  readonly secrets: readonly PullSecret[];
  /** Names of secrets that objects refer to. */
  readonly wanted: ReadonlySet<string>;
}

const TYPES = new Set(['kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg']);
const REFERENCES = ['imagePullSecrets', 'pullSecrets'];

/** Skips documents that cannot be read: the extractor reports them. */
export function findPullSecrets(text: string): PullSecrets {
  const isWanted = (document: string): boolean => /imagePullSecrets|pullSecrets|kubernetes\.io\/dockerc/.test(document);
  const secrets: PullSecret[] = [];
  const wanted = new Set<string>();
  const seen = new Set<YamlNode>();
  for (const { root } of parseYaml(text, isWanted)) if (root !== undefined) visit(root);
  return { secrets, wanted };

  /** Finds secrets and references to secrets at any depth of lists and templates. */
  function visit(node: YamlNode): void {
    if (node.kind === 'scalar' || seen.has(node)) return;
    seen.add(node);
    if (isPullSecret(node)) secrets.push(readSecret(node));
    for (const key of REFERENCES) {
      for (const item of itemsAt(node, key)) wanted.add(textAt(item, 'name') || textAt(item));
    }
    for (const child of node.kind === 'list' ? node.items : node.entries.values()) visit(child);
  }
}

const isPullSecret = (node: YamlNode): boolean =>
  textAt(node, 'kind') === 'Secret' && TYPES.has(textAt(node, 'type')) && nodeAt(node, 'metadata') !== undefined;

function readSecret(secret: YamlNode): PullSecret {
  const namespace = textAt(secret, 'metadata', 'namespace');
  const texts = (key: string) => Object.fromEntries(entriesAt(secret, key).map(([name, node]) => [name, textAt(node)]));
  return {
    kind: 'Secret',
    type: textAt(secret, 'type'),
    metadata: { name: textAt(secret, 'metadata', 'name'), ...(namespace !== '' && { namespace }) },
    data: texts('data'),
    stringData: texts('stringData'),
  };
}
