import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeFailure } from '../../src/check/judge-failure.ts';
import type { HttpFailure } from '../../src/http/failure.ts';
import type { CertificateFacts, TlsFailure } from '../../src/http/tls-failure.ts';
import { imageUnderCheck } from '../support/scripted-check.ts';

const judge = (tls: TlsFailure, more: Partial<HttpFailure> = {}) =>
  judgeFailure(
    imageUnderCheck(),
    {
      kind: 'tls',
      phase: 'tls',
      host: 'registry.example',
      code: null,
      detail: 'unknown ca',
      isTransient: false,
      tls,
      ...more,
    },
    'registry',
  );

const facts = (changes: Partial<CertificateFacts>): CertificateFacts => ({
  issuer: 'Acme CA',
  commonName: 'registry',
  names: ['registry.example'],
  validFromMs: Date.UTC(2000, 0, 1),
  validToMs: Date.UTC(2100, 0, 1),
  purposes: [],
  ...changes,
});

describe('judgeTls says what the server refuses, and advises only what helps', () => {
  for (const [problem, message, hint] of [
    ['old-version', /^registry\.example only supports TLS 1\.1 or older/, /operator must enable TLS 1\.2/],
    ['nothing-in-common', /none of the cipher suites and key exchanges that this client offers/, /a pull fails too/],
    [
      'certificate-required',
      /requires a client certificate, and none was sent/,
      /--cert and --key.*certs\.d\/registry/,
    ],
    [
      'certificate-rejected',
      /rejected the client certificate: unknown ca\./,
      /from --cert, or of client\.cert in \/etc\/docker\/certs\.d\/registry\.example/,
    ],
    ['unrecognized-name', /does not serve that host name/, /Check the name/],
    ['no-application-protocol', /offers neither HTTP\/2 nor HTTP\/1\.1 on that port/, /host and port/],
    ['not-tls', /with something other than TLS\.$/, /--plain-http/],
    ['closed', /closed the connection during the TLS handshake/, /another network/],
  ] as const) {
    it(problem, () => {
      const found = judge({ problem });
      assert.deepEqual([found.reason, found.cause], ['unreachable', 'tls']);
      assert.match(found.message, message);
      assert.match(found.hint?.text ?? '', hint);
      assert.doesNotMatch(found.hint?.text ?? '', /--ca-file|--insecure|--timeout/);
    });
  }

  it('offers no client certificate for a host that the registry named', () => {
    const found = judge({ problem: 'certificate-required' }, { host: 'cdn.example' });
    assert.match(found.hint?.text ?? '', /sent only to registry\.example/);
    assert.doesNotMatch(found.hint?.text ?? '', /--cert/);
  });
});

describe('judgeTls says what is wrong with the certificate', () => {
  for (const [problem, certificate, message] of [
    ['untrusted', facts({}), 'is issued by "Acme CA", a CA that this machine does not trust.'],
    ['untrusted', facts({ issuer: '' }), 'is not signed by a CA that this machine trusts.'],
    [
      'expired',
      facts({ validToMs: Date.UTC(2020, 0, 2, 3, 4) }),
      'expired on 2020-01-02 03:04 UTC; it was issued by "Acme CA".',
    ],
    // The certificate of the server is valid: that of its authority is not.
    ['expired', facts({}), 'or of its CA has expired.'],
    [
      'not-yet-valid',
      facts({ validFromMs: Date.UTC(2099, 0, 1) }),
      'is not valid yet; it becomes valid on 2099-01-01 00:00 UTC.',
    ],
    [
      'other-name',
      facts({ names: ['a.example', 'b.example', 'c.example', 'd.example'] }),
      'is for a.example, b.example, c.example and 1 more, not for registry.example.',
    ],
    [
      'other-name',
      facts({ names: [] }),
      'has no subjectAltName (only the common name registry), the only field that clients check.',
    ],
    ['other-name', facts({ names: ['\u001b[31ma.example'] }), 'is for [31ma.example, not for registry.example.'],
  ] as const) {
    it(message, () => {
      assert.equal(judge({ problem, certificate }).message, `The certificate of registry.example ${message}`);
    });
  }

  for (const [problem, certificate, code, message] of [
    [
      'not-for-servers',
      facts({ purposes: ['1.3.6.1.5.5.7.3.2', '1.2.3'] }),
      null,
      /is not for servers: its extended key usage allows only client authentication, 1\.2\.3\.$/,
    ],
    ['ca-not-for-servers', facts({}), null, /^A CA certificate above the certificate of registry\.example/],
    ['unverified-purpose', facts({}), null, /docker and podman may accept that; this client does not/],
    ['other', facts({}), 'INVALID_CA', /above it is not a CA certificate/],
    ['other', facts({}), 'PATH_LENGTH_EXCEEDED', /chain is longer/],
    ['other', facts({}), 'UNSPECIFIED', /name constraints/],
    ['expired', facts({ validToMs: 0 }), null, /expired on 1970-01-01/],
    ['expired', facts({}), null, /or of its CA has expired/],
  ] as const) {
    it(`${code ?? problem}, and advises no CA file to be passed`, () => {
      const found = judge({ problem, certificate }, { code });
      assert.match(found.message, message);
      assert.doesNotMatch(found.hint?.text ?? '', /--ca-file/);
    });
  }
});
