// Text that was bytes, not all of them UTF-8. Each byte that is not is kept as a lone surrogate: U+DC80 to U+DCFF.

const LONE_BYTE = /[\udc80-\udcff]/u;

/** Every byte can be restored with `bytesOfText`. */
export function textOfBytes(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes);
  if (text !== undefined) return text;
  let kept = '';
  for (let at = 0; at < bytes.length; ) {
    const length = lengthOfCharacter(bytes[at] ?? 0);
    const character = decodeUtf8(bytes.subarray(at, at + length));
    kept += character ?? String.fromCharCode(0xdc00 + (bytes[at] ?? 0));
    at += character === undefined ? 1 : length;
  }
  return kept;
}

export function bytesOfText(text: string): Buffer {
  if (!LONE_BYTE.test(text)) return Buffer.from(text);
  return Buffer.concat(
    [...text].map((character) =>
      LONE_BYTE.test(character) ? Buffer.from([character.charCodeAt(0) - 0xdc00]) : Buffer.from(character),
    ),
  );
}

/** For display, and for JSON, where Go reads the same: U+FFFD for every invalid byte. */
export const replaceInvalid = (text: string): string => text.replace(/\p{Cs}/gu, '\ufffd');

/** As ISO 8859-1 has them: what such bytes usually are. */
export const latin1OfInvalid = (text: string): string =>
  text.replace(/[\udc80-\udcff]/gu, (byte) => String.fromCharCode(byte.charCodeAt(0) - 0xdc00));

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** RFC 3629 section 3. */
const lengthOfCharacter = (first: number): number => (first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4);
