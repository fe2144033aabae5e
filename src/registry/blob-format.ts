// How a blob begins, by its media type: RFC 1952 (gzip), RFC 8878 (zstd), POSIX ustar, and JSON for a config.

interface Format {
  /** Of the media types whose blobs are so. */
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
  // Both POSIX and GNU write it into the first header block.
  { type: /\.tar$/, begins: (bytes) => latin1(bytes, 257, 262) === 'ustar' },
];
const CONFIG: Format = { type: /[.+]json$/, begins: (bytes) => /^\s*\{/.test(latin1(bytes, 0, 100)) };

/**
 * Whether bytes begin as a blob of that media type does; undefined where nothing is known of the type. `exact`: in the
 * compression that the type names. Otherwise it is left open, as runtimes leave it: they look at the bytes.
 */
export function fitsMediaType(bytes: Uint8Array, mediaType: string, exact: boolean): boolean | undefined {
  const named = [...LAYERS, CONFIG].find(({ type }) => type.test(mediaType));
  if (named === undefined) return undefined;
  const allowed = exact || named === CONFIG ? [named] : LAYERS;
  return allowed.some(({ begins }) => begins(bytes));
}
