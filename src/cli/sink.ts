// Where the text of a report goes: a stream of the process, a file or a pipe. A write settles when the text is taken.

import { randomUUID } from 'node:crypto';
import { constants, openSync } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { fileProblem } from '../file/file-failure.ts';
import type { Format } from '../report/format.ts';
import { unlessInterrupted } from './interruption.ts';
import type { Io } from './io.ts';
import { createOutputStream, type OutputStream, type Write } from './output-stream.ts';

export interface Sink {
  /** Resolves to false if no reader is left. */
  readonly write: (text: string) => Promise<boolean>;
  readonly close: () => Promise<void>;
  /** Instead of `close`, if the run did not start or the report cannot be written. */
  readonly discard: () => Promise<void>;
}

/** Does not close the stream, which belongs to the process. `where`: the end of "cannot write …". */
export function createStreamSink(stream: OutputStream, format: Format, where?: string): Sink {
  return {
    write: (text) => isTaken(format === 'text' ? stream.writeText(text) : stream.writeDocument(text), where),
    close: async () => undefined,
    discard: async () => undefined,
  };
}

/** Whether there is still a reader. Throws a UsageError if the stream cannot be written. */
export async function isTaken(writing: Promise<Write>, where = 'to standard output'): Promise<boolean> {
  const write = await writing;
  if (write instanceof Error) throw cannotWrite(where, write);
  return write === 'written';
}

export interface FileSinkOptions {
  /** Metrics are written to another file that is renamed at the end: a reader never sees a part of them. */
  readonly format?: Format;
  readonly append?: boolean;
}

/** Opens the file immediately, and makes its directory if there is none, so that an invalid path fails before the run starts. */
export async function openFileSink(
  path: string,
  { clock, interruption }: Pick<Io, 'clock' | 'interruption'>,
  { format = 'json', append = false }: FileSinkOptions,
): Promise<Sink> {
  const existing = await stat(path).catch(() => undefined);
  if (existing?.isFIFO()) return openPipeSink(path, format, clock, interruption);
  // A directory cannot be replaced, and `/dev/stdout` must not be.
  const isReplaced = format === 'prometheus' && (existing?.isFile() ?? true);
  // A name that cannot be guessed, and a new file: a link that is there already could lead anywhere.
  const target = isReplaced ? `${path}.${randomUUID()}.tmp` : path;
  const openTarget = () => open(target, isReplaced ? 'wx' : append ? 'a' : 'w');
  const file = await openTarget()
    .catch(async (error: unknown) => {
      // A URL or a credential is a mistake, not a directory; the files of a pipeline are there already.
      const isMistake = path.includes('://') || hideUserinfo(path) !== path;
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || append || isMistake) throw error;
      await makeDirectory(dirname(path));
      return openTarget();
    })
    .catch((error: unknown) => {
      throw cannotWrite(path, error);
    });
  return {
    async write(text) {
      await file.writeFile(text).catch((error: unknown) => {
        throw cannotWrite(path, error);
      });
      return true;
    },
    async close() {
      await file.close();
      if (!isReplaced) return;
      await rename(target, path).catch(async (error: unknown) => {
        await rm(target, { force: true });
        throw cannotWrite(path, error);
      });
    },
    async discard() {
      await file.close();
      if (isReplaced) await rm(target, { force: true });
    },
  };
}

/** With those above it. Not the `recursive` of Node 20: it tries forever where the system makes no directory, as in /proc. */
async function makeDirectory(path: string): Promise<void> {
  const make = () =>
    mkdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  await make().catch(async (error: NodeJS.ErrnoException) => {
    const parent = dirname(path);
    if (error.code !== 'ENOENT' || parent === path) throw error;
    await makeDirectory(parent);
    await make();
  });
}

/** The reader of a pipe may start after us. */
const READER_MS = 10_000;
const READER_PAUSE_MS = 50;

/** Opened without blocking a thread, which would keep the process alive, and written like the streams of the process. */
async function openPipeSink(path: string, format: Format, clock: Clock, interruption: AbortSignal): Promise<Sink> {
  const startedMs = clock.now();
  let fd = openPipe(path);
  while (fd === undefined && !interruption.aborted) {
    if (clock.now() - startedMs >= READER_MS) {
      throw new UsageError(`cannot write ${hideUserinfo(path)}: no program reads from this pipe.`);
    }
    await unlessInterrupted(clock.sleep(READER_PAUSE_MS, interruption), interruption);
    fd = openPipe(path);
  }
  if (fd === undefined)
    return { write: async () => false, close: async () => undefined, discard: async () => undefined };
  const { Socket } = await import('node:net');
  const socket = new Socket({ fd, readable: false, writable: true });
  const stream = createOutputStream(socket, interruption);
  const close = async () => {
    await stream.flush();
    socket.destroy();
  };
  const sink = createStreamSink(stream, format, path);
  return { ...sink, close, discard: close };
}

/** Undefined while the pipe has no reader. */
function openPipe(path: string): number | undefined {
  try {
    return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return undefined;
    throw cannotWrite(path, error);
  }
}

function cannotWrite(where: string, error: unknown): unknown {
  const problem = fileProblem(error);
  return problem === undefined ? error : new UsageError(`cannot write ${hideUserinfo(where)}: ${problem}.`);
}
