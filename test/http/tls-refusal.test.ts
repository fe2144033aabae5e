// Why a server refuses a TLS connection, from the alert it sends; and what it is offered.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withRetry } from '../../src/http/retry.ts';
import type { TlsProblem } from '../../src/http/tls-failure.ts';
import { createTransport } from '../../src/http/transport.ts';
import { authority, clientIdentity, namedIdentity, serverIdentity, withoutOpenssl } from '../support/certificates.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { requestFor } from '../support/fake-send.ts';
import { ask, serve, startProxy, textOf } from './loopback-server.ts';
import { startOpensslServer } from './openssl-server.ts';

const options = { skip: withoutOpenssl };
const OTHER_NAME = ['-servername', 'other.example', '-servername_fatal'];

describe('a refused TLS connection', options, () => {
  const rows: readonly (readonly [what: string, options: readonly string[], problem: TlsProblem, client?: boolean])[] =
    [
      ['TLS 1.1', ['-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0'], 'old-version'],
      [
        'a cipher suite that Go does not offer',
        ['-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-SHA256'],
        'nothing-in-common',
      ],
      ['a curve that Go does not offer', ['-curves', 'X448'], 'nothing-in-common'],
      ['a client certificate, TLS 1.2', ['-tls1_2', '-Verify', '1'], 'certificate-required'],
      ['a client certificate, TLS 1.3', ['-tls1_3', '-Verify', '1'], 'certificate-required'],
      ['another client certificate', ['-Verify', '1', '-verify_return_error'], 'certificate-rejected', true],
      ['another host name', OTHER_NAME, 'unrecognized-name'],
      ['another application protocol', ['-alpn', 'other'], 'no-application-protocol'],
    ];
  for (const [what, serverOptions, problem, hasIdentity = false] of rows) {
    it(`by a server that requires ${what}: ${problem}`, async (t) => {
      const port = await startOpensslServer(t, serverIdentity(), serverOptions);
      const { fail } = ask(t, { ca: authority().cert, ...(hasIdentity && clientIdentity()) });
      const failure = await fail(`https://localhost:${port}/`);
      assert.deepEqual(
        [failure.kind, failure.phase, failure.tls, failure.isTransient],
        ['tls', 'tls', { problem }, false],
      );
      assert.doesNotMatch(failure.detail, /error:|routines|\.c:|alert/);
    });
  }

  it('is not reopened for HTTP/2, nor by a retry', async (t) => {
    const port = await startOpensslServer(t, serverIdentity(), ['-tls1_3', '-Verify', '1']);
    const { send, close } = createTransport({ env: {}, ca: authority().cert, multiplex: true });
    t.after(close);
    let attempts = 0;
    const clock = createFakeClock();
    const retry = withRetry({ retries: 2, deadlineMs: 60_000, clock, random: () => 0, limitOf: () => undefined });
    const outcome = await retry((request) => {
      attempts += 1;
      return send(request);
    })(requestFor(`https://localhost:${port}/`));
    assert.deepEqual([outcome.ok || outcome.error.tls, attempts], [{ problem: 'certificate-required' }, 1]);
  });
});

describe('a TLS connection', options, () => {
  it('is opened with each curve and cipher suite that Go offers', async (t) => {
    for (const serverOptions of [
      ['-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-SHA'],
      ['-tls1_2', '-cipher', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
      ['-curves', 'P-521'],
      ['-ciphersuites', 'TLS_CHACHA20_POLY1305_SHA256'],
    ]) {
      const port = await startOpensslServer(t, serverIdentity(), serverOptions);
      assert.equal((await ask(t, { ca: authority().cert }).get(`https://localhost:${port}/`)).status, 200);
    }
  });

  for (const [names, host, isAccepted] of [
    ['DNS:*.internal', 'registry.internal', true],
    ['DNS:*.internal', 'a.registry.internal', false],
    ['DNS:r*.corp.internal', 'registry.corp.internal', false],
    ['DNS:under_score.internal', 'under_score.internal', true],
  ] as const) {
    it(`${isAccepted ? 'accepts' : 'refuses'} a certificate for ${names} at ${host}`, async (t) => {
      const registry = await serve(t, (_, response) => response.end('hello'), { tls: namedIdentity(names) });
      const proxy = await startProxy(t);
      const { get, fail } = ask(t, { ca: authority().cert, env: { HTTPS_PROXY: proxy.origin } });
      const url = `https://${host}:${registry.port}/`;
      if (isAccepted) assert.equal(textOf(await get(url)), 'hello');
      else assert.equal((await fail(url)).tls?.problem, 'other-name');
    });
  }
});
