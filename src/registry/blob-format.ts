// How a blob of a media type begins: RFC 1952 (gzip), RFC 8878 (zstd), POSIX ustar, and JSON for a config.

interface Format {
  /** The media types with this format. */
  readonly type: RegExp;
  readonly begins: (bytes: Uint8Array) => boolean;
}

const startsWith =
  (...signature: number[]) =>
  (bytes: Uint8Array): boolean =>
    signature.every((byte, at) => bytes[at] === byte);

const latin1 = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.subarray(from, to)).toString('latin1');

const LAYERS: readonly Format[] = [
  { type: /[.+]gzip$/, begins: startsWith(0x1f, 0x8b) },
  { type: /[.+]zstd$/, begins: startsWith(0x28, 0xb5, 0x2f, 0xfd) },
  // In the first header block, by POSIX and by GNU.
  { type: /\.tar$/, begins: (bytes) => latin1(bytes, 257, 262) === 'ustar' },
];
const CONFIG: Format = { type: /[.+]json$/, begins: (bytes) => /^\s*\{/.test(latin1(bytes, 0, 100)) };

/**
 * Whether the bytes begin like a blob of the media type; undefined for an unknown type. `exact`: only in the compression
 * that the type names. Otherwise in any: runtimes detect the compression from the bytes.
 */
export function fitsMediaType(bytes: Uint8Array, mediaType: string, exact: boolean): boolean | undefined {
  const named = [...LAYERS, CONFIG].find(({ type }) => type.test(mediaType));
  if (named === undefined) return undefined;
  const allowed = exact || named === CONFIG ? [named] : LAYERS;
  return allowed.some(({ begins }) => begins(bytes));
}
