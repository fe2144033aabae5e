// Files that a person named: what is in them, or a message that says who named them.

import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { absolutePath } from '../file/directories.ts';
import { readFileBytes, USUAL_DEADLINE_MS } from '../file/read-file.ts';

/** The files of one run: each is read once, for a pipe gives its bytes once, and two settings may name it. */
export interface NamedFiles {
  /** `label`: who named it, as `--auth-file`. Throws a UsageError when it cannot be read. */
  readonly bytes: (path: string, label: string, maxBytes?: number) => Promise<Uint8Array>;
  readonly text: (path: string, label: string, maxBytes?: number) => Promise<string>;
}

const MAX_BYTES = 1024 * 1024;

/** `signal` ends every read, which then rejects with its reason. */
export function createNamedFiles(signal?: AbortSignal): NamedFiles {
  const reads = new Map<string, ReturnType<typeof readFileBytes>>();

  const bytes: NamedFiles['bytes'] = async (path, label, maxBytes = MAX_BYTES) => {
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
