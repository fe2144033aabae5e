// What a registry, or a proxy before it, may send for a layer. "Cannot tell" never reads as fine: --layers
// calls pullable only what a real client pulls from the same server.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createImage, type Image } from '../../src/demo/image.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { checkJson, requestsOf } from '../support/command.ts';
import { type Fault, raw } from '../support/faults.ts';
import { requirePrograms } from '../support/require-programs.ts';
import { createRealClient, type RealClient } from '../support/skopeo.ts';

const skip = requirePrograms('skopeo');

/** The very head and body; a HEAD gets the head alone. */
type Given = { readonly head: string; readonly body: string | Uint8Array } | 'truth';

interface Row {
  readonly name: string;
  readonly layer?: Uint8Array;
  /** To HEAD, to a GET with a range, and to one without, as a pull sends it. */
  readonly answers: readonly [head: Given, range: Given, whole: Given];
  /** Unset: it is pullable. */
  readonly reason?: string;
  readonly warning?: string;
  /** The requests for the layer. */
  readonly asked: string;
}

const HELLO = Buffer.from('hello');
const GZIPPED = gzipSync(HELLO);
/** More than is read of a layer. */
const LARGE = gzipSync(randomBytes(200_000));

const answer = (status: string, fields: readonly string[] = [], body: string | Uint8Array = ''): Given => ({
  head: [`HTTP/1.1 ${status}`, 'Connection: close', ...fields, '', ''].join('\r\n'),
  body,
});
const length = (size: number): string => `Content-Length: ${size}`;
const type = (mediaType: string): string => `Content-Type: ${mediaType}`;
const range = (value: string): string => `Content-Range: ${value}`;
/** Without a length: it ends with the connection. */
const ok = (body: string | Uint8Array, ...fields: string[]): Given => answer('200 OK', fields, body);
const always = (given: Given) => [given, given, given] as const;
/** A server that refuses HEAD. */
const toGet = (given: Given, whole = given) => [answer('405 Method Not Allowed', [length(0)]), given, whole] as const;

const PAGE = '<!DOCTYPE html><html><head><title>Sign in</title></head></html>';
const ERROR = '{"errors":[{"code":"UNKNOWN","message":"the storage is away"}]}';
const XML = '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Reduce your rate</Message></Error>';
const MISSING = answer('404 Not Found', [length(0)]);
const UNSATISFIABLE = answer('416 Range Not Satisfiable', [length(0)]);

const INTERCEPTED = 'not-a-registry/intercepted';
const NOT_OCI = 'not-a-registry/not-oci';
const CORRUPT = 'corrupt/layer';
const INCOMPLETE = 'incomplete/layer';
const [H, HR, HRW] = ['HEAD', 'HEAD range', 'HEAD range whole'];

const ROWS: readonly Row[] = [
  { name: 'the truth', answers: always('truth'), asked: H },
  { name: 'the truth, but HEAD is refused', answers: toGet('truth'), asked: HR },
  // 416
  { name: '416 without a size', answers: toGet(UNSATISFIABLE), reason: NOT_OCI, asked: HRW },
  { name: '416 to HEAD as well', answers: always(UNSATISFIABLE), reason: NOT_OCI, asked: HRW },
  { name: '416 to the range only', answers: toGet(UNSATISFIABLE, 'truth'), asked: HRW },
  {
    name: '416 to the range, and then nothing',
    answers: toGet(UNSATISFIABLE, MISSING),
    reason: INCOMPLETE,
    asked: HRW,
  },
  {
    name: '416 with the size of nothing',
    answers: always(answer('416 Range Not Satisfiable', [length(0), range('bytes */0')])),
    reason: CORRUPT,
    asked: HR,
  },
  // No length
  { name: 'no length, the right bytes', answers: always(ok(HELLO)), asked: HRW },
  { name: 'no length to HEAD only', answers: [ok(''), 'truth', 'truth'], asked: HR },
  { name: 'no length to HEAD, and then nothing', answers: [ok(''), MISSING, MISSING], reason: INCOMPLETE, asked: HR },
  { name: 'no length, other bytes', answers: always(ok('olleh')), reason: CORRUPT, asked: HRW },
  { name: 'no length, fewer bytes', answers: always(ok('hell')), reason: CORRUPT, asked: HRW },
  { name: 'no length, no bytes', answers: always(ok('')), reason: CORRUPT, asked: HRW },
  { name: 'no length, more than is read', answers: always(ok(LARGE)), reason: CORRUPT, asked: HRW },
  {
    name: 'no length, a layer that is not read to its end',
    layer: LARGE,
    answers: always(ok(LARGE)),
    warning: 'blob-size-unknown',
    asked: HRW,
  },
  {
    name: 'no length, and nothing that begins like a layer',
    layer: LARGE,
    answers: always(ok(Buffer.alloc(200_000, 'x'))),
    reason: NOT_OCI,
    asked: HRW,
  },
  // Pages and errors
  { name: 'a page', answers: always(ok(PAGE, type('text/html'))), reason: INTERCEPTED, asked: HRW },
  { name: 'a page without a type', answers: always(ok(PAGE)), reason: INTERCEPTED, asked: HRW },
  {
    name: 'a page with its length',
    answers: always(ok(PAGE, type('text/html'), length(PAGE.length))),
    reason: INTERCEPTED,
    asked: HRW,
  },
  {
    name: 'a page of the same length',
    answers: always(ok('<br/>', type('text/html; charset=utf-8'), length(5))),
    reason: INTERCEPTED,
    asked: HRW,
  },
  {
    name: 'a page in parts',
    answers: toGet(answer('206 Partial Content', [type('text/html'), range('bytes 0-0/5'), length(1)], '<'), ok(PAGE)),
    reason: INTERCEPTED,
    asked: HRW,
  },
  {
    name: 'a page longer than is read',
    layer: LARGE,
    answers: always(ok(PAGE + ' '.repeat(200_000), type('text/html'), length(PAGE.length + 200_000))),
    reason: INTERCEPTED,
    asked: HRW,
  },
  {
    name: 'the right bytes, called a page',
    answers: always(ok(HELLO, type('text/html'), length(5))),
    asked: HRW,
  },
  { name: 'an error', answers: always(ok(ERROR, type('application/json'))), reason: NOT_OCI, asked: HRW },
  {
    name: 'an error with its length',
    answers: always(ok(ERROR, type('application/json'), length(ERROR.length))),
    reason: NOT_OCI,
    asked: HRW,
  },
  { name: 'an error of an object storage', answers: always(ok(XML)), reason: NOT_OCI, asked: HRW },
  // 206
  {
    name: 'another byte than was asked for',
    answers: toGet(answer('206 Partial Content', [range('bytes 3-3/5'), length(1)], 'l'), MISSING),
    reason: INCOMPLETE,
    asked: HRW,
  },
  {
    name: 'another byte, and then the truth',
    answers: toGet(answer('206 Partial Content', [range('bytes 3-3/5'), length(1)], 'l'), 'truth'),
    asked: HRW,
  },
  {
    name: 'a part, whatever is asked',
    answers: always(answer('206 Partial Content', [range('bytes 3-3/5'), length(1)], 'l')),
    reason: NOT_OCI,
    asked: HRW,
  },
  {
    name: 'a part of an unknown whole, and then nothing',
    answers: toGet(answer('206 Partial Content', [range('bytes 0-0/*'), length(1)], 'h'), MISSING),
    reason: INCOMPLETE,
    asked: HRW,
  },
  {
    name: 'a part of another whole',
    answers: toGet(answer('206 Partial Content', [range('bytes 0-0/6'), length(1)], 'h'), ok('hello!')),
    reason: CORRUPT,
    asked: HR,
  },
  {
    name: 'a list of parts, and then nothing',
    answers: toGet(answer('206 Partial Content', [type('multipart/byteranges; boundary=x')], '--x--'), MISSING),
    reason: INCOMPLETE,
    asked: HRW,
  },
  // Other statuses
  ...['204 No Content', '300 Multiple Choices', '302 Found', '304 Not Modified', '307 Temporary Redirect'].map(
    (status): Row => ({ name: status, answers: always(answer(status)), reason: NOT_OCI, asked: HR }),
  ),
  // Codings
  {
    name: 'a coding over what is compressed already',
    layer: GZIPPED,
    answers: always(ok(GZIPPED, 'Content-Encoding: gzip', length(GZIPPED.length))),
    reason: CORRUPT,
    asked: HR,
  },
  {
    name: 'the same, by its first byte',
    layer: GZIPPED,
    answers: toGet(
      answer('206 Partial Content', ['Content-Encoding: gzip', range(`bytes 0-0/${GZIPPED.length}`), length(1)], 'x'),
      ok(GZIPPED, 'Content-Encoding: gzip', length(GZIPPED.length)),
    ),
    reason: CORRUPT,
    asked: HR,
  },
  {
    name: 'the same, without a length',
    layer: GZIPPED,
    answers: always(ok(GZIPPED, 'Content-Encoding: gzip')),
    reason: CORRUPT,
    asked: HRW,
  },
  {
    name: 'a coding that clients decode',
    layer: GZIPPED,
    answers: always(ok(gzipSync(GZIPPED), 'Content-Encoding: gzip', length(gzipSync(GZIPPED).length))),
    asked: HRW,
  },
  ...['br', 'zstd', 'deflate', 'x-gzip', 'identity, gzip'].map(
    (coding): Row => ({
      name: `its own bytes labeled ${coding}, which clients do not decode,`,
      layer: GZIPPED,
      answers: always(ok(GZIPPED, `Content-Encoding: ${coding}`, length(GZIPPED.length))),
      asked: H,
    }),
  ),
];

describe('a layer whose response is', { skip }, () => {
  let client: RealClient;
  before(() => {
    client = createRealClient();
  });
  after(() => client[Symbol.dispose]());

  for (const { name, layer = HELLO, answers, reason, warning, asked } of ROWS) {
    it(`${name} is ${reason ?? 'pullable'}`, async () => {
      await using registry = await startRegistry();
      const image: Image = createImage({ layers: [layer] });
      const path = `/v2/team/app/blobs/${image.layers[0]?.digest}`;
      registry.put('team/app', 'v1', image);
      registry.inject(
        ({ method, headers }): Fault | undefined => {
          const given = answers[method === 'HEAD' ? 0 : headers.range === undefined ? 2 : 1];
          if (given === 'truth') return undefined;
          const body = method === 'HEAD' ? '' : Buffer.from(given.body).toString('latin1');
          return raw(given.head + body);
        },
        { path },
      );
      const reference = `${registry.name}/team/app:v1`;
      const { result } = await checkJson([reference, '--layers']);
      const found = result.reason === null ? undefined : `${result.reason}/${result.cause}`;
      assert.equal(found, reason, result.message);
      assert.deepEqual(
        result.warnings.map(({ code }) => code),
        warning === undefined ? [] : [warning],
      );
      if (reason !== undefined) assert.ok(result.message.includes(path.split('/').at(-1) ?? ''), result.message);
      const requests = registry.log.filter((request) => request.path === path);
      assert.equal(
        requests.map(({ method, headers }) => (method === 'HEAD' ? method : (headers.range ?? 'whole'))).join(' '),
        asked.replace('range', 'bytes=0-0'),
      );
      assert.ok(requestsOf(result).length < 8);

      const { status, stderr } = await client.pull(reference);
      assert.equal(status === 0, reason === undefined, stderr);
    });
  }
});

describe('a layer is never pullable by', () => {
  for (const [name, given] of [
    ['a length and chunks', ok('5\r\nolleh\r\n0\r\n\r\n', length(5), 'Transfer-Encoding: chunked')],
    ['two lengths', ok('olleh', length(5), length(6))],
    ['a length that its body does not reach', ok('oll', length(5))],
    ['a body that is cut off', ok('5\r\nolle', 'Transfer-Encoding: chunked')],
  ] as const) {
    it(name, async () => {
      await using registry = await startRegistry();
      const image = createImage({ layers: [HELLO] });
      registry.put('team/app', 'v1', image);
      const path = `/v2/team/app/blobs/${image.layers[0]?.digest}`;
      for (const [method, answered] of [
        ['HEAD', answer('405 Method Not Allowed', [length(0)])],
        ['GET', given],
      ] as const) {
        if (answered !== 'truth') registry.inject(raw(answered.head + answered.body), { method, path });
      }
      const { result } = await checkJson([`${registry.name}/team/app:v1`, '--layers', '--retries', '0']);
      assert.notEqual(result.verdict, 'pullable', result.message);
    });
  }
});
