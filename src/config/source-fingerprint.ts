// Whether files changed since they were read, without reading them: names, sizes and times.

import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { walkDirectory } from '../input/directory.ts';

/** Of files and directories; equal as long as none of them changes. */
export async function fingerprintOf(paths: readonly string[], signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    const kind = await stat(path).catch(() => undefined);
    if (kind?.isDirectory()) {
      for await (const { path: file } of walkDirectory(path)) {
        signal.throwIfAborted();
        hash.update(await describe(file));
      }
    } else {
      hash.update(await describe(path));
    }
  }
  return hash.digest('hex');
}

async function describe(path: string): Promise<string> {
  try {
    const { size, mtimeNs, ctimeNs, ino } = await stat(path, { bigint: true });
    return `${path}\0${size} ${mtimeNs} ${ctimeNs} ${ino}\0`;
  } catch {
    return `${path}\0\0`;
  }
}
