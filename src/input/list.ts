// A plain list: one reference a line, `#` begins a comment, blank lines are nothing. Read as a stream, in bounded memory.

import type { Target } from '../core/target.ts';

/** No reference is longer; what is cut off could not make one of it. */
const MAX_LINE = 8192;
const COMMENT = /(?:^|\s)#.*$/s;

/** The targets of one piece of the stream at a time, so that places in the same piece can be put together. */
export async function* readList(
  chunks: AsyncIterable<Uint8Array | string>,
  source: string,
): AsyncGenerator<readonly Target[]> {
  let line = 0;
  for await (const lines of readLines(chunks)) {
    const first = line + 1;
    line += lines.length;
    yield lines
      .map((text, index) => ({ text: text.replace(COMMENT, '').trim(), line: first + index }))
      .filter(({ text }) => text !== '')
      .map(({ text, line }) => ({ text, foundAt: [{ source, line }] }));
  }
}

/** Whole lines, without their ends; a carriage return is trimmed with other blanks later. */
async function* readLines(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<readonly string[]> {
  // Drops a byte order mark, which Windows editors leave in front.
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(0, MAX_LINE);
    if (lines.length > 0) yield lines;
  }
  rest += decoder.decode();
  if (rest !== '') yield [rest];
}
