// A file of credentials: read within bounds, and parsed as a docker or podman config or as Kubernetes Secrets.

import { replaceInvalid, textOfBytes } from '../core/byte-text.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { retryAtOpenFileLimit } from '../file/open-file-limit.ts';
import { type ReadLimits, readFileBytes, USUAL_DEADLINE_MS } from '../file/read-file.ts';
import { type DockerConfig, parseDockerConfig } from './docker-config.ts';
import { parseFirstJson } from './go-document.ts';
import { isKubernetesObject, parsePullSecrets } from './pull-secret.ts';

/** Kubernetes limits a Secret to 1 MiB; docker's and podman's files are a few KiB. */
const MAX_BYTES = 1024 * 1024;

/** The text; undefined when the file is missing or empty. Rejects only when the signal aborts. */
export async function readCredentialFile(
  path: string,
  options: ReadLimits = {},
): Promise<Outcome<string | undefined, string>> {
  const bytes = await readFileBytes(path, { maxBytes: MAX_BYTES, deadlineMs: USUAL_DEADLINE_MS, ...options });
  if (bytes.ok) return decodeCredentialFile(bytes.value);
  return bytes.error.isMissing ? success(undefined) : failure(bytes.error.problem);
}

/** The text of a file that was read already; undefined when it is empty. Go reads JSON that is not UTF-8, but not YAML. */
export function decodeCredentialFile(bytes: Uint8Array): Outcome<string | undefined, string> {
  const text = textOfBytes(bytes);
  const valid = replaceInvalid(text);
  if (valid !== text && !isJson(valid)) return failure('it is not UTF-8 text');
  return success(valid || undefined);
}

/** A problem that prevents no credential from being read. */
export const FOLLOWED = 'text follows its JSON object: docker ignores it, but podman and skopeo refuse the file';

const isJson = (text: string): boolean => /^\s*[{[]/.test(text);

/** Reads JSON of docker or podman, or Kubernetes Secrets in JSON or YAML. */
export async function parseCredentialText(text: string): Promise<Outcome<DockerConfig, string>> {
  // docker, podman and crane all reject a BOM, so an actual pull would not use these credentials either.
  if (text.startsWith('\uFEFF')) return failure('it starts with a byte order mark, which docker and podman reject');
  if (text.includes('\0')) return failure('it is not a text file');
  if (isJson(text)) {
    const parsed = parseFirstJson(text);
    if (!parsed.ok) return parsed;
    const { value, rest } = parsed.value;
    const config = isKubernetesObject(value) ? parsePullSecrets([value]) : parseDockerConfig(value);
    return success(rest === '' ? config : { ...config, problems: [...config.problems, FOLLOWED] });
  }
  if (!/^kind:/m.test(text)) return failure('it is neither JSON nor a Kubernetes Secret');
  // Loaded late: most machines store credentials in JSON only.
  const { readYamlDocuments } = await retryAtOpenFileLimit(() => import('./yaml-text.ts'));
  const documents = readYamlDocuments(text);
  return documents.ok ? success(parsePullSecrets(documents.value)) : documents;
}
