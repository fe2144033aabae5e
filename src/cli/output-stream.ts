// The one door to standard output and standard error: every text is cleaned here for the place it goes to, so that
// nothing a file, a registry or an argument holds drives a terminal or is a command in the log of a pipeline.

import { setMaxListeners } from 'node:events';
import type { Writable } from 'node:stream';
import { cleanLayout, cleanLine } from '../core/text.ts';
import { hideUserinfoIn } from '../core/userinfo.ts';

/** A stream of the process, or of a test. */
export type ProcessStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** All the command can do with such a stream. */
export interface OutputStream {
  readonly isTTY: boolean;
  /** Of a terminal. */
  readonly columns: number | undefined;
  /** Messages for people: whatever a text holds, it becomes one clean line, and a login in a URL is hidden. */
  readonly writeLines: (...texts: readonly string[]) => void;
  /** A text laid out by us: its lines and our colors stay, the rest is cleaned. */
  readonly writeText: (text: string) => Promise<Write>;
  /** A document for machines, escaped by its format: only control characters are taken out. */
  readonly writeDocument: (text: string) => Promise<Write>;
  /** Draws over the line of the cursor, without a line end; undefined erases it. */
  readonly drawLine: (text: string | undefined) => void;
  /** What came of the last write, and so of all before it. */
  readonly flush: () => Promise<Write>;
}

/** Settles when the reader has the text: `gone` is a reader that will not take it. */
export type Write = 'written' | 'gone' | Error;

/** The reader went away, as `head` does when it has seen enough. */
const GONE = new Set(['EPIPE', 'EOF', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END']);

/** How long a reader may take for one text once the run is interrupted: then it counts as gone. */
const GRACE_MS = 2000;

const ERASE = '\r\u001b[2K';

/** C0 but the line end, DEL, C1, and the controls of reading direction (UAX #9): escaped or absent in every format. */
const CONTROL = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

export function createOutputStream(stream: ProcessStream, interruption: AbortSignal): OutputStream {
  // Every write that waits listens.
  setMaxListeners(0, interruption);
  // The callback of each write tells of a reader that went away; without a listener it would be an exception.
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
      if (texts.length > 0) void put(texts.map((text) => `${cleanLine(hideUserinfoIn(text))}\n`).join(''));
    },
    writeText: (text) => put(cleanLayout(text)),
    writeDocument: (text) => put(text.replace(CONTROL, ' ')),
    drawLine: (text) => void put(text === undefined ? ERASE : ERASE + cleanLine(text)),
    flush: () => last,
  };
}

/** A terminal that was closed answers EIO; of a file that is a fault worth telling. */
function outcomeOf(error: Error, { isTTY }: ProcessStream): Write {
  const { code = '' } = error as NodeJS.ErrnoException;
  return GONE.has(code) || (isTTY && code === 'EIO') ? 'gone' : error;
}
