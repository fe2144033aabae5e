// Where the text of a report goes: a stream of the process or a file. Each write waits until the text is taken.

import { open, rename, rm, stat } from 'node:fs/promises';
import { fileProblem } from '../core/file-problem.ts';
import { UsageError } from '../core/usage-error.ts';
import type { Format } from '../report/reporters.ts';
import type { OutputStream, Write } from './output-stream.ts';

export interface Sink {
  /** false when nobody reads any more. */
  readonly write: (text: string) => Promise<boolean>;
  readonly close: () => Promise<void>;
  /** Instead of `close`, when the work never began. */
  readonly discard: () => Promise<void>;
}

/** Not closed at the end: the stream is the process's own. */
export function createStreamSink(stream: OutputStream, format: Format): Sink {
  return {
    write: (text) => isTaken(format === 'text' ? stream.writeText(text) : stream.writeDocument(text)),
    close: async () => undefined,
    discard: async () => undefined,
  };
}

/** Whether standard output has a reader still. Throws a UsageError when it cannot be written. */
export async function isTaken(writing: Promise<Write>): Promise<boolean> {
  const write = await writing;
  if (write instanceof Error) throw cannotWrite('to standard output', write);
  return write === 'written';
}

export interface FileSinkOptions {
  /** Keep what is there and write behind it. */
  readonly append?: boolean;
  /** Whoever reads the file meets the old text or the new, never a part: a file beside it takes its place at the end. */
  readonly atomic?: boolean;
}

/** Opens the file at once, so that a bad path fails before the work begins. */
export async function openFileSink(path: string, { append, atomic }: FileSinkOptions = {}): Promise<Sink> {
  const written = atomic && (await canBeReplaced(path)) ? `${path}.${process.pid}.tmp` : path;
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

/** A folder cannot, and `/dev/stdout` must not. */
const canBeReplaced = (path: string): Promise<boolean> =>
  stat(path).then(
    (there) => there.isFile(),
    () => true,
  );

function cannotWrite(where: string, error: unknown): unknown {
  const problem = fileProblem(error);
  return problem === undefined ? error : new UsageError(`Cannot write ${where}: ${problem}.`);
}
