// Where the text of a report goes: a stream of the process or a file. Each write waits until the text is taken.

import { constants, openSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { fileProblem } from '../file/file-failure.ts';
import type { Format } from '../report/format.ts';
import type { Clock, Io } from './io.ts';
import { createOutputStream, type OutputStream, type Write } from './output-stream.ts';

export interface Sink {
  /** false when nobody reads any more. */
  readonly write: (text: string) => Promise<boolean>;
  readonly close: () => Promise<void>;
  /** Instead of `close`, when the work never began. */
  readonly discard: () => Promise<void>;
}

/** Not closed at the end: the stream is the process's own. `where`: as the end of "Cannot write …". */
export function createStreamSink(stream: OutputStream, format: Format, where?: string): Sink {
  return {
    write: (text) => isTaken(format === 'text' ? stream.writeText(text) : stream.writeDocument(text), where),
    close: async () => undefined,
    discard: async () => undefined,
  };
}

/** Whether there is a reader still. Throws a UsageError when it cannot be written to. */
export async function isTaken(writing: Promise<Write>, where = 'to standard output'): Promise<boolean> {
  const write = await writing;
  if (write instanceof Error) throw cannotWrite(where, write);
  return write === 'written';
}

export interface FileSinkOptions {
  /**
   * Metrics are read at any time: the reader meets the old text or the new, never a part, since a file beside it takes
   * its name at the end.
   */
  readonly format?: Format;
  /** Keep what is there and write behind it. */
  readonly append?: boolean;
}

/** Opens the file at once, so that a bad path fails before the work begins. */
export async function openFileSink(
  path: string,
  { clock, interruption }: Pick<Io, 'clock' | 'interruption'>,
  { format = 'json', append = false }: FileSinkOptions,
): Promise<Sink> {
  const there = await stat(path).catch(() => undefined);
  if (there?.isFIFO()) return openPipeSink(path, format, clock, interruption);
  // A folder cannot be replaced, and `/dev/stdout` must not.
  const written = format === 'prometheus' && (there?.isFile() ?? true) ? `${path}.${process.pid}.tmp` : path;
  const file = await open(written, append ? 'a' : 'w').catch((error: unknown) => {
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
      if (written === path) return;
      await rename(written, path).catch(async (error: unknown) => {
        await rm(written, { force: true });
        throw cannotWrite(path, error);
      });
    },
    async discard() {
      await file.close();
      if (written !== path) await rm(written, { force: true });
    },
  };
}

/** A program that is to read a pipe may start after us. */
const READER_MS = 10_000;
const READER_PAUSE_MS = 50;

/** Opened without a wait in a thread, which would outlive us, and written as the streams of the process are. */
async function openPipeSink(path: string, format: Format, clock: Clock, interruption: AbortSignal): Promise<Sink> {
  const startedMs = clock.now();
  let fd = openPipe(path);
  while (fd === undefined && !interruption.aborted) {
    if (clock.now() - startedMs >= READER_MS) {
      throw new UsageError(`Cannot write ${hideUserinfo(path)}: no program reads from this pipe.`);
    }
    await clock.sleep(READER_PAUSE_MS, interruption);
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

/** Undefined while it has no reader. */
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
  return problem === undefined ? error : new UsageError(`Cannot write ${hideUserinfo(where)}: ${problem}.`);
}
