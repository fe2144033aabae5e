// Reads files: never a device, never more than the caller allows, never in a thread that waits for a pipe.
//
// Node reads in threads, and a process ends only when they do. So no system call here may block: pipes are polled until
// bytes arrive, the writer closes, the time is up or the signal aborts.

import { close as closeFile, fstat, open as openFile, read as readFile, readSync, type Stats } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { startRunningTimer } from '../core/running-timer.ts';
import { untilAborted } from '../core/until-aborted.ts';
import { asUnreadable, type FileFailure, UnreadableFile } from './file-failure.ts';
import { kindOfFile, READ_FLAGS } from './file-kind.ts';
import { retryAtOpenFileLimit } from './open-file-limit.ts';

// To load fs/promises takes longer than to read a file, and a check may wait for it.
const open = promisify(openFile);
const stat = promisify(fstat);
const read = promisify(readFile);
const close = promisify(closeFile);

export interface ReadLimits {
  /** Ends the read, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** For the whole file, in milliseconds in which the process runs; default none, as long as a program writes to it. */
  readonly deadlineMs?: number | undefined;
  /** Called before the file is read; a result completes "cannot read x: …", and the file is not read. */
  readonly refuse?: ((stats: Stats) => string | undefined) | undefined;
}

export interface BoundedReadLimits extends ReadLimits {
  readonly maxBytes: number;
}

/** For small files that already exist; `<(command)` may need a moment. */
export const USUAL_DEADLINE_MS = 10_000;

/** For files that the user did not name: they must not depend on another program. */
export const refusePipes = (stats: Stats): string | undefined =>
  stats.isFIFO() || stats.isSocket() ? 'it is a pipe' : undefined;

const CHUNK_BYTES = 64 * 1024;
const LONGEST_PAUSE_MS = 50;
/** Until a program opens a named pipe to write. */
const WRITER_MS = 10_000;
/** On other systems /dev/fd/3 is the descriptor itself, and may block. */
const IS_NON_BLOCKING = process.platform === 'linux';

/** Rejects only when the signal aborts. */
export async function readFileText(path: string, options: BoundedReadLimits): Promise<Outcome<string, FileFailure>> {
  const bytes = await readFileBytes(path, options);
  return bytes.ok ? success(bytes.value.toString('utf8')) : bytes;
}

/** Rejects only when the signal aborts. */
export async function readFileBytes(
  path: string,
  { maxBytes, ...options }: BoundedReadLimits,
): Promise<Outcome<Buffer, FileFailure>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of readFileChunks(path, options)) {
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

/** The bytes as they arrive; endless if the file is. Throws an UnreadableFile, or the signal's reason. */
export async function* readFileChunks(
  path: string,
  { signal, deadlineMs, refuse }: ReadLimits = {},
): AsyncGenerator<Buffer> {
  const end = new AbortController();
  const onAbort = (): void => end.abort(signal?.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  let hasBytes = false;
  const onTimeout = (): void => {
    const seconds = `${(deadlineMs ?? 0) / 1000} s`;
    end.abort(new UnreadableFile(hasBytes ? `it did not end within ${seconds}` : `no data for ${seconds}`));
  };
  const stopTimer = deadlineMs === undefined ? undefined : startRunningTimer(deadlineMs, onTimeout);
  try {
    for await (const chunk of chunksUntil(path, end.signal, refuse)) {
      hasBytes = true;
      yield chunk;
    }
  } finally {
    stopTimer?.();
    signal?.removeEventListener('abort', onAbort);
  }
}

async function* chunksUntil(path: string, end: AbortSignal, refuse: ReadLimits['refuse']): AsyncGenerator<Buffer> {
  end.throwIfAborted();
  const opened = await openAndStat(path, end);
  try {
    const problem = refuse?.(opened.stats);
    if (problem !== undefined) throw new UnreadableFile(problem);
    yield* readOpened(opened, end);
  } catch (error) {
    throw end.aborted ? end.reason : asUnreadable(error);
  } finally {
    // Do not wait for a file system that does not respond.
    const closing = close(opened.fd);
    if (end.aborted) closing.catch(() => undefined);
    else await closing;
  }
}

interface Opened {
  readonly fd: number;
  readonly stats: Stats;
}

async function openAndStat(path: string, end: AbortSignal): Promise<Opened> {
  const opening = retryAtOpenFileLimit(() => open(path, READ_FLAGS)).then(async (fd): Promise<Opened> => {
    try {
      return { fd, stats: await stat(fd) };
    } catch (error) {
      await close(fd);
      throw error;
    }
  });
  try {
    return await untilAborted(opening, end);
  } catch (error) {
    // It may still open.
    opening.then(({ fd }) => close(fd)).catch(() => undefined);
    throw end.aborted ? end.reason : asUnreadable(error, path);
  }
}

async function* readOpened({ fd, stats }: Opened, end: AbortSignal): AsyncGenerator<Buffer> {
  const kind = kindOfFile(fd, stats);
  let hadWriter = kind !== 'named-pipe';
  let waitedMs = 0;
  let pauseMs = 1;
  let buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (;;) {
    const bytes =
      kind === 'file' || !IS_NON_BLOCKING
        ? await untilAborted(read(fd, buffer, 0, buffer.length, null).then(bytesOf, noneYet), end)
        : readAvailable(fd, buffer);
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
    // A fast writer must not keep timers and signals from running.
    if (kind !== 'file') await nextTurn();
    end.throwIfAborted();
  }
}

/** The bytes in a pipe; undefined when there are none yet. */
function readAvailable(fd: number, buffer: Buffer): number | undefined {
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
