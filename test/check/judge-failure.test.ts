import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeFailure } from '../../src/check/judge-failure.ts';
import type { HttpFailure } from '../../src/http/failure.ts';
import { imageUnderCheck } from '../support/scripted-check.ts';

const failure = (changes: Partial<HttpFailure>): HttpFailure => ({
  kind: 'tcp',
  phase: 'tcp',
  host: 'registry.example',
  code: null,
  detail: 'it failed',
  isTransient: false,
  ...changes,
});
const messageOf = (changes: Partial<HttpFailure>, from: 'registry' | 'token-service' = 'registry') =>
  judgeFailure(imageUnderCheck(), failure(changes), from).message;

describe('judgeFailure names the host that failed, in its role', () => {
  for (const [host, from, expected] of [
    ['registry.example', 'registry', 'registry.example accepted the request, but did not respond in time.'],
    [
      'cdn.example',
      'registry',
      'cdn.example (redirected from registry.example) accepted the request, but did not respond in time.',
    ],
    [
      'auth.example',
      'token-service',
      'The token service auth.example accepted the request, but did not respond in time.',
    ],
  ] as const) {
    it(expected, () => assert.equal(messageOf({ kind: 'timeout', phase: 'headers', host }, from), expected));
  }
});

describe('judgeFailure names the phase and the reason', () => {
  for (const [changes, expected] of [
    [{ kind: 'timeout', phase: 'dns' }, 'The DNS lookup of registry.example did not finish in time.'],
    [
      { kind: 'timeout', phase: 'tls', waitedMs: 25_000 },
      'The TLS handshake with registry.example did not finish within 25 s: the server accepted the connection, but sent nothing.',
    ],
    [
      { kind: 'timeout', phase: 'headers', waitedMs: 29_997 },
      'registry.example accepted the request, but did not respond within 30 s.',
    ],
    [
      { kind: 'timeout', phase: 'body', waitedMs: 300 },
      'The response from registry.example stalled: the rest did not arrive within 300 ms.',
    ],
    [{ kind: 'timeout', phase: 'proxy' }, 'The proxy did not connect to registry.example in time.'],
    [{ kind: 'timeout' }, 'Could not connect to registry.example in time: no response at all.'],
    [
      { kind: 'tls', phase: 'tls', code: 'ECONNRESET', tls: { problem: 'closed' } },
      'registry.example closed the connection during the TLS handshake, before it showed a certificate (ECONNRESET).',
    ],
    [
      { kind: 'not-http', phase: 'headers', code: 'UND_ERR_HEADERS_OVERFLOW' },
      'registry.example sent more than 1 MiB of response headers.',
    ],
    [{ kind: 'dns', code: 'ENOTFOUND' }, 'Cannot resolve registry.example: no such host (ENOTFOUND).'],
    [
      { kind: 'tcp', code: 'EMFILE' },
      'No request was sent to registry.example: this process has too many open files (EMFILE).',
    ],
    [
      { kind: 'tcp', code: 'ENOMEM' },
      'This process does not have enough memory for the connection to registry.example (ENOMEM).',
    ],
    [
      { kind: 'dns', code: 'ENFILE' },
      'No request was sent to registry.example: this machine has too many open files (ENFILE).',
    ],
    [{ kind: 'dns', code: 'EAI_AGAIN' }, 'The DNS lookup of registry.example failed temporarily (EAI_AGAIN).'],
    [{ code: 'ECONNREFUSED' }, 'Connection to registry.example refused: nothing is listening there (ECONNREFUSED).'],
    [{ code: 'EHOSTUNREACH', detail: 'no route to host' }, 'There is no route to registry.example: EHOSTUNREACH.'],
    [
      { phase: 'body', code: 'ECONNRESET' },
      'registry.example closed the connection in the middle of its response (ECONNRESET).',
    ],
    [
      { kind: 'tls', detail: 'handshake failure' },
      'The TLS handshake with registry.example failed: handshake failure.',
    ],
    [
      { kind: 'proxy', detail: 'the proxy returned 403' },
      'Could not connect to registry.example through the proxy: the proxy returned 403.',
    ],
    [
      { kind: 'redirect-loop', detail: 'redirects 10 times in a row, the last time to h.example' },
      'registry.example redirects 10 times in a row, the last time to h.example.',
    ],
  ] as const) {
    it(expected, () => assert.equal(messageOf(changes), expected));
  }
});

describe('judgeFailure advises --timeout', () => {
  for (const [phase, helps] of [
    ['dns', false],
    ['tcp', false],
    ['tls', true],
    ['proxy', true],
    ['headers', true],
    ['body', true],
  ] as const) {
    it(`${helps ? 'where' : 'only where'} more time may help: ${phase}`, () => {
      const { hint } = judgeFailure(imageUnderCheck(), failure({ kind: 'timeout', phase }), 'registry');
      assert.equal(hint?.text.includes('--timeout'), helps);
    });
  }
});

describe('judgeFailure of an address that is not allowed', () => {
  it('is a bad challenge for a token service', () => {
    const finding = judgeFailure(imageUnderCheck(), failure({ kind: 'blocked-address' }), 'token-service');
    assert.equal(finding.cause, 'bad-challenge');
    assert.match(finding.hint?.text ?? '', /^No credentials were sent there/);
  });
});

describe('judgeFailure of a pause beyond the deadline', () => {
  it('is undetermined, and says when to try again', () => {
    const finding = judgeFailure(imageUnderCheck(), failure({ kind: 'paused', waitMs: 3_600_000 }), 'registry');
    assert.deepEqual([finding.reason, finding.cause], ['rate-limited', 'too-many-requests']);
    assert.equal(finding.message, 'registry.example is rate limiting this client, so the image was not checked.');
    assert.equal(finding.hint?.text, 'Try again in 1 h.');
  });
});
