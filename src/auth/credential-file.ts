// Reads a file of logins without trusting it to be small, to be text, or to be a file.

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, type Outcome, success } from '../core/outcome.ts';

/** Kubernetes allows a Secret 1 MiB; docker's and podman's files are a few KiB. */
const MAX_BYTES = 1024 * 1024;
const PIPE_PATIENCE_MS = 10_000;
const PIPE_PAUSE_MS = 20;

/** The text, or undefined when there is no such file or nothing in it; an error says what is wrong. */
export async function readCredentialFile(
  path: string,
  patienceMs = PIPE_PATIENCE_MS,
): Promise<Outcome<string | undefined, string>> {
  let file: FileHandle | undefined;
  try {
    // Non-blocking, because `--auth-file <(kubectl get secret …)` is a pipe, and one that nobody feeds must not hang.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const bytes = await readAll(file, patienceMs);
    if (!bytes.ok) return bytes;
    return success(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.value) || undefined);
  } catch (error) {
    return describe(error);
  } finally {
    await file?.close();
  }
}

async function readAll(file: FileHandle, patienceMs: number): Promise<Outcome<Uint8Array, string>> {
  const buffer = new Uint8Array(MAX_BYTES + 1);
  let length = 0;
  for (let waitedMs = 0; length <= MAX_BYTES; ) {
    const read = await file.read(buffer, length).catch((error) => {
      if (codeOf(error) !== 'EAGAIN') throw error;
    });
    if (read !== undefined) {
      if (read.bytesRead === 0) return success(buffer.subarray(0, length));
      length += read.bytesRead;
    } else if (waitedMs >= patienceMs) {
      return failure(`nothing came from it for ${patienceMs / 1000} s`);
    } else {
      await sleep(PIPE_PAUSE_MS);
      waitedMs += PIPE_PAUSE_MS;
    }
  }
  return failure('it is larger than 1 MiB');
}

function describe(error: unknown): Outcome<undefined, string> {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return success(undefined);
  if (code === 'EISDIR') return failure('it is a folder');
  if (code === 'EACCES' || code === 'EPERM') return failure('this user may not read it');
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return failure('it is not UTF-8 text');
  return failure(`it cannot be read (${code ?? 'unknown error'})`);
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
