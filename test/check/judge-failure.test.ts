import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeFailure } from '../../src/check/judge-failure.ts';
import type { HttpFailure } from '../../src/http/failure.ts';
import { imageUnderCheck } from '../support/judged.ts';

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
    ['registry.example', 'registry', 'registry.example did not answer in time: it failed.'],
    ['cdn.example', 'registry', 'cdn.example, where registry.example sends us, did not answer in time: it failed.'],
    ['auth.example', 'token-service', 'The token service auth.example did not answer in time: it failed.'],
  ] as const) {
    it(expected, () => assert.equal(messageOf({ kind: 'timeout', host }, from), expected));
  }
});

describe('judgeFailure names the phase and the reason', () => {
  for (const [changes, expected] of [
    [{ kind: 'dns', code: 'ENOTFOUND' }, 'There is no host by the name of registry.example (ENOTFOUND).'],
    [{ kind: 'tcp', code: 'EMFILE' }, 'registry.example was not asked: this process has too many open files (EMFILE).'],
    [{ kind: 'dns', code: 'ENFILE' }, 'registry.example was not asked: this machine has too many open files (ENFILE).'],
    [{ kind: 'dns', code: 'EAI_AGAIN' }, 'The name of registry.example cannot be looked up at the moment (EAI_AGAIN).'],
    [{ code: 'ECONNREFUSED' }, 'registry.example refuses connections: nothing listens there (ECONNREFUSED).'],
    [{ code: 'EHOSTUNREACH', detail: 'no route to host' }, 'registry.example cannot be reached: no route to host.'],
    [
      { phase: 'body', code: 'ECONNRESET' },
      'registry.example closed the connection before its answer was complete (ECONNRESET).',
    ],
    [
      { kind: 'tls', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      'The certificate of registry.example is not signed by an authority that this machine trusts (DEPTH_ZERO_SELF_SIGNED_CERT).',
    ],
    [
      { kind: 'tls', code: 'CERT_NOT_YET_VALID' },
      'The certificate of registry.example is not valid yet (CERT_NOT_YET_VALID).',
    ],
    [{ kind: 'tls', detail: 'packet length too long' }, 'registry.example does not speak TLS on that port.'],
    [
      { kind: 'tls', detail: 'handshake failure' },
      'The TLS handshake with registry.example failed: handshake failure.',
    ],
    [
      { kind: 'proxy', detail: 'the proxy answers 403' },
      'The proxy does not let us through to registry.example: the proxy answers 403.',
    ],
    [
      { kind: 'redirect-loop', detail: 'more than 10 redirects' },
      'The redirects of registry.example do not end: more than 10 redirects.',
    ],
  ] as const) {
    it(expected, () => assert.equal(messageOf(changes), expected));
  }
});

describe('judgeFailure and an address that is not asked', () => {
  it('calls it a bad challenge of the token service', () => {
    const finding = judgeFailure(imageUnderCheck(), failure({ kind: 'blocked-address' }), 'token-service');
    assert.equal(finding.cause, 'bad-challenge');
    assert.match(finding.hint ?? '', /^No login was sent there/);
  });
});

describe('judgeFailure of a pause that nobody can wait for', () => {
  it('cannot tell, and says when to come back', () => {
    const finding = judgeFailure(imageUnderCheck(), failure({ kind: 'paused', waitMs: 3_600_000 }), 'registry');
    assert.deepEqual([finding.reason, finding.cause], ['rate-limited', 'too-many-requests']);
    assert.equal(
      finding.message,
      'registry.example asked for a pause after too many requests, so it was not asked; the image may well be there.',
    );
    assert.equal(finding.hint, 'Try again in 1 h.');
  });
});
