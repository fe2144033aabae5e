// Blobs, whole or one byte range of them: RFC 9110 section 14, as Go's file server answers.

import { type Answer, errorAnswer, textAnswer } from './answer.ts';
import type { Content } from './content.ts';
import type { LoggedRequest } from './logged-request.ts';

interface ByteRange {
  readonly first: number;
  readonly last: number;
}

export function answerBlob(blob: Content | undefined, digest: string, { headers }: LoggedRequest): Answer {
  if (blob === undefined) return errorAnswer(404, 'BLOB_UNKNOWN', 'blob unknown to registry', digest);
  const validators = { 'docker-content-digest': digest, etag: `"${digest}"`, 'cache-control': 'max-age=31536000' };
  if (headers['if-none-match'] === `"${digest}"`) return { status: 304, headers: validators };
  const described = { ...validators, 'accept-ranges': 'bytes', 'content-type': 'application/octet-stream' };
  const range = parseRange(headers.range, blob.size);
  if (range === 'whole') return { status: 200, headers: described, body: blob.bytes };
  if (range === 'unsatisfiable') {
    return textAnswer(416, 'invalid range\n', { ...validators, 'content-range': `bytes */${blob.size}` });
  }
  const { first, last } = range;
  const contentRange = { 'content-range': `bytes ${first}-${last}/${blob.size}` };
  return { status: 206, headers: { ...described, ...contentRange }, body: blob.bytes.subarray(first, last + 1) };
}

/** `bytes=first-last`, `bytes=first-` or `bytes=-length`; several ranges may be answered with the whole. */
function parseRange(field: string | undefined, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  if (field === undefined || field.includes(',') || size === 0) return 'whole';
  const match = /^bytes=(\d*)-(\d*)$/.exec(field);
  if (match === null || field === 'bytes=-') return 'unsatisfiable';
  const suffix = match[1] === '';
  const first = suffix ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const last = suffix || match[2] === '' ? size - 1 : Math.min(size - 1, Number(match[2]));
  return first <= last ? { first, last } : 'unsatisfiable';
}
