// The logins in Kubernetes pull secrets: kubernetes.io/dockerconfigjson and kubernetes.io/dockercfg.
// https://kubernetes.io/docs/concepts/configuration/secret/#docker-config-secrets

import { failure, type Outcome } from '../core/outcome.ts';
import { decodeBase64Text } from './base64.ts';
import { type DockerConfig, parseDockerConfig } from './docker-config.ts';
import { isJsonObject, type JsonObject } from './json-field.ts';
import { parseJson } from './json-text.ts';

const FIELD_OF_TYPE = new Map([
  ['kubernetes.io/dockerconfigjson', '.dockerconfigjson'],
  ['kubernetes.io/dockercfg', '.dockercfg'],
]);

/** A Secret that an input brought along. It holds credentials: never to be shown. */
export interface FoundSecret {
  /** As plain data. */
  readonly secret: unknown;
  /** The file it was found in, as a report names it. */
  readonly file: string;
}

/** Whether a JSON document is a Kubernetes object, which a docker config never is. */
export const isKubernetesObject = (document: unknown): boolean =>
  isJsonObject(document) && typeof document.kind === 'string';

/**
 * The logins of all pull secrets among the documents, lists unfolded, as if they stood in one file: kubelet too
 * offers the most specific key first, whichever secret it is in. Other objects are passed over.
 */
export function parsePullSecrets(documents: readonly unknown[]): DockerConfig {
  const secrets = documents.flatMap(unfoldList).filter(isSecret);
  const parsed = secrets.flatMap((secret) => parseSecret(secret, nameOf(secret, ' ')));
  return {
    auths: parsed.flatMap(({ auths }) => auths),
    credHelpers: [],
    problems:
      parsed.length === 0
        ? ['it holds no pull secret (type kubernetes.io/dockerconfigjson)']
        : parsed.flatMap(({ problems }) => problems),
  };
}

/** As parsePullSecrets, and every login names its Secret and file: `Secret/regcred in pod.yaml`. */
export function parseFoundSecrets(found: readonly FoundSecret[]): DockerConfig {
  const parsed = found.flatMap(({ secret, file }) =>
    isSecret(secret) ? parseSecret(secret, `${nameOf(secret, '/')} in ${file}`) : [],
  );
  return {
    auths: parsed.flatMap(({ auths }) => auths),
    credHelpers: [],
    problems: parsed.flatMap(({ problems }) => problems),
  };
}

const unfoldList = (document: unknown): readonly unknown[] =>
  isJsonObject(document) && Array.isArray(document.items) ? document.items : [document];

const isSecret = (document: unknown): document is JsonObject => isJsonObject(document) && document.kind === 'Secret';

function nameOf({ metadata }: JsonObject, separator: string): string {
  const name = isJsonObject(metadata) ? metadata.name : undefined;
  return typeof name === 'string' ? `Secret${separator}${name}` : 'a Secret without a name';
}

function parseSecret(secret: JsonObject, within: string): Pick<DockerConfig, 'auths' | 'problems'>[] {
  const field = FIELD_OF_TYPE.get(String(secret.type));
  if (field === undefined) return [];
  const document = readDocument(secret, field);
  if (!document.ok) return [{ auths: [], problems: [`${within}: ${document.error}`] }];
  // credHelpers and credsStore are left alone: kubelet does, and a cluster must not choose programs for this machine.
  const { auths, problems } = parseDockerConfig(document.value);
  return [
    {
      auths: auths.map((entry) => ({ ...entry, within })),
      problems: problems.map((problem) => `${within}: ${problem}`),
    },
  ];
}

/** `stringData` is plain and outranks `data`, which is base64. */
function readDocument({ data, stringData }: JsonObject, field: string): Outcome<unknown, string> {
  const plain = isJsonObject(stringData) ? stringData[field] : undefined;
  const encoded = isJsonObject(data) ? data[field] : undefined;
  if (typeof plain === 'string') return parseJson(plain);
  if (typeof encoded !== 'string') return failure(`it has no "${field}"`);
  const text = decodeBase64Text(encoded);
  return text === undefined ? failure(`its "${field}" is not base64 of a text`) : parseJson(text);
}
