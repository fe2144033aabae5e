// The beginning of a stream, read ahead to tell what it is, and the whole stream from its beginning all the same.

/** As much as any extractor asks for. */
const MAX_HEAD_BYTES = 8192;

export interface Begun {
  /** At least the first line that says something, 8 KiB at the most. */
  readonly head: string;
  /** Whether it can only be one reference a line. */
  readonly isList: boolean;
  readonly whole: AsyncIterable<Uint8Array>;
  /** Lets go of the stream. */
  readonly close: () => Promise<void>;
}

/**
 * Of a list no more is awaited than its first reference, for the next may take hours to come; of anything else 8 KiB
 * or the end.
 */
export async function readBeginning(chunks: AsyncIterable<Uint8Array | string>): Promise<Begun> {
  const source = chunks[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  let bytes = 0;
  let ended = false;
  let head = '';
  while (!ended && bytes < MAX_HEAD_BYTES && !isListLike(head)) {
    const next = await source.next();
    if (next.done) {
      ended = true;
      break;
    }
    const chunk = typeof next.value === 'string' ? Buffer.from(next.value) : next.value;
    read.push(chunk);
    bytes += chunk.length;
    head = headOf(read);
  }
  return {
    head,
    isList: isListLike(ended ? `${head}\n` : head),
    whole: (async function* () {
      try {
        yield* read;
        while (!ended) {
          const next = await source.next();
          if (next.done) return;
          yield typeof next.value === 'string' ? Buffer.from(next.value) : next.value;
        }
      } finally {
        await source.return?.();
      }
    })(),
    close: async () => {
      await source.return?.();
    },
  };
}

/** A character cut in two at the end becomes a replacement character, which matches nothing. */
const headOf = (chunks: readonly Uint8Array[]): string =>
  new TextDecoder().decode(Buffer.concat(chunks).subarray(0, MAX_HEAD_BYTES));

/** Whether the first line that is no comment has come whole and is one word, as no line of a document is. */
function isListLike(head: string): boolean {
  const line = /^(?:[ \t\r]*(?:#[^\n]*)?\n)*([^\n]*)\n/.exec(head)?.[1] ?? '';
  const word = line.replace(/\s#.*$/s, '').trim();
  return word !== '' && !/[\s[\]{}"',]|:$|^-|^</.test(word);
}
