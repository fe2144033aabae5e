// Credentials in Kubernetes pull secrets: kubernetes.io/dockerconfigjson and kubernetes.io/dockercfg.
// https://kubernetes.io/docs/concepts/configuration/secret/#docker-config-secrets

import { replaceInvalid } from '../core/byte-text.ts';
import { failure, type Outcome } from '../core/outcome.ts';
import { type DockerConfig, parseDockerConfig } from './docker-config.ts';
import { decodeBase64Text, isPlainObject, type PlainObject, parseJsonDocument } from './go-document.ts';

const FIELD_OF_TYPE = new Map([
  ['kubernetes.io/dockerconfigjson', '.dockerconfigjson'],
  ['kubernetes.io/dockercfg', '.dockercfg'],
]);

/** A Secret found in an input file. It contains credentials: never show it. */
export interface FoundSecret {
  /** As plain data. */
  readonly secret: unknown;
  /** The file it was found in, as a report names it. */
  readonly file: string;
  /** Only its name is known, and why there is no more: `it does not exist`. */
  readonly problem?: string | undefined;
}

/** Whether a JSON document is a Kubernetes object, which a docker config never is. */
export const isKubernetesObject = (document: unknown): boolean =>
  isPlainObject(document) && typeof document.kind === 'string';

/**
 * The credentials of all pull secrets in the documents and in their lists, as one config: kubelet, too, tries the most
 * specific key first, whichever secret has it. Other objects are ignored.
 */
export function parsePullSecrets(documents: readonly unknown[]): DockerConfig {
  const secrets = documents.flatMap(unfoldList).filter(isSecret);
  const parsed = secrets.flatMap((secret) => parseSecret(secret, nameOf(secret, ' ')));
  return parsed.length === 0
    ? { ...EMPTY, problems: ['it contains no pull secret (type kubernetes.io/dockerconfigjson)'] }
    : merge(parsed);
}

/** As parsePullSecrets, but every credential names its Secret and file: `Secret/regcred in pod.yaml`. */
export const parseFoundSecrets = (found: readonly FoundSecret[]): DockerConfig =>
  merge(
    found.flatMap(({ secret, file, problem }) => {
      if (!isSecret(secret)) return [];
      const within = `${nameOf(secret, '/')} in ${file}`;
      return problem === undefined ? parseSecret(secret, within) : [{ auths: [], problems: [`${within}: ${problem}`] }];
    }),
  );

type SecretContent = Pick<DockerConfig, 'auths' | 'problems'>;

const EMPTY: DockerConfig = { auths: [], credHelpers: [], problems: [] };

const merge = (parsed: readonly SecretContent[]): DockerConfig => ({
  ...EMPTY,
  auths: parsed.flatMap(({ auths }) => auths),
  problems: parsed.flatMap(({ problems }) => problems),
});

const unfoldList = (document: unknown): readonly unknown[] =>
  isPlainObject(document) && Array.isArray(document.items) ? document.items : [document];

const isSecret = (document: unknown): document is PlainObject => isPlainObject(document) && document.kind === 'Secret';

function nameOf({ metadata }: PlainObject, separator: string): string {
  const name = isPlainObject(metadata) ? metadata.name : undefined;
  return typeof name === 'string' ? `Secret${separator}${name}` : 'an unnamed Secret';
}

function parseSecret(secret: PlainObject, within: string): SecretContent[] {
  const field = FIELD_OF_TYPE.get(String(secret.type));
  if (field === undefined) return [];
  const document = readDocument(secret, field);
  if (!document.ok) return [{ auths: [], problems: [`${within}: ${document.error}`] }];
  // credHelpers and credsStore are ignored, as by kubelet: a cluster must not choose programs for this machine.
  const { auths, problems } = parseDockerConfig(document.value);
  return [
    {
      auths: auths.map((entry) => ({ ...entry, within })),
      problems: problems.map((problem) => `${within}: ${problem}`),
    },
  ];
}

/** `stringData` is plain text and takes precedence over `data`, which is base64. */
function readDocument({ data, stringData }: PlainObject, field: string): Outcome<unknown, string> {
  const plain = isPlainObject(stringData) ? stringData[field] : undefined;
  const encoded = isPlainObject(data) ? data[field] : undefined;
  if (typeof plain === 'string') return parseJsonDocument(plain);
  if (typeof encoded !== 'string') return failure(`it has no "${field}"`);
  const text = decodeBase64Text(encoded);
  return text === undefined
    ? failure(`its "${field}" is not base64-encoded text`)
    : parseJsonDocument(replaceInvalid(text));
}
