// A plain list: one reference per line, `#` begins a comment, blank lines are ignored. Streamed in bounded memory.

import type { Target } from '../core/target.ts';

/** No reference is longer. */
const MAX_LINE = 8192;
const COMMENT = /(?:^|\s)#.*$/s;

/** Yields the targets of one chunk at a time, so that locations in the same chunk can be merged. */
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

/** Whole lines without line feeds; carriage returns are trimmed later. */
async function* readLines(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<readonly string[]> {
  // Drops the byte order mark that Windows editors write.
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
