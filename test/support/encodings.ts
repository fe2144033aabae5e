// How servers and the libraries they are written with quote a text.

import { inspect } from 'node:util';

/** RFC 4648 section 6. */
const base32 = (text: string): string => {
  const bits = [...Buffer.from(text)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const digits = (bits.match(/.{1,5}/g) ?? []).map(
    (it) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(it.padEnd(5, '0'), 2)],
  );
  return digits.join('').padEnd(Math.ceil(digits.length / 8) * 8, '=');
};

export const base64 = (text: string): string => Buffer.from(text).toString('base64');

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

const hexBytes = (text: string): string[] => [...Buffer.from(text)].map((byte) => byte.toString(16).padStart(2, '0'));

/** RFC 2045 section 6.7, with lines of 20 characters. */
const quotedPrintable = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) =>
      /[ -<>-~]/.test(String.fromCharCode(byte))
        ? String.fromCharCode(byte)
        : `=${byte.toString(16).padStart(2, '0').toUpperCase()}`,
    )
    .map((code, at) => (at % 20 === 19 ? `${code}=\r\n` : code))
    .join('');

export function hexdump(text: string, offset: (at: number) => string, margin: string, bytesPerGroup = 1): string {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / 16) }, (_, line) => {
    const row = bytes.subarray(line * 16, line * 16 + 16);
    const groups = row.toString('hex').match(new RegExp(`.{1,${bytesPerGroup * 2}}`, 'g')) ?? [];
    const shown = row.toString('latin1').replace(/[^ -~]/g, '.');
    return `${offset(line * 16)} ${margin}${groups.join(' ')}  ${shown}`;
  }).join('\n');
}

export const ENCODINGS: Readonly<Record<string, (text: string, username: string) => string>> = {
  'as it is': (text) => text,
  'in upper case': (text) => text.toUpperCase(),
  'as HTML': (text) =>
    text.replace(/[&<>"']/g, (it) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[it] ?? '&#39;'),
  'as HTML, twice': (text) => text.replaceAll('&', '&amp;amp;').replaceAll('<', '&amp;lt;'),
  'as decimal entities': (text) => [...text].map((it) => `&#${it.codePointAt(0)};`).join(''),
  'as hexadecimal entities': (text) => [...text].map((it) => `&#x${it.codePointAt(0)?.toString(16)};`).join(''),
  'as a JSON string': (text) => JSON.stringify(text).slice(1, -1),
  'as JSON in JSON': (text) => JSON.stringify(JSON.stringify(text)).slice(1, -1),
  'as JSON in HTML': (text) =>
    JSON.stringify(text)
      .slice(1, -1)
      .replace(/[&<>"']/g, (it) => `&#${it.charCodeAt(0)};`),
  'as Go escapes HTML in JSON': (text) =>
    JSON.stringify(text)
      .slice(1, -1)
      .replace(/[&<>]/g, (it) => `\\u00${it.charCodeAt(0).toString(16)}`),
  'as ASCII JSON': (text) =>
    JSON.stringify(text)
      .slice(1, -1)
      .replace(/[^ -~]/g, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'as a Python string of bytes': (text) =>
    [...Buffer.from(text)]
      .map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`))
      .join(''),
  'in a URL': (text) => encodeURIComponent(text),
  'in a URL, twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'in a URL, every byte': (text) =>
    [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  'in a form': (text) => new URLSearchParams({ a: text }).toString().slice(2),
  'in a form, in a URL': (text) => encodeURIComponent(new URLSearchParams({ a: text }).toString().slice(2)),
  'with entities that lack their semicolon': (text) => text.replaceAll('&', '&amp').replaceAll('<', '&lt'),
  'with the names of HTML for its signs': (text) =>
    text.replaceAll('!', '&excl;').replaceAll('$', '&dollar;').replaceAll('ä', '&auml;').replaceAll('ö', '&ouml;'),
  'decomposed, as Unicode NFD': (text) => text.normalize('NFD'),
  'in ISO 8859-1, read as UTF-8': (text) => text.replace(/[\x80-\xff]/g, '\ufffd'),
  'in ISO 8859-1, in a URL': (text) => text.replace(/[\x80-\xff]/g, (it) => `%${it.charCodeAt(0).toString(16)}`),
  'with its quotes doubled': (text) => text.replaceAll("'", "''").replaceAll('"', '""'),
  'in octal, as C quotes': (text) =>
    [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''),
  'in base64': (text) => base64(text),
  'in base64url': (text) => Buffer.from(text).toString('base64url'),
  'in base64, after the user name': (text, username) => base64(`${username}:${text}`),
  'in base64, in the middle of something': (text) => base64(`{"a":"${text}"}`),
  'in base64, in a URL': (text) => encodeURIComponent(base64(text)),
  'in hexadecimal': (text) => Buffer.from(text).toString('hex'),
  'in a header field, read as Latin-1': (text) => Buffer.from(text).toString('latin1'),
  'in a header field, read as Latin-1 twice': (text) => latin1(latin1(text)),
  'in UTF-8, read as Windows-1252': (text) => new TextDecoder('windows-1252').decode(Buffer.from(text)),
  'in base32': (text) => base32(text),
  'in base32 without its padding, after the user name': (text, username) =>
    base32(`${username}:${text}`).replace(/=+$/, ''),
  'in base32 on several lines': (text) => base32(text).replace(/.{8}/g, '$&\n'),
  'in base64 on several lines': (text) => base64(text).replace(/.{8}/g, '$&\r\n'),
  'in base64 with blanks in it': (text) => base64(text).replace(/.{5}/g, '$& '),
  'in base64 on several lines, as JSON': (text) => base64(text).replace(/.{8}/g, '$&\\n'),
  'in base64, twice': (text) => base64(base64(text)),
  'in base64, twice, after the user name': (text, username) => base64(`Basic ${base64(`${username}:${text}`)}`),
  'in base64, of UTF-16': (text) => Buffer.from(text, 'utf16le').toString('base64'),
  'in base64, of UTF-16 with its high bytes first': (text) => Buffer.from(text, 'utf16le').swap16().toString('base64'),
  'in base64, of JSON': (text) => base64(JSON.stringify({ password: text })),
  'in base64, of JSON in JSON': (text) => base64(JSON.stringify(JSON.stringify({ password: text }))),
  'in base64, of a form': (text) => base64(new URLSearchParams({ password: text }).toString()),
  'in base64, as HTML': (text) => base64(text).replaceAll('+', '&#43;').replaceAll('=', '&equals;'),
  'in base64, in quoted-printable': (text) => quotedPrintable(base64(text)),
  'in hexadecimal, of base64': (text) => Buffer.from(base64(text)).toString('hex'),
  'in hexadecimal with colons': (text) => hexBytes(text).join(':'),
  'in hexadecimal with blanks': (text) => `be ${hexBytes(text).join(' ').toUpperCase()}`,
  'in hexadecimal with dashes, in groups': (text) => Buffer.from(text).toString('hex').replace(/.{4}/g, '$&-'),
  'in hexadecimal, as Go writes bytes': (text) =>
    `[]byte{${hexBytes(text)
      .map((it) => `0x${it}`)
      .join(', ')}}`,
  'in hexadecimal, as C writes bytes': (text) =>
    hexBytes(text)
      .map((it) => `\\x${it}`)
      .join(''),
  'in hexadecimal, as Node.js writes bytes': (text) => inspect(Buffer.from(text)).replace(/\.\.\. .*/, '...'),
  'in decimal, as Go writes bytes': (text) => `[${[...Buffer.from(text)].join(' ')}]`,
  'in decimal with commas': (text) => [...Buffer.from(text)].join(','),
  'in decimal with signs, as Java writes bytes': (text) => `[${[...new Int8Array(Buffer.from(text))].join(', ')}]`,
  'in decimal with keys, as JSON of bytes': (text) => JSON.stringify(new Uint8Array(Buffer.from(text))),
  'in decimal, as its code points': (text) => JSON.stringify([...text].map((it) => it.codePointAt(0))),
  'in octal with blanks': (text) => [...Buffer.from(text)].map((it) => it.toString(8).padStart(3, '0')).join(' '),
  'in binary': (text) => [...Buffer.from(text)].map((it) => it.toString(2).padStart(8, '0')).join(' '),
  'in quoted-printable': quotedPrintable,
  'in quoted-printable, every byte': (text) =>
    hexBytes(text)
      .map((it) => `=${it}`)
      .join(''),
  'in a URL, as UTF-16': (text) =>
    Array.from({ length: text.length }, (_, at) => `%u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  'in a URL, as the function escape writes it': (text) =>
    text.replace(/[^\w@*+./-]/g, (it) => {
      const units = Array.from({ length: it.length }, (_, at) => it.charCodeAt(at));
      return units
        .map((unit) => (unit > 255 ? `%u${unit.toString(16)}` : `%${unit.toString(16).padStart(2, '0')}`))
        .join('');
    }),
  'with its blanks collapsed': (text) => text.replace(/[\s\u200b]+/g, ' '),
  'without its blanks': (text) => text.replace(/[\s\u200b]+/g, ''),
};
