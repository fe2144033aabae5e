// The only access to standard output and standard error: every text is cleaned here for its destination, so that nothing
// from a file, a registry or an argument controls a terminal or becomes a command in the log of a pipeline.

import { setMaxListeners } from 'node:events';
import type { Writable } from 'node:stream';
import { once } from '../core/once.ts';
import { cleanLayout, cleanLine } from '../core/text.ts';
import { hideUserinfoIn } from '../core/userinfo.ts';
import { GLUE, wrapMessage } from './message-lines.ts';
import { widthOf } from './terminal.ts';

/** A stream of the process, or of a test. */
export type ProcessStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** What the command can do with such a stream. */
export interface OutputStream {
  readonly isTTY: boolean;
  /** Of a terminal. */
  readonly columns: number | undefined;
  /** Messages: each text becomes one clean line, wrapped on a terminal, and credentials in a URL are hidden. */
  readonly writeLines: (...texts: readonly string[]) => void;
  /** A formatted text: line ends and our colors are kept, the rest is cleaned. */
  readonly writeText: (text: string) => Promise<Write>;
  /** A document for machines, escaped by its format: only control characters are removed. */
  readonly writeDocument: (text: string) => Promise<Write>;
  /** Replaces the line of the cursor, without a line end; undefined erases it. */
  readonly drawLine: (text: string | undefined) => void;
  /** The outcome of the last write, and so of all before it. */
  readonly flush: () => Promise<Write>;
}

/** The outcome of a write once the reader has taken the text; `gone`: the reader does not take it. */
export type Write = 'written' | 'gone' | Error;

/** The reader has ended, as `head` does. */
const GONE = new Set(['EPIPE', 'EOF', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END']);

/** How long a reader may take for a text after an interruption; then it counts as gone. */
const GRACE_MS = 2000;

const ERASE = '\r\u001b[2K';

/** C0 except the line end, DEL, C1, and bidirectional controls (UAX #9): escaped or absent in every format. */
const control = once(() => /(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu);

export function createOutputStream(stream: ProcessStream, interruption: AbortSignal): OutputStream {
  // Every pending write adds a listener.
  setMaxListeners(0, interruption);
  // The callback of each write reports a reader that is gone; without a listener it would be an exception.
  stream.on('error', () => undefined);
  let isGone = false;
  let last: Promise<Write> = Promise.resolve('written');

  const put = (text: string): Promise<Write> => {
    if (isGone) return Promise.resolve('gone');
    last = new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const settle = (write: Write): void => {
        clearTimeout(timer);
        interruption.removeEventListener('abort', onInterruption);
        if (write === 'gone') isGone = true;
        resolve(write);
      };
      const onInterruption = (): void => {
        timer = setTimeout(() => settle('gone'), GRACE_MS);
      };
      if (interruption.aborted) onInterruption();
      else interruption.addEventListener('abort', onInterruption, { once: true });
      stream.write(text, (error) => settle(error ? outcomeOf(error, stream) : 'written'));
    });
    return last;
  };

  return {
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns;
    },
    writeLines: (...texts) => {
      const lines = texts.flatMap((text) => wrapMessage(cleanMessage(text), widthOf(stream)));
      if (lines.length > 0) void put(lines.map((line) => `${line}\n`).join(''));
    },
    writeText: (text) => put(cleanLayout(text)),
    writeDocument: (text) => put(text.replace(control(), ' ')),
    drawLine: (text) => void put(text === undefined ? ERASE : ERASE + cleanLine(text)),
    flush: () => last,
  };
}

/** As `cleanLine`, but for the places where no line ends. */
const cleanMessage = (text: string): string =>
  hideUserinfoIn(text)
    .split(GLUE)
    .map((part) => cleanLine(part))
    .join(GLUE);

/** A closed terminal causes EIO; for a file that is an error to report. */
function outcomeOf(error: Error, { isTTY }: ProcessStream): Write {
  const { code = '' } = error as NodeJS.ErrnoException;
  return GONE.has(code) || (isTTY && code === 'EIO') ? 'gone' : error;
}
