import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HttpHeaders } from '../../src/http/headers.ts';
import { blobSize } from '../../src/registry/blob-size.ts';

const sizeOf = (status: number, headers: Record<string, string>) =>
  blobSize({
    status,
    headers: new HttpHeaders(headers),
    body: new Uint8Array(),
    truncated: true,
    url: new URL('https://registry.example/'),
    crossedOrigin: false,
  });

describe('blobSize', () => {
  for (const [status, headers, expected] of [
    [200, { 'content-length': '123' }, 123],
    [200, { 'content-length': '0' }, 0],
    [206, { 'content-range': 'bytes 0-0/123', 'content-length': '1' }, 123],
    [416, { 'content-range': 'bytes */0' }, 0],
    [206, { 'content-range': 'bytes 0-0/*' }, undefined],
    [206, { 'content-length': '1' }, undefined],
    [200, {}, undefined],
    [200, { 'content-length': '123', 'content-encoding': 'gzip' }, undefined],
    [200, { 'content-length': '-1' }, undefined],
    [200, { 'content-length': '9'.repeat(20) }, undefined],
    [200, { 'content-length': '1e3' }, undefined],
  ] as const) {
    it(`${status} ${JSON.stringify(headers)}: ${expected}`, () => assert.equal(sizeOf(status, headers), expected));
  }
});
