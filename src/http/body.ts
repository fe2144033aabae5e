// Reads a body up to a cap: whatever a server sends, no more than that is ever held, before and after decoding.

import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

export interface Body {
  /** Decoded. */
  readonly bytes: Uint8Array;
  /** There was more; the rest was not read. */
  readonly truncated: boolean;
}

/** The body came, but not in the coding its Content-Encoding names. */
export class UndecodableError extends Error {
  override readonly name = 'UndecodableError';
}

// RFC 9110 section 8.4.1. We ask for no coding, yet some servers and proxies compress whatever is asked.
const DECODERS: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Rejects with the stream's error when the body is cut short, with an UndecodableError when it does not decode. */
export async function readBody(body: Readable, contentEncoding: string | undefined, maxBytes: number): Promise<Body> {
  const coding = contentEncoding?.trim().toLowerCase() ?? '';
  try {
    if (coding === '' || coding === 'identity') return await collect(body, maxBytes);
    const decoder = DECODERS[coding]?.();
    if (decoder === undefined) throw new UndecodableError(`the body has a content coding nobody asked for: ${coding}`);
    try {
      return await collect(
        pipeline(body, decoder, () => {}),
        maxBytes,
      );
    } catch (error) {
      if (body.errored) throw body.errored;
      // An answer without a body keeps the field that its body would have had.
      if (!body.readableDidRead) return { bytes: new Uint8Array(), truncated: false };
      throw new UndecodableError(`the body does not decompress (${coding})`, { cause: error });
    }
  } finally {
    abandon(body);
  }
}

/** Most bodies fit. */
const FIRST_ROOM_BYTES = 4096;

async function collect(source: Readable, maxBytes: number): Promise<Body> {
  // Not a list of the pieces: a byte in a piece of its own would take a hundred times its room.
  let held = Buffer.allocUnsafe(Math.min(maxBytes, FIRST_ROOM_BYTES));
  let length = 0;
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    const piece = chunk.subarray(0, maxBytes - length);
    if (length + piece.length > held.length) {
      const larger = Buffer.allocUnsafe(Math.min(maxBytes, Math.max(2 * held.length, length + piece.length)));
      larger.set(held.subarray(0, length));
      held = larger;
    }
    held.set(piece, length);
    length += piece.length;
    if (piece.length < chunk.length) return { bytes: held.subarray(0, length), truncated: true };
  }
  return { bytes: held.subarray(0, length), truncated: false };
}

/** Leaves a body where it is. If it has not ended, its connection goes with it: nothing still on the way is read. */
export function abandon(body: Readable): void {
  body.on('error', () => {});
  body.destroy();
}
