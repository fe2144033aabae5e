// The path and query that Go sends for a URL it was given, byte by byte. `URL` differs: it resolves `%2e%2e`, encodes more in
// a query and drops an empty one, so that servers with signed or unusual addresses return 404.
// https://pkg.go.dev/net/url#URL.EscapedPath and #URL.ResolveReference

/** RFC 9112 section 3.2.1: `/path?query`. Every character is a byte. */
export type RequestTarget = string;

/** What a path may contain as it is: RFC 3986 section 3.3, and brackets. */
const VALID = /^(?:[\w\-.~!$&'()*+,;=:@/[\]]|%[\da-f]{2})*$/i;
const KEPT = /[\w\-.~$&+,/:;=@]/;

/** Unchanged if it is valid; otherwise all of it is encoded again. */
export function escapedPath(path: string): string {
  if (VALID.test(path)) return path;
  const bytes = path.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return [...bytes].map((byte) => (KEPT.test(byte) ? byte : percentEncoded(byte))).join('');
}

const percentEncoded = (byte: string): string => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** Without dot segments (RFC 3986 section 5.2.4); encoded dots are no dots. Both are escaped. */
export function resolvePath(base: string, reference: string): string {
  const full = reference.startsWith('/') ? reference : `${base.slice(0, base.lastIndexOf('/') + 1)}${reference}`;
  const segments = (reference === '' ? base : full).replace(/^\//, '').split('/');
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
  }
  const isDirectory = ['.', '..'].includes(segments.at(-1) ?? '') && kept.length > 0;
  return `/${kept.join('/')}${isDirectory ? '/' : ''}`;
}

/** Each byte of the text as one character, as header fields are read. */
export const asBytes = (text: string): string =>
  /[^\0-\xff]/.test(text) ? Buffer.from(text).toString('latin1') : text;

/** The text of bytes that are valid UTF-8; otherwise unchanged. */
export function asText(bytes: string): string {
  const text = Buffer.from(bytes, 'latin1').toString();
  return text.includes('\ufffd') ? bytes : text;
}
