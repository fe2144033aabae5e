// Responses of the server: security headers on each of them, and gzip where the client accepts it.

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { CONTENT_SECURITY_POLICY, type PageReply } from './pages.ts';
import { formatProblem, type HttpProblem, PROBLEM_TYPE } from './problem.ts';

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // Not `no-referrer`: a browser would then send `Origin: null` with a request to check now.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

const MIN_GZIP_BYTES = 1_400;
const compress = promisify(gzip);

export async function replyResponse(reply: PageReply, acceptEncoding: string): Promise<Response> {
  const { status = 200, contentType, body, stream, headers = {} } = reply;
  const all = new Headers({ ...SECURITY_HEADERS, 'content-type': contentType });
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  if (stream !== undefined)
    return new Response(stream as ConstructorParameters<typeof Response>[0], { status, headers: all });
  all.append('vary', 'Accept-Encoding');
  if (body.length < MIN_GZIP_BYTES || all.has('content-encoding') || !acceptsGzip(acceptEncoding)) {
    return new Response(typeof body === 'string' ? body : new Uint8Array(body), { status, headers: all });
  }
  all.set('content-encoding', 'gzip');
  return new Response(new Uint8Array(await compress(body)), { status, headers: all });
}

export function problemResponse(problem: HttpProblem): Response {
  const headers = { ...SECURITY_HEADERS, 'content-type': PROBLEM_TYPE, ...problem.headers };
  return new Response(formatProblem(problem), { status: problem.status, headers });
}

const acceptsGzip = (field: string): boolean => {
  const [, quality = '1'] = /(?:^|,)\s*gzip\s*(?:;\s*q=([\d.]+)\s*)?(?:,|$)/i.exec(field) ?? [undefined, '0'];
  return Number(quality) > 0;
};

/** The same as it is written to a socket that never became a request. */
export function rawProblem(problem: HttpProblem): string {
  const body = formatProblem(problem);
  const fields = { ...SECURITY_HEADERS, 'content-type': PROBLEM_TYPE, 'content-length': Buffer.byteLength(body) };
  const lines = Object.entries({ ...fields, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${problem.status} ${problem.title}\r\n${lines.join('')}\r\n${body}`;
}
