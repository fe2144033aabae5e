import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeFailure } from '../../src/check/judge-failure.ts';
import type { HttpFailure, ProxyFacts } from '../../src/http/failure.ts';
import { imageUnderCheck } from '../support/scripted-check.ts';

const judge = (code: string | null, facts: Partial<ProxyFacts> = {}, more: Partial<HttpFailure> = {}) =>
  judgeFailure(
    imageUnderCheck(),
    {
      kind: 'proxy',
      phase: 'proxy',
      host: 'registry.example',
      code,
      detail: 'it failed',
      isTransient: false,
      proxy: { host: 'proxy.example:3128', variable: 'https_proxy', hasLogin: false, schemes: [], ...facts },
      ...more,
    },
    'registry',
  );

describe('judgeFailure names the proxy and the variable it comes from', () => {
  for (const [code, facts, message, hint] of [
    [
      'ECONNREFUSED',
      {},
      /^The proxy proxy\.example:3128 \(from https_proxy\) refuses connections/,
      /Start it or correct https_proxy/,
    ],
    ['ENOTFOUND', {}, /^Cannot resolve the proxy proxy\.example:3128 \(from https_proxy\)/, /Correct https_proxy/],
    ['HTTP_403', {}, /does not allow connections to registry\.example: it failed\.$/, /Ask its operator/],
    ['HTTP_502', {}, /^Could not connect to registry\.example through the proxy proxy\.example:3128/, /NO_PROXY/],
    [
      'HTTP_407',
      {},
      /requires authentication \(407\)\.$/,
      /https_proxy, with special characters percent-encoded: http:\/\/user:password@proxy\.example:3128/,
    ],
    ['HTTP_407', { hasLogin: true, schemes: ['Basic'] }, /rejected the credentials in https_proxy/, /percent-encoded/],
    [
      'HTTP_407',
      { schemes: ['Negotiate', 'NTLM'] },
      /accepts only Negotiate or NTLM authentication \(407\)\.$/,
      /^It does not accept a user name and password in a URL: .*local proxy.*NO_PROXY\.$/,
    ],
    [
      'HTTP_407',
      { hasLogin: true, schemes: ['NTLM'] },
      /accepts only NTLM authentication \(407\); it rejected the credentials in https_proxy\.$/,
      /^It does not accept a user name and password in a URL/,
    ],
    ['HTTP_407', { schemes: ['Negotiate', 'basic'] }, /requires authentication/, /user:password/],
  ] as const) {
    it(`${code} ${JSON.stringify(facts)}`, () => {
      const found = judge(code, facts);
      assert.deepEqual([found.reason, found.cause], ['unreachable', 'proxy']);
      assert.match(found.message, message);
      assert.match(found.hint?.text ?? '', hint);
    });
  }

  it('that did not respond', () => {
    const found = judge(null, {}, { kind: 'timeout', waitedMs: 30_000 });
    assert.equal(
      found.message,
      'The proxy proxy.example:3128 (from https_proxy) did not connect to registry.example within 30 s.',
    );
  });
});
