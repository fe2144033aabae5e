// Standard input: images, or a password. On a terminal the command says what it expects, and does not show a password.

import { addAbortSignal, type Readable } from 'node:stream';
import type { Io } from './io.ts';
import { READING_IMAGES, READING_PASSWORD } from './notes.ts';

/** The password on standard input; on a terminal it is typed. */
export async function* readPasswordInput(io: Io, signal: AbortSignal): AsyncGenerator<Uint8Array | string> {
  const stdin: TerminalInput = io.stdin();
  if (!stdin.isTTY) return yield* readStdin(io, signal);
  try {
    yield* readTypedPassword(addAbortSignal(signal, stdin), io);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Standard input until its end or until the signal aborts, which releases it. */
export async function* readStdin(io: Io, signal: AbortSignal): AsyncGenerator<Uint8Array | string> {
  const stdin: TerminalInput = io.stdin();
  if (stdin.isTTY) io.stderr.writeLines(READING_IMAGES);
  try {
    yield* addAbortSignal(signal, stdin);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** What Node's terminal input adds to a stream. */
interface TerminalInput extends Readable {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
}

/** The line without its end. Ctrl-C ends the run, as it does elsewhere. */
async function* readTypedPassword(stdin: TerminalInput, io: Pick<Io, 'stderr' | 'interrupt'>): AsyncGenerator<string> {
  io.stderr.writeLines(READING_PASSWORD);
  let typed = '';
  stdin.setEncoding('utf8');
  stdin.setRawMode?.(true);
  try {
    for await (const chunk of stdin) {
      for (const character of String(chunk)) {
        switch (character) {
          case '\r':
          case '\n':
          case '\u0004':
            return yield typed;
          case '\u0003':
            io.interrupt();
            return;
          case '\u0008':
          case '\u007f':
            typed = [...typed].slice(0, -1).join('');
            break;
          case '\u0015':
            typed = '';
            break;
          default:
            typed += character;
        }
      }
    }
    yield typed;
  } finally {
    stdin.setRawMode?.(false);
  }
}
