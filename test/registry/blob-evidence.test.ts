import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { digestOf } from '../../src/core/digest.ts';
import { cleanText } from '../../src/core/text.ts';
import { HttpHeaders } from '../../src/http/headers.ts';
import { readBlobBody, readBlobHead } from '../../src/registry/blob-evidence.ts';
import { OCI_CONFIG, OCI_LAYER } from '../support/images.ts';

type Headers = Readonly<Record<string, string | readonly string[]>>;

const responseOf = (status: number, headers: Headers, body: Uint8Array = new Uint8Array(), truncated = false) => ({
  status,
  headers: new HttpHeaders(headers),
  body,
  truncated,
  url: new URL('https://registry.example/'),
  host: 'registry.example',
  quote: cleanText,
  crossedOrigin: false,
});
const present = (sizeKnown = true) => ({ kind: 'present', sizeKnown });
const otherSize = (size: number) => ({ kind: 'other-size', size });
const UNCLEAR = undefined;
const CODED = { kind: 'coded' };

describe('the headers of a response for a blob of 5 bytes', () => {
  const descriptor = { mediaType: OCI_LAYER, digest: digestOf(Buffer.from('12345')), size: 5 };
  for (const [status, headers, expected] of [
    [200, { 'content-length': '5' }, present()],
    [200, { 'content-length': '20000' }, otherSize(20_000)],
    // Short enough for an error message, in whatever format.
    [200, { 'content-length': '4' }, UNCLEAR],
    [200, { 'content-length': '0' }, UNCLEAR],
    [200, { 'content-length': '20000', 'content-type': 'text/plain' }, UNCLEAR],
    [200, {}, UNCLEAR],
    [200, { 'content-length': '-5' }, UNCLEAR],
    [200, { 'content-length': '5, 5' }, UNCLEAR],
    [200, { 'content-length': '5e0' }, UNCLEAR],
    [200, { 'content-length': '9'.repeat(20) }, UNCLEAR],
    [200, { 'content-length': '5', 'content-type': 'application/octet-stream' }, present()],
    [200, { 'content-length': '5', 'content-type': 'text/html; charset=utf-8' }, UNCLEAR],
    [200, { 'content-length': '4', 'content-type': 'text/html' }, UNCLEAR],
    [200, { 'content-length': '40', 'content-type': 'application/json' }, UNCLEAR],
    [200, { 'content-length': '40', 'content-type': 'application/problem+json' }, UNCLEAR],
    [200, { 'content-length': '5', 'content-type': 'application/json' }, present()],
    [200, { 'content-length': '5', 'content-range': 'bytes 0-0/5' }, present()],
    [206, { 'content-range': 'bytes 0-0/5', 'content-length': '1' }, present()],
    [206, { 'content-range': 'bytes 0-0/5' }, present()],
    [206, { 'content-range': 'bytes 0-0/6' }, otherSize(6)],
    [206, { 'content-range': 'bytes 0-0/0' }, otherSize(0)],
    [206, { 'content-range': 'bytes 3-3/5', 'content-length': '1' }, UNCLEAR],
    [206, { 'content-range': 'bytes 0-4/5', 'content-length': '5' }, UNCLEAR],
    [206, { 'content-range': 'bytes 0-0/5', 'content-length': '5' }, UNCLEAR],
    [206, { 'content-range': 'bytes 0-0/*' }, UNCLEAR],
    [206, { 'content-range': 'bytes */5' }, UNCLEAR],
    [206, { 'content-range': 'items 0-0/5' }, UNCLEAR],
    [206, { 'content-range': 'bytes 0-0/5 ' }, UNCLEAR],
    [206, { 'content-type': 'multipart/byteranges; boundary=x', 'content-length': '1' }, UNCLEAR],
    [206, { 'content-range': 'bytes 0-0/5', 'content-type': 'text/html' }, UNCLEAR],
    [206, { 'content-length': '1' }, UNCLEAR],
    [416, {}, UNCLEAR],
    [416, { 'content-range': 'bytes */5' }, present()],
    [416, { 'content-range': 'bytes */0' }, otherSize(0)],
    [416, { 'content-range': 'bytes */*' }, UNCLEAR],
    [416, { 'content-range': 'bytes 0-0/5' }, UNCLEAR],
    [416, { 'content-length': '5' }, UNCLEAR],
    [200, { 'content-length': '5', 'content-encoding': 'gzip' }, CODED],
    [200, { 'content-length': '5', 'content-encoding': 'GZIP' }, CODED],
    [200, { 'content-length': '5', 'content-encoding': 'br' }, present()],
    [200, { 'content-length': '5', 'content-encoding': 'zstd' }, present()],
    [200, { 'content-length': '5', 'content-encoding': 'x-gzip' }, present()],
    [200, { 'content-length': '5', 'content-encoding': 'identity, gzip' }, present()],
    [200, { 'content-length': '5', 'content-encoding': ['identity', 'gzip'] }, present()],
    [200, { 'content-length': '20000', 'content-encoding': 'br' }, otherSize(20_000)],
    [206, { 'content-range': 'bytes 0-0/5', 'content-encoding': 'gzip' }, CODED],
    [200, { 'content-length': '25', 'content-encoding': 'gzip' }, UNCLEAR],
    [200, { 'content-encoding': 'gzip' }, UNCLEAR],
    [200, { 'content-length': '5', 'content-encoding': 'identity' }, present()],
    [200, { 'content-length': '5', 'content-encoding': 'aws-chunked' }, present()],
    [200, { 'content-length': '20000', 'content-encoding': 'aws-chunked' }, otherSize(20_000)],
  ] as const) {
    it(`${status} ${JSON.stringify(headers)}: ${expected?.kind ?? 'unclear'}`, () => {
      assert.deepEqual(readBlobHead(responseOf(status, headers), descriptor), expected);
    });
  }
});

describe('the headers of a response for an empty blob', () => {
  const descriptor = { mediaType: OCI_LAYER, digest: digestOf(new Uint8Array()), size: 0 };
  for (const [status, headers, expected] of [
    [200, { 'content-length': '0' }, present()],
    [200, { 'content-length': '20000' }, otherSize(20_000)],
    [200, {}, UNCLEAR],
    [416, {}, present()],
    [416, { 'content-range': 'bytes */0' }, present()],
    [416, { 'content-range': 'bytes */5' }, otherSize(5)],
    [416, { 'content-type': 'text/html' }, UNCLEAR],
    [206, { 'content-range': 'bytes 0-0/5' }, otherSize(5)],
  ] as const) {
    it(`${status} ${JSON.stringify(headers)}: ${expected?.kind ?? 'unclear'}`, () => {
      assert.deepEqual(readBlobHead(responseOf(status, headers), descriptor), expected);
    });
  }
});

describe('the body of a response for a blob', () => {
  const BYTES = Buffer.from('12345');
  const small = { mediaType: OCI_LAYER, digest: digestOf(BYTES), size: 5 };
  const digest = digestOf(Buffer.from('6'));

  it('that was read in full proves it by its digest', () => {
    const read = (body: string, headers: Headers = {}, descriptor = small) =>
      readBlobBody(responseOf(200, headers, Buffer.from(body)), descriptor);
    assert.deepEqual(read('12345'), present());
    assert.deepEqual(read('12345', { 'content-type': 'text/html' }), present());
    assert.deepEqual(read('12345', { 'content-encoding': 'gzip' }), present());
    assert.deepEqual(read('', {}, { ...small, size: 0, digest: digestOf(new Uint8Array()) }), present());
    assert.deepEqual(read('54321'), { kind: 'other-digest', digest: digestOf(Buffer.from('54321')) });
    assert.deepEqual(read('1234'), otherSize(4));
    assert.deepEqual(read('12345', {}, { ...small, size: 6 }), otherSize(5));
  });

  const CAP = 1024;
  const padded = (first: Uint8Array | string) =>
    Buffer.concat([Buffer.from(first), Buffer.alloc(CAP)]).subarray(0, CAP);
  const gzip = padded(gzipSync('x'));
  const tar = padded(Buffer.concat([Buffer.alloc(257), Buffer.from('ustar')]));
  const zstd = padded(Buffer.from('28b52ffd', 'hex'));
  const page = padded('<!doctype html><title>Sign in</title>');
  const html = { 'content-type': 'text/html' };
  const length = { 'content-length': '5000' };
  const TAR = 'application/vnd.oci.image.layer.v1.tar';
  const ODD = 'application/vnd.example.odd';

  for (const [name, body, headers, mediaType, expected] of [
    ['gzip of unknown length', gzip, {}, OCI_LAYER, present(false)],
    ['gzip of the right length', gzip, length, OCI_LAYER, present()],
    ['gzip of another length', gzip, { 'content-length': '6000' }, OCI_LAYER, otherSize(6000)],
    ['gzip, served as a web page', gzip, { ...html, ...length }, OCI_LAYER, present()],
    ['tar instead of gzip: runtimes detect the compression', tar, {}, OCI_LAYER, present(false)],
    ['zstd instead of tar', zstd, {}, TAR, present(false)],
    ['a web page', page, {}, OCI_LAYER, { kind: 'other-content' }],
    ['a web page of the right length', page, length, OCI_LAYER, { kind: 'other-content' }],
    ['a web page for an unknown type', page, {}, ODD, { kind: 'other-content' }],
    ['a text served as a web page', padded('Please wait'), { ...html, ...length }, ODD, { kind: 'other-content' }],
    ['anything for an unknown type', padded('anything'), {}, ODD, present(false)],
    ['anything else', padded('anything'), {}, OCI_LAYER, { kind: 'other-content' }],
    ['anything else, of the right length', padded('anything'), length, OCI_LAYER, present()],
    ['a config', padded(' {"os":'), {}, OCI_CONFIG, present(false)],
    ['gzip for a config', gzip, {}, OCI_CONFIG, { kind: 'other-content' }],
    ['tar that was encoded as gzip and decoded', tar, { 'content-encoding': 'gzip' }, OCI_LAYER, CODED],
    ['gzip in gzip', gzip, { ...length, 'content-encoding': 'gzip' }, OCI_LAYER, present(false)],
    ['tar in gzip', tar, { 'content-encoding': 'gzip' }, TAR, present(false)],
  ] as const) {
    it(`that was read in part is judged by its beginning: ${name}`, () => {
      const read = readBlobBody(responseOf(200, headers, body, true), { mediaType, digest, size: 5000 });
      assert.deepEqual(read, expected);
    });
  }

  it('that is longer than the blob is another blob', () => {
    assert.deepEqual(readBlobBody(responseOf(200, {}, gzip, true), { mediaType: OCI_LAYER, digest, size: CAP }), {
      kind: 'other-size',
      size: CAP,
      orMore: true,
    });
  });
});
