// Reads the beginning of a stream to find out what it is, and still yields the whole stream.

/** No extractor needs more to recognize a format. */
const MAX_HEAD_BYTES = 8192;

export interface PeekedStream {
  /** At least the first line that is not blank or a comment; at most 8 KiB. */
  readonly head: string;
  /** Whether it can only be a list of references, one per line. */
  readonly isList: boolean;
  readonly whole: AsyncIterable<Uint8Array>;
  /** Releases the stream. */
  readonly close: () => Promise<void>;
}

/** Waits for 8 KiB or the end; of a list only for its first reference, because the next may take hours to arrive. */
export async function peek(chunks: AsyncIterable<Uint8Array | string>): Promise<PeekedStream> {
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

/** Whether the first line other than comments is complete and a single word, as no line of a document is. */
function isListLike(head: string): boolean {
  const line = /^(?:[ \t\r]*(?:#[^\n]*)?\n)*([^\n]*)\n/.exec(head)?.[1] ?? '';
  const word = line.replace(/\s#.*$/s, '').trim();
  return word !== '' && !/[\s[\]{}"',]|:$|^-|^</.test(word);
}
