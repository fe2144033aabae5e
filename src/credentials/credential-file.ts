// A file of logins: its text, or what is wrong with it.

import { failure, type Outcome, success } from '../core/outcome.ts';
import { type ReadManner, readFileBytes, USUAL_DEADLINE_MS } from '../file/read-file.ts';

/** Kubernetes allows a Secret 1 MiB; docker's and podman's files are a few KiB. */
const MAX_BYTES = 1024 * 1024;

/**
 * The text, or undefined when there is no such file or nothing in it; an error says what is wrong. Rejects only when the
 * signal aborts.
 */
export async function readCredentialFile(
  path: string,
  manner: ReadManner = {},
): Promise<Outcome<string | undefined, string>> {
  const bytes = await readFileBytes(path, { maxBytes: MAX_BYTES, deadlineMs: USUAL_DEADLINE_MS, ...manner });
  if (bytes.ok) return decodeCredentials(bytes.value);
  return bytes.error.isMissing ? success(undefined) : failure(bytes.error.problem);
}

/** The same of a file that was read already. */
export function decodeCredentials(bytes: Uint8Array): Outcome<string | undefined, string> {
  try {
    return success(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) || undefined);
  } catch {
    return failure('it is not UTF-8 text');
  }
}
