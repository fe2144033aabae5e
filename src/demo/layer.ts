// A layer as a runtime unpacks it: a gzipped tar of one small text file, the same bytes on every machine.

import { gzipSync } from 'node:zlib';
import { type Digest, digestOf } from '../core/digest.ts';

const BLOCK = 512;

/** Both the bytes a registry serves and the digest of the tar inside, which the image config lists. */
export interface Layer {
  readonly bytes: Uint8Array;
  readonly diffId: Digest;
}

export function createLayer(fileName: string, text: string): Layer {
  const tar = tarOf(fileName, Buffer.from(text));
  // Level 0 stores: no compressor's taste in the bytes. Byte 9 names the operating system; 255 is "unknown".
  const bytes = gzipSync(tar, { level: 0 });
  bytes[9] = 255;
  return { bytes, diffId: digestOf(tar) };
}

/** POSIX.1-1988 ustar: one header block, the file padded to whole blocks, two empty blocks. */
function tarOf(fileName: string, file: Uint8Array): Uint8Array {
  const tar = Buffer.alloc(BLOCK + Math.ceil(file.length / BLOCK) * BLOCK + 2 * BLOCK);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0');
  tar.write(fileName, 0, 100, 'utf8');
  tar.write(octal(0o644, 7), 100);
  tar.write(octal(0, 7), 108);
  tar.write(octal(0, 7), 116);
  tar.write(octal(file.length, 11), 124);
  tar.write(octal(0, 11), 136);
  tar.write('        0', 148);
  tar.write('ustar\u000000', 257);
  const checksum = tar.subarray(0, BLOCK).reduce((sum, byte) => sum + byte, 0);
  tar.write(`${octal(checksum, 6)}\u0000 `, 148);
  tar.set(file, BLOCK);
  return tar;
}
