// The pull secrets in Kubernetes objects, and the names by which objects ask for theirs (imagePullSecrets).
// https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/

import { parseYaml } from './yaml.ts';
import { entriesAt, itemsAt, nodeAt, textAt, type YamlNode } from './yaml-node.ts';

/** A Secret as plain data. It holds credentials: never to be shown. */
export interface PullSecret {
  readonly kind: 'Secret';
  readonly type: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data: Readonly<Record<string, string>>;
  readonly stringData: Readonly<Record<string, string>>;
}

export interface PullSecrets {
  /** All of them, asked for or not. */
  readonly secrets: readonly PullSecret[];
  /** Names of secrets that objects ask for. */
  readonly wanted: ReadonlySet<string>;
}

const TYPES = new Set(['kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg']);
const REFERENCES = ['imagePullSecrets', 'pullSecrets'];

/** Documents that cannot be read are passed over: the extractor tells of them. */
export function findPullSecrets(text: string): PullSecrets {
  const isWanted = (document: string): boolean => /imagePullSecrets|pullSecrets|kubernetes\.io\/dockerc/.test(document);
  const secrets: PullSecret[] = [];
  const wanted = new Set<string>();
  const seen = new Set<YamlNode>();
  for (const { root } of parseYaml(text, isWanted)) if (root !== undefined) visit(root);
  return { secrets, wanted };

  /** Everything that refers to secrets, and every secret, wherever in lists and templates they stand. */
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
