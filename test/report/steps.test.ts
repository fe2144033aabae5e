import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RequestRecord } from '../../src/core/result.ts';
import { formatSteps } from '../../src/report/steps.ts';
import { failedResult, pullableResult } from '../support/results.ts';

const plain = { color: 0, unicode: true } as const;
const manifest: RequestRecord = {
  purpose: 'manifest',
  method: 'HEAD',
  url: 'https://registry-1.docker.io/v2/library/nginx/manifests/latest',
  status: 401,
  durationMs: 31,
  attempt: 1,
};
const token: RequestRecord = {
  purpose: 'token',
  method: 'GET',
  url: 'https://auth.docker.io/token?service=registry.docker.io&scope=***',
  status: 200,
  durationMs: 120,
  attempt: 1,
};

describe('the steps of a check', () => {
  it('are the requests, the credentials, the rate limit and the total', () =>
    assert.equal(
      formatSteps(
        pullableResult({
          requests: [
            manifest,
            token,
            { ...manifest, status: null, durationMs: 1044, error: 'connection reset (ECONNRESET)' },
            { ...manifest, status: 200, attempt: 2 },
          ],
          credential: { source: '~/.docker/config.json', kind: 'identity-token', username: 'alice' },
          rateLimit: { limit: 100, remaining: 97, windowSeconds: 21_600 },
          durationMs: 1320,
        }),
        plain,
      ),
      `nginx:latest
  manifest  HEAD  401   31 ms  registry-1.docker.io/v2/library/nginx/manifests/latest
  token     GET   200  120 ms  auth.docker.io/token
  manifest  HEAD  ---   1.0 s  registry-1.docker.io/v2/library/nginx/manifests/latest  connection reset (ECONNRESET)
  manifest  HEAD  200   31 ms  registry-1.docker.io/v2/library/nginx/manifests/latest  attempt 2
  login     alice, identity token from ~/.docker/config.json
  limit     97 of 100 pulls left in 6 h
  digest    sha256:${'0123456789abcdef'.repeat(4)}
  total     4 requests, 1.3 s
`,
    ));

  it('show anonymous access, and a scheme other than https', () =>
    assert.equal(
      formatSteps(
        failedResult('not-found', 'tag', {
          input: 'localhost:5000/app:1',
          requests: [
            { ...manifest, purpose: 'child-manifest', url: 'http://localhost:5000/v2/app/manifests/1', status: 404 },
          ],
        }),
        plain,
      ),
      `localhost:5000/app:1
  child-manifest  HEAD  404  31 ms  http://localhost:5000/v2/app/manifests/1
  login           anonymous
  total           1 request, 104 ms
`,
    ));

  it('distinguish a limit on requests from one on pulls', () => {
    const reference = { registry: 'ghcr.io', repository: 'a', tag: '1', digest: null, canonical: 'ghcr.io/a:1' };
    const limited = { reference, rateLimit: { limit: null, remaining: 7, windowSeconds: 90 } };
    assert.match(formatSteps(pullableResult(limited), plain), /\n {2}limit {3}7 requests left in 90 s\n/);
  });

  it('color failures', () => {
    const requests = [manifest, { ...token, status: 307 }, { ...token, status: null, error: 'timed out' }, token];
    const text = formatSteps(pullableResult({ requests }), { ...plain, color: 1 });
    assert.ok(text.includes('\x1b[33m401\x1b[39m'));
    assert.ok(text.includes('\x1b[2m307\x1b[22m'));
    assert.ok(text.includes('\x1b[31m---\x1b[39m'));
    assert.ok(text.includes('\x1b[31mtimed out\x1b[39m'));
    assert.ok(text.includes('\x1b[32m200\x1b[39m'));
  });
});
