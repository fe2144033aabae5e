// Any text that may hold logins to a DockerConfig: JSON of docker or podman, a Kubernetes Secret in JSON or YAML.

import { failure, type Outcome, success } from '../core/outcome.ts';
import { withDescriptor } from '../file/descriptor.ts';
import { type DockerConfig, parseDockerConfig } from './docker-config.ts';
import { parseJson } from './json-text.ts';
import { isKubernetesObject, parsePullSecrets } from './pull-secret.ts';

export async function parseCredentialText(text: string): Promise<Outcome<DockerConfig, string>> {
  // docker, podman and crane all refuse a BOM, so a real pull would not use these logins either.
  if (text.startsWith('\uFEFF')) return failure('it starts with a byte order mark, which docker and podman refuse');
  if (text.includes('\0')) return failure('it is not a text file');
  if (/^\s*[{[]/.test(text)) {
    const document = parseJson(text);
    if (!document.ok) return document;
    return success(
      isKubernetesObject(document.value) ? parsePullSecrets([document.value]) : parseDockerConfig(document.value),
    );
  }
  if (!/^kind:/m.test(text)) return failure('it is neither JSON nor a Kubernetes Secret');
  const { parseYamlDocuments } = await withDescriptor(() => import('./yaml-text.ts'));
  const documents = parseYamlDocuments(text);
  return documents.ok ? success(parsePullSecrets(documents.value)) : documents;
}
