// Reads files of others: never a device, never more than the caller allows, never a thread that waits for a pipe.
//
// Node reads in threads, and a process ends only when they do. So nothing is asked of the system that may wait: pipes
// are looked at again and again until bytes come, the writer goes, the time is up or the signal aborts.

import { readSync, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { untilAborted } from '../core/until-aborted.ts';
import { withDescriptor } from './descriptor.ts';
import { asUnreadable, type FileFailure, UnreadableFile } from './file-failure.ts';
import { kindOfFile, READ_FLAGS } from './file-kind.ts';

export interface ReadManner {
  /** Ends the read, which then rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** For the whole file, in milliseconds; unset: as long as it takes, if only something writes to it. */
  readonly deadlineMs?: number | undefined;
  /** Looks at the file before it is read; words that complete "cannot read x: …" are why it is not. */
  readonly refuse?: ((stats: Stats) => string | undefined) | undefined;
}

export interface ReadLimits extends ReadManner {
  readonly maxBytes: number;
}

/** For files that are small and there already; `<(command)` may need a moment. */
export const USUAL_DEADLINE_MS = 10_000;

/** For files that were come across: nothing that is one has to wait for a program. */
export const refusePipes = (stats: Stats): string | undefined =>
  stats.isFIFO() || stats.isSocket() ? 'it is a pipe' : undefined;

const CHUNK_BYTES = 64 * 1024;
const LONGEST_PAUSE_MS = 50;
/** Until a program opens a named pipe to write. */
const WRITER_MS = 10_000;
/** Elsewhere /dev/fd/3 is the descriptor itself, and waits as whoever made it wanted. */
const IS_NON_BLOCKING = process.platform === 'linux';

/** Rejects only when the signal aborts. */
export async function readFileText(path: string, limits: ReadLimits): Promise<Outcome<string, FileFailure>> {
  const bytes = await readFileBytes(path, limits);
  return bytes.ok ? success(bytes.value.toString('utf8')) : bytes;
}

/** Rejects only when the signal aborts. */
export async function readFileBytes(
  path: string,
  { maxBytes, ...manner }: ReadLimits,
): Promise<Outcome<Buffer, FileFailure>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of readFileChunks(path, manner)) {
      bytes += chunk.length;
      if (bytes > maxBytes) return failure(tooLarge(maxBytes));
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof UnreadableFile) return failure(error);
    throw error;
  }
  return success(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
}

export const tooLarge = (maxBytes: number): FileFailure =>
  new UnreadableFile(`it is larger than ${formatSize(maxBytes)}`);

const formatSize = (bytes: number): string =>
  bytes >= 1024 * 1024 ? `${bytes / 1024 / 1024} MiB` : `${bytes / 1024} KiB`;

/** The bytes as they come, without end where the file has none. Throws an UnreadableFile, or the signal's reason. */
export async function* readFileChunks(
  path: string,
  { signal, deadlineMs, refuse }: ReadManner = {},
): AsyncGenerator<Buffer> {
  const end = new AbortController();
  const onAbort = (): void => end.abort(signal?.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  let hasBytes = false;
  const onTime = (): void => {
    const what = hasBytes ? 'it did not end' : 'nothing came from it';
    end.abort(new UnreadableFile(`${what} within ${(deadlineMs ?? 0) / 1000} s`));
  };
  const timer = deadlineMs === undefined ? undefined : setTimeout(onTime, deadlineMs);
  try {
    for await (const chunk of chunksUntil(path, end.signal, refuse)) {
      hasBytes = true;
      yield chunk;
    }
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

async function* chunksUntil(path: string, end: AbortSignal, refuse: ReadManner['refuse']): AsyncGenerator<Buffer> {
  end.throwIfAborted();
  const opened = await openAndLook(path, end);
  try {
    const problem = refuse?.(opened.stats);
    if (problem !== undefined) throw new UnreadableFile(problem);
    yield* readOpened(opened, end);
  } catch (error) {
    throw end.aborted ? end.reason : asUnreadable(error);
  } finally {
    // A file system that does not answer is not waited for.
    const closing = opened.file.close();
    if (end.aborted) closing.catch(() => undefined);
    else await closing;
  }
}

interface Opened {
  readonly file: FileHandle;
  readonly stats: Stats;
}

async function openAndLook(path: string, end: AbortSignal): Promise<Opened> {
  const opening = withDescriptor(() => open(path, READ_FLAGS)).then(async (file): Promise<Opened> => {
    try {
      return { file, stats: await file.stat() };
    } catch (error) {
      await file.close();
      throw error;
    }
  });
  try {
    return await untilAborted(opening, end);
  } catch (error) {
    // It may be opened yet.
    opening.then(({ file }) => file.close()).catch(() => undefined);
    throw end.aborted ? end.reason : asUnreadable(error, path);
  }
}

async function* readOpened({ file, stats }: Opened, end: AbortSignal): AsyncGenerator<Buffer> {
  const kind = kindOfFile(file.fd, stats);
  let hadWriter = kind !== 'named-pipe';
  let waitedMs = 0;
  let pauseMs = 1;
  let buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (;;) {
    const bytes =
      kind === 'file' || !IS_NON_BLOCKING
        ? await untilAborted(file.read(buffer).then(bytesOf, noneYet), end)
        : readWhatIsThere(file.fd, buffer);
    if (bytes === 0 && hadWriter) return;
    if (bytes === undefined || bytes === 0) {
      hadWriter ||= bytes === undefined;
      if (!hadWriter && waitedMs >= WRITER_MS)
        throw new UnreadableFile(`no program wrote to it for ${WRITER_MS / 1000} s`);
      await sleep(pauseMs, undefined, { signal: end });
      waitedMs += pauseMs;
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      continue;
    }
    yield buffer.subarray(0, bytes);
    buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    hadWriter = true;
    pauseMs = 1;
    // A writer that is always ahead of us must not keep timers and signals out.
    if (kind !== 'file') await nextTurn();
    end.throwIfAborted();
  }
}

/** The bytes in a pipe; undefined when there are none yet. */
function readWhatIsThere(fd: number, buffer: Buffer): number | undefined {
  try {
    return readSync(fd, buffer);
  } catch (error) {
    return noneYet(error);
  }
}

const bytesOf = ({ bytesRead }: { bytesRead: number }): number => bytesRead;

function noneYet(error: unknown): undefined {
  if ((error as { code?: unknown } | undefined)?.code !== 'EAGAIN') throw error;
}
