import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { RegistryError } from '../../src/core/result.ts';
import { cleanText } from '../../src/core/text.ts';
import { HttpHeaders } from '../../src/http/headers.ts';
import { createKnownSecrets } from '../../src/http/known-secrets.ts';
import { quoteFor } from '../../src/http/quote.ts';
import type { HttpRequest } from '../../src/http/send.ts';
import { quoteErrors } from '../../src/registry/error.ts';
import { evidenceOf } from '../../src/registry/evidence.ts';

const responseWith = (body: unknown, headers: Record<string, string> = {}) => ({
  status: 404,
  headers: new HttpHeaders(headers),
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  truncated: false,
  url: new URL('https://registry.example/v2/'),
  host: 'registry.example',
  quote: cleanText,
  crossedOrigin: false,
});
const errorsIn = (body: unknown, headers?: Record<string, string>) => evidenceOf(responseWith(body, headers)).errors;
const error = (code: string | null, message: string | null) => ({ code, message });

describe('the errors in a response', () => {
  for (const [name, body, expected] of [
    ['the specification', { errors: [{ code: 'DENIED', message: 'no', detail: {} }] }, [error('DENIED', 'no')]],
    ['several', { errors: [{ code: 'A1' }, { code: 'B2' }] }, [error('A1', null), error('B2', null)]],
    ['Artifactory', { errors: [{ status: 403, message: 'rejected' }] }, [error('403', 'rejected')]],
    [
      'zot',
      { code: 'UNAUTHORIZED', message: 'authentication required', detail: {} },
      [error('UNAUTHORIZED', 'authentication required')],
    ],
    ['Quay', { error: 'invalid token' }, [error(null, 'invalid token')]],
    ['OAuth 2.0', { error: 'invalid_grant', error_description: 'it is old' }, [error(null, 'it is old')]],
    [
      "Docker Hub's token service",
      { details: 'incorrect username or password' },
      [error(null, 'incorrect username or password')],
    ],
    ['a message alone', { message: 'no' }, [error(null, 'no')]],
    ['a text for errors', { errors: 'no' }, [error(null, 'no')]],
    ['plain text', 'Not Authorized\n', [error(null, 'Not Authorized')]],
    [
      'the XML of a store',
      '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
      [error('AccessDenied', 'Access Denied')],
    ],
    ['XML of something else', '<?xml version="1.0"?><x/>', []],
    ['nothing', '', []],
    ['an empty list', { errors: [] }, []],
    ['a list of nothing', { errors: [null, {}, 7, { code: 7 }] }, [error('7', null)]],
    ['no text at all', { errors: { code: {}, message: [] } }, []],
    ['JSON cut short', '{"errors":[{"code":"DEN', []],
    ['a response of Quay', 'true', [error(null, 'true')]],
    [
      'escapes of a terminal',
      { errors: [{ code: 'A\u001b[31m', message: 'x\u0007\r\ny\u202e' }] },
      [error('A [31m', 'x y')],
    ],
  ] as const) {
    it(`reads ${name}`, () => assert.deepEqual(errorsIn(body), expected));
  }

  it('are none in a web page, by its type or by its content', () => {
    assert.deepEqual(errorsIn('<h1>503</h1>', { 'content-type': 'text/html' }), []);
    assert.deepEqual(errorsIn('<html>503</html>'), []);
  });

  it('are five at most, and long texts are cut', () => {
    const errors = errorsIn({ errors: new Array(9).fill({ code: 'c'.repeat(999), message: 'm'.repeat(9999) }) });
    assert.equal(errors.length, 5);
    assert.equal(errors[0]?.code?.length, 60);
    assert.equal(errors[0]?.message?.length, 300);
  });

  it('never throw, and contain no control character', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue(), fc.record({ errors: fc.jsonValue() })),
        (body) => {
          for (const { code, message } of errorsIn(body ?? ''))
            assert.doesNotMatch(`${code}${message}`, /[\p{Cc}\p{Cf}]/u);
        },
      ),
    );
  });
});

describe('a response from a registry', () => {
  for (const [name, body, headers, expected] of [
    ['a code of the specification', { errors: [{ code: 'MANIFEST_UNKNOWN' }] }, {}, true],
    ['the status for a code', { errors: [{ code: '404', message: 'Not Found' }] }, {}, true],
    ['a bare code', { code: 'NAME_UNKNOWN' }, {}, true],
    ['its API version', '', { 'docker-distribution-api-version': 'registry/2.0' }, true],
    ['the JSON of a web service', { status: 404, error: 'Not Found', path: '/v2/' }, {}, false],
    ['a code of a web service', { code: 'NotFound', message: 'no' }, {}, false],
    ['the XML of a store', '<Error><Code>NoSuchKey</Code></Error>', {}, false],
    ['plain text', '404 page not found', {}, false],
    ['nothing', '', {}, false],
  ] as const) {
    it(`is ${expected ? '' : 'not '}recognized by ${name}`, () => {
      assert.equal(evidenceOf(responseWith(body, headers)).isFromRegistry, expected);
    });
  }
});

describe('a secret is hidden though an answer splits it between', () => {
  const SECRET = 'correct-horse-battery';
  const secrets = createKnownSecrets();
  secrets.addCredential('me', SECRET);
  const request: HttpRequest = {
    method: 'GET',
    url: new URL('https://registry.example/v2/'),
    headers: {},
    purpose: 'manifest',
    maxBytes: 0,
    signal: new AbortController().signal,
  };
  const quote = quoteFor(request, secrets);

  for (const [where, answer] of [
    ['the messages of two errors', (one, two) => [error('DENIED', `no ${one}`), error('DENIED', `${two} here`)]],
    [
      'messages with blanks around them',
      (one, two) => [error('DENIED', `no ${one} \n`), error('DENIED', ` ${two} here`)],
    ],
    ['the codes of two errors', (one, two) => [error(one, null), error(two, null)]],
    ['a code and its message', (one, two) => [error(one, `${two} here`)]],
    ['a message and its code', (one, two) => [error(two, `no ${one}`)]],
    ['a message and the code of the next error', (one, two) => [error('DENIED', `no ${one}`), error(two, 'here')]],
    [
      'three errors',
      (one, two) => [error('DENIED', one), error('DENIED', two.slice(0, 4)), error('DENIED', two.slice(4))],
    ],
  ] as readonly (readonly [string, (one: string, two: string) => readonly RegistryError[]])[]) {
    it(where, () => {
      for (let at = 1; at < SECRET.length - 4; at += 1) {
        const shown = quoteErrors(answer(SECRET.slice(0, at), SECRET.slice(at)), quote);
        const words = shown.flatMap(({ code, message }) => [code ?? '', message ?? '']).join(' ');
        assert.match(words, /^(?:no |DENIED |here |\*{3} ?|\s)*(?:here)?$/, words);
        assert.ok(words.includes('***'));
      }
    });
  }

  it('while what each says besides is shown', () => {
    const errors = [error('DENIED', 'no access for correct'), error('UNKNOWN', 'horse of another color')];
    assert.deepEqual(quoteErrors(errors, quote), errors);
  });
});
