// The help on a narrow terminal: a description goes below its option, a remark below its example.

import { splitWords, wrapWords } from '../report/wrap.ts';
import type { Io } from './io.ts';

const ITEM = '  ';
const BELOW = '      ';
/** Narrower descriptions are hard to read beside their options. */
const MIN_BESIDE = 32;
/** Longer heads are commands; shorter ones, such as exit codes, keep their column. */
const MAX_CODE = 8;

/** Columns of the help. In a pipe, such as to `head`, those of the terminal behind it. */
export function columnsOf({ stdout, stderr, env }: Pick<Io, 'stdout' | 'stderr' | 'env'>, isError: boolean): number {
  const [own, other] = isError ? [stderr, stdout] : [stdout, stderr];
  const exported = Number(/^[1-9]\d{0,3}$/.exec(env.COLUMNS ?? '')?.[0] ?? Number.NaN);
  return own.columns ?? (exported || (other.columns ?? 100));
}

/** Whether `termColumns` leave too little for a description on the same line. */
export const isBelow = (width: number, termColumns: number): boolean => width - termColumns - 4 < MIN_BESIDE;

/** An option or command with its description below it. */
export function formatBelow(term: string, description: string, width: number): string {
  return [ITEM + term.trim(), ...wrapWords(splitWords(description), { width, first: BELOW, rest: BELOW })].join('\n');
}

/** Prose, headings and two columns of text, fitted into `width`; unchanged if it fits. */
export function fitText(text: string, width: number): string {
  if (text.split('\n').every((line) => line.length <= width)) return text;
  return blocksOf(text)
    .flatMap((block) => fitBlock(block, width))
    .join('\n');
}

/** Lines that belong together, joined: a paragraph, or an item with what continues it. */
function blocksOf(text: string): string[] {
  const blocks: string[] = [];
  let isOpen = false;
  for (const line of text.split('\n')) {
    const continues =
      isOpen && line !== '' && (/^ {4,}\S/.test(line) || (/^\S/.test(line) && /^\S/.test(blocks.at(-1) ?? '')));
    if (continues) blocks.push(`${blocks.pop()} ${line.trim()}`);
    else blocks.push(line);
    isOpen = line !== '' && !line.endsWith(':');
  }
  return blocks;
}

function fitBlock(block: string, width: number): string[] {
  const [, head = '', gap = '', tail = ''] = /^ {2}(\S.*?)( {2,})(\S.*)$/.exec(block) ?? [];
  if (tail === '')
    return /^ /.test(block) || block === '' ? [block] : wrapWords(splitWords(block), { width, first: '', rest: '' });
  if (block.length <= width) return [block];
  const first = ITEM + head + gap;
  if (head.length <= MAX_CODE) {
    return wrapWords(splitWords(tail), { width, first, rest: ' '.repeat(first.length) });
  }
  return [ITEM + head, ...wrapWords(splitWords(tail), { width, first: BELOW, rest: BELOW })];
}
