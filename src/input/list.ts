// A plain list: one reference per line, `#` begins a comment, blank lines are ignored. Streamed in bounded memory.

import type { Target } from '../core/target.ts';

/** No reference is longer. */
const MAX_LINE = 8192;
const COMMENT = /(?:^|\s)#.*$/s;

/** A value that is not known yet, which may contain any characters. */
const PLACEHOLDER = /\$\{[^{}]*\}|\{\{[^{}]*\}\}|(?<=[/:@])<[\w-]+>/g;
/** Only characters of references, or a command with an image. */
const LIST_LINE = /^(?:(?![./~-])[\w./:@$%+[\]~-]*[\w\]]$|(?:\$ )?(?:sudo )?(?:docker|podman|nerdctl|crictl|ctr)\s)/;
/** As much as is read to recognize a file. */
const WHOLE_HEAD = 8000;
/** If a text also has lines of a list: more are not just mistakes. */
const MAX_MISTAKES = 4;

/** Of prose, code or a table: its first line that no list has, from 1. `head`: the beginning of the text. */
export function findNoList(head: string): number | undefined {
  const lines = head.split('\n');
  // The last one may be cut off.
  if (head.length >= WHOLE_HEAD && lines.length > 1) lines.pop();
  const contents = lines
    .map((text, index) => ({ text: text.replace(COMMENT, '').replace(PLACEHOLDER, 'x').trim(), line: index + 1 }))
    .filter(({ text }) => text !== '');
  const others = contents.filter(({ text }) => !LIST_LINE.test(text));
  const like = contents.length - others.length;
  const isNoList = others.length > (like === 0 ? 2 : Math.max(like, MAX_MISTAKES));
  return isNoList ? others[0]?.line : undefined;
}

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
