// Reads files that the user named; an error says which setting named the file.

import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo, looksLikeJson } from '../core/userinfo.ts';
import { absolutePath } from '../file/directories.ts';
import { readFileBytes, USUAL_DEADLINE_MS } from '../file/read-file.ts';

/** The files of one run. Each is read once: two settings may name the same pipe, which yields its bytes once. */
export interface UserFiles {
  /** `label`: the setting that named it, such as `--auth-file`. Throws a UsageError if it cannot be read. */
  readonly bytes: (path: string, label: string, maxBytes?: number) => Promise<Uint8Array>;
  readonly text: (path: string, label: string, maxBytes?: number) => Promise<string>;
}

const MAX_BYTES = 1024 * 1024;

/** A variable often holds the file itself, with its passwords. */
export function refuseJson(path: string, label: string): void {
  if (looksLikeJson(path)) throw new UsageError(`the value of ${label} is not a path: it looks like JSON.`);
}

/** `signal` ends each read, which then rejects with its reason. */
export function createUserFiles(signal?: AbortSignal): UserFiles {
  const reads = new Map<string, ReturnType<typeof readFileBytes>>();

  const bytes: UserFiles['bytes'] = async (path, label, maxBytes = MAX_BYTES) => {
    refuseJson(path, label);
    const name = absolutePath(path);
    const reading = reads.get(name) ?? readFileBytes(path, { maxBytes, deadlineMs: USUAL_DEADLINE_MS, signal });
    reads.set(name, reading);
    const read = await reading;
    if (!read.ok)
      throw new UsageError(`${label}: cannot read ${cleanText(hideUserinfo(path))}: ${read.error.problem}.`);
    return read.value;
  };

  return {
    bytes,
    text: async (...named) => Buffer.from(await bytes(...named)).toString('utf8'),
  };
}
