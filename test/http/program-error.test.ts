import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errors } from 'undici';
import { ConnectError } from '../../src/http/failure.ts';
import { isProgramError } from '../../src/http/program-error.ts';

const withCode = (code: string): Error => Object.assign(new Error(code), { code });

describe('an exception without a code of the network', () => {
  const bugs: readonly unknown[] = [
    new Error('Dynamic require of "node:assert" is not supported'),
    new TypeError('undefined is not a function'),
    new ReferenceError('x is not defined'),
    withCode('ERR_MODULE_NOT_FOUND'),
    withCode('MODULE_NOT_FOUND'),
    withCode('ERR_REQUIRE_ESM'),
    withCode('ERR_INVALID_ARG_TYPE'),
    undefined,
  ];
  for (const error of bugs) it(`is a bug: ${error}`, () => assert.ok(isProgramError(error)));

  const failures: readonly unknown[] = [
    withCode('ECONNRESET'),
    withCode('CERT_HAS_EXPIRED'),
    withCode('ERR_SSL_WRONG_VERSION_NUMBER'),
    withCode('ERR_HTTP2_STREAM_ERROR'),
    withCode('ERR_STREAM_PREMATURE_CLOSE'),
    new errors.SocketError('other side closed'),
    new errors.HTTPParserError('Expected HTTP/'),
    new ConnectError('tcp', 'no'),
    new DOMException('', 'TimeoutError'),
    new Error('x', { cause: withCode('EPIPE') }),
    new RangeError('WebAssembly.Instance(): Out of memory'),
  ];
  for (const error of failures)
    it(`is not one if there is a code or a name: ${error}`, () => assert.ok(!isProgramError(error)));
});
