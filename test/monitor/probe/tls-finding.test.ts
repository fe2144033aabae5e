// A web service whose TLS fails: issuer, dates and names as in a check of an image, and a cure for the resource.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HttpFailure } from '../../../src/http/failure.ts';
import type { CertificateFacts, TlsProblem } from '../../../src/http/tls-failure.ts';
import { judgeFailure } from '../../../src/monitor/probe/service-finding.ts';

const facts: CertificateFacts = {
  ...{ issuer: 'Acme CA', commonName: 'shop', names: ['shop.example'], purposes: [] },
  ...{ validFromMs: Date.UTC(2000, 0, 1), validToMs: Date.UTC(2100, 0, 1) },
};

function judge(problem: TlsProblem, code: string, changes: Partial<CertificateFacts> = {}, caFile?: string) {
  const certificate = { ...facts, ...changes };
  const failure: HttpFailure = {
    ...{ kind: 'tls', phase: 'tls', host: 'shop.example:8443', code, detail: `certificate (${code})` },
    ...{ isTransient: false, tls: { problem, certificate } },
  };
  return judgeFailure(failure, caFile);
}

describe('a web service', () => {
  it('with a certificate of an unknown CA names the CA, and caFile at the resource', () => {
    const finding = judge('untrusted', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
    const { state, reason, cause, message, hint, hintCode } = finding;
    assert.deepEqual([state, reason, cause, hintCode], ['unavailable', 'no-answer', 'tls', 'trust-authority']);
    assert.equal(
      message,
      'The certificate of shop.example:8443 is issued by "Acme CA", a CA that this machine does not trust.',
    );
    assert.match(hint ?? '', /set caFile at this resource to its certificate/);
    const configured = judge('untrusted', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', {}, '/etc/ca.pem');
    assert.match(configured.hint ?? '', /^The file of caFile at this resource, \/etc\/ca\.pem, does not contain it/);
  });

  it('with an expired certificate names its day and its issuer', () => {
    const { message, hint } = judge('expired', 'CERT_HAS_EXPIRED', { validToMs: Date.UTC(2020, 0, 1) });
    assert.match(message, /expired on 2020-01-01 00:00 UTC; it was issued by "Acme CA"\.$/);
    assert.equal(hint, "Renew the certificate. Also check this machine's clock.");
  });

  it('never shows a code of OpenSSL alone, an option of the command, or a registry', () => {
    const problems: readonly TlsProblem[] = [
      'self-signed',
      'not-tls',
      'other-name',
      'not-yet-valid',
      'closed',
      'other',
    ];
    for (const problem of problems) {
      const { message, hint } = judge(problem, 'X');
      assert.doesNotMatch(`${message} ${hint}`, /^\(|--|registry|certs\.d/, problem);
    }
  });
});
