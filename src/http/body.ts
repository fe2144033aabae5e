// Reads a body up to a cap: whatever a server sends, no more than that is ever held, before and after decoding.

import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

export interface Body {
  /** Decoded. */
  readonly bytes: Uint8Array;
  /** There was more; the rest was not read. */
  readonly truncated: boolean;
}

// RFC 9110 section 8.4.1. We ask for identity, yet some proxies compress whatever is asked.
const DECODERS: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Rejects with the stream's error when the body is cut short or does not decode. */
export async function readBody(body: Readable, contentEncoding: string | undefined, maxBytes: number): Promise<Body> {
  const decoder = DECODERS[contentEncoding?.trim().toLowerCase() ?? '']?.();
  if (decoder !== undefined) {
    body.on('error', (error) => decoder.destroy(error));
    body.pipe(decoder);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of (decoder ?? body) as AsyncIterable<Uint8Array>) {
      const room = maxBytes - length;
      if (chunk.length > room) {
        chunks.push(chunk.subarray(0, room));
        return { bytes: Buffer.concat(chunks), truncated: true };
      }
      chunks.push(chunk);
      length += chunk.length;
    }
    return { bytes: Buffer.concat(chunks), truncated: false };
  } finally {
    abandon(body);
    decoder?.destroy();
  }
}

/** Leaves a body where it is. Its connection goes with it; nothing that is still on the way is read. */
export function abandon(body: Readable): void {
  body.on('error', () => {});
  body.destroy();
}
