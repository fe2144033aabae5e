// Reads the head of an HTTP/1.1 response (RFC 9112 sections 4 and 5) as Go's net/http does, in whatever pieces it arrives.
//
// Go accepts what older servers send: lines that end with LF alone, folded lines, a space before a colon, HTTP/1.2. A field
// whose name ends with a space is another field: `Content-Length : 5` is no length. For everything else Go is strict.
// https://pkg.go.dev/net/textproto#Reader.ReadMIMEHeader

import { HeadersTooLargeError, MalformedResponseError } from './failure.ts';
import { MAX_HEADER_BYTES } from './wire.ts';

export interface ResponseHead {
  readonly statusCode: number;
  readonly statusText: string;
  readonly headers: Record<string, string[]>;
  /** HTTP/1.0 has no chunks. */
  readonly isBeforeHttp11: boolean;
}

/** `rest`: what followed the head in the same piece. */
export type ReadHead = (bytes: Buffer) => { readonly head: ResponseHead; readonly rest: Buffer } | undefined;

const STATUS_LINE = /^HTTP\/(\d)\.(\d) +(\d{3})(?: (.*))?$/;
const FIELD = /^([\w!#$%&'*+\-.^`|~][\w!#$%&'*+\-.^`|~ ]*):(.*)$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** undefined until the head is complete; throws if it is malformed or too large. */
export function createHeadReader(): ReadHead {
  const lines: string[] = [];
  let line = '';
  let length = 0;
  return (bytes) => {
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf('\n', at);
      const piece = bytes.toString('latin1', at, end < 0 ? bytes.length : end);
      length += piece.length + 1;
      if (length > MAX_HEADER_BYTES) throw new HeadersTooLargeError();
      line += piece;
      // Bytes that are not HTTP may have no end of a line, and no empty line.
      if (lines.length === 0 && !'HTTP/'.startsWith(line.slice(0, 5)))
        throw new MalformedResponseError('no status line');
      if (end < 0) return undefined;
      at = end + 1;
      const complete = line.replace(/\r$/, '');
      line = '';
      if (complete === '' && lines.length > 0) return { head: parseHead(lines), rest: bytes.subarray(at) };
      lines.push(complete);
      if (lines.length === 1) parseStatus(complete);
    }
    return undefined;
  };
}

function parseStatus(line: string): Omit<ResponseHead, 'headers'> {
  const [, major, minor, status, statusText = ''] = STATUS_LINE.exec(line) ?? [];
  if (status === undefined) throw new MalformedResponseError('no status line');
  return { statusCode: Number(status), statusText, isBeforeHttp11: Number(major) * 10 + Number(minor) < 11 };
}

function parseHead([statusLine = '', ...lines]: readonly string[]): ResponseHead {
  const fields: { readonly name: string; readonly parts: string[] }[] = [];
  for (const line of lines) {
    const folded = /^[ \t]/.test(line) ? fields.at(-1) : undefined;
    const [, name = '', value = ''] = folded === undefined ? (FIELD.exec(line) ?? []) : [];
    if (!VALUE.test(line) || (folded === undefined && name === '')) {
      throw new MalformedResponseError('a malformed header field');
    }
    if (folded === undefined) fields.push({ name: name.toLowerCase(), parts: [value.trim()] });
    else folded.parts.push(line.trim());
  }
  const headers: Record<string, string[]> = Object.create(null);
  for (const { name, parts } of fields) {
    headers[name] ??= [];
    headers[name].push(parts.join(' ').trim());
  }
  return { ...parseStatus(statusLine), headers };
}
