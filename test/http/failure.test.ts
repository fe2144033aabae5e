import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errors } from 'undici';
import { ConnectError, classify, type Phase, UndecodableError } from '../../src/http/failure.ts';

const withCode = (code: string, message = code): Error => Object.assign(new Error(message), { code });

const parserError = (problem: string): Error =>
  new errors.HTTPParserError(`Response does not match the HTTP/1.1 protocol (${problem})`);

/** As connect.ts throws it: the system's error in the phase it happened in. */
const connecting = (phase: Phase, code: string): ConnectError =>
  new ConnectError(phase, code, { cause: withCode(code) });

describe('classify', () => {
  it('lack of memory, for which V8 has no code', () => {
    const error = new RangeError('WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance');
    const { kind, code, isTransient } = classify(error, 'registry.example', 'headers');
    assert.deepEqual([kind, code, isTransient], ['tcp', 'ENOMEM', false]);
  });

  type Row = readonly [what: string, error: unknown, at: Phase, kind: string, phase: Phase, isTransient: boolean];
  const table: readonly Row[] = [
    ['ENOTFOUND', connecting('dns', 'ENOTFOUND'), 'headers', 'dns', 'dns', false],
    ['EAI_AGAIN', connecting('dns', 'EAI_AGAIN'), 'headers', 'dns', 'dns', true],
    ['ECONNREFUSED', connecting('tcp', 'ECONNREFUSED'), 'headers', 'tcp', 'tcp', false],
    ['EHOSTUNREACH', connecting('tcp', 'EHOSTUNREACH'), 'headers', 'tcp', 'tcp', false],
    ['ETIMEDOUT of the system', connecting('tcp', 'ETIMEDOUT'), 'headers', 'timeout', 'tcp', false],
    ['a reset while connecting', connecting('tcp', 'ECONNRESET'), 'headers', 'tcp', 'tcp', true],
    ['self-signed', connecting('tls', 'DEPTH_ZERO_SELF_SIGNED_CERT'), 'headers', 'tls', 'tls', false],
    ['wrong name', connecting('tls', 'ERR_TLS_CERT_ALTNAME_INVALID'), 'headers', 'tls', 'tls', false],
    ['a reset in the handshake', connecting('tls', 'ECONNRESET'), 'headers', 'tls', 'tls', false],
    ['a refused tunnel', new ConnectError('proxy', 'no', { code: 'HTTP_407' }), 'headers', 'proxy', 'proxy', false],
    ['a reset by the proxy', connecting('proxy', 'ECONNRESET'), 'headers', 'proxy', 'proxy', true],
    [
      'a blocked address',
      new ConnectError('tcp', 'no', { kind: 'blocked-address' }),
      'headers',
      'blocked-address',
      'tcp',
      false,
    ],
    ['ECONNRESET', withCode('ECONNRESET'), 'headers', 'tcp', 'headers', true],
    ['EPIPE', withCode('EPIPE'), 'headers', 'tcp', 'headers', true],
    ['UND_ERR_SOCKET', new errors.SocketError('other side closed'), 'body', 'tcp', 'body', true],
    ['a short body', new errors.ResponseContentLengthMismatchError(), 'body', 'tcp', 'body', true],
    ['a short chunked body', parserError('Invalid EOF state'), 'body', 'tcp', 'body', true],
    ['UND_ERR_HEADERS_TIMEOUT', new errors.HeadersTimeoutError(), 'headers', 'timeout', 'headers', true],
    ['UND_ERR_BODY_TIMEOUT', new errors.BodyTimeoutError(), 'body', 'timeout', 'body', true],
    ['the deadline, no address yet', new DOMException('', 'TimeoutError'), 'dns', 'timeout', 'dns', false],
    ['the deadline, no answer yet', new DOMException('', 'TimeoutError'), 'headers', 'timeout', 'headers', false],
    ['the deadline in the body', new DOMException('', 'TimeoutError'), 'body', 'timeout', 'body', false],
    ['HTTPParserError', parserError('Expected HTTP/'), 'headers', 'not-http', 'headers', false],
    ['HTTPParserError in the body', parserError('Invalid character in chunk size'), 'body', 'not-http', 'body', false],
    ['an endless head', new errors.HeadersOverflowError(), 'headers', 'not-http', 'headers', false],
    ['a body that does not decode', new UndecodableError('no'), 'body', 'not-http', 'body', false],
    ['an unknown error', withCode('EWHATEVER'), 'headers', 'tcp', 'headers', false],
    ['no error at all', undefined, 'headers', 'tcp', 'headers', false],
  ];
  for (const [what, error, at, kind, phase, isTransient] of table) {
    it(`${what}: ${kind}, ${phase}, ${isTransient ? 'transient' : 'not repeated'}`, () => {
      const failure = classify(error, 'r.example:5000', at);
      assert.deepEqual(
        { kind: failure.kind, phase: failure.phase, isTransient: failure.isTransient, host: failure.host },
        { kind, phase, isTransient, host: 'r.example:5000' },
      );
    });
  }

  it('gives the code of the innermost error, and none for a number', () => {
    assert.equal(classify(connecting('dns', 'ENOTFOUND'), 'r', 'headers').code, 'ENOTFOUND');
    assert.equal(classify(new DOMException('', 'TimeoutError'), 'r', 'headers').code, null);
    assert.equal(classify(new Error('x', { cause: withCode('EPIPE') }), 'r', 'headers').code, 'EPIPE');
    const circular = new Error('x');
    circular.cause = circular;
    assert.equal(classify(circular, 'r', 'headers').code, null);
  });

  it('reports the first of several errors, and cleans text from the server', () => {
    const both = new AggregateError([withCode('ECONNREFUSED', 'connect ECONNREFUSED ::1:1'), withCode('X')]);
    assert.equal(classify(both, 'r', 'headers').detail, 'connect ECONNREFUSED ::1:1');
    assert.equal(classify(new Error('\x1b[31mred\u202e\r\n'), 'r', 'headers').detail, '[31mred');
    assert.equal(classify(new Error('x'.repeat(9_999)), 'r', 'headers').detail.length, 300);
    assert.equal(classify('text', 'r', 'headers').detail, 'text');
  });

  it('reports what the parser found in plain words', () => {
    assert.equal(
      classify(parserError('Expected HTTP/'), 'r', 'headers').detail,
      'invalid HTTP/1.1 response (Expected HTTP/)',
    );
  });
});
