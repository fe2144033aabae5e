import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckEvent, ResponseEvent } from '../../src/core/check-event.ts';
import { formatEvents } from '../support/event-lines.ts';
import { failedResult, pullableResult } from '../support/results.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const response: ResponseEvent = {
  type: 'response',
  id: 1,
  purpose: 'manifest',
  method: 'GET',
  url: `https://registry.example/v2/app/manifests/${DIGEST}`,
  status: 200,
  durationMs: 31,
  firstByteMs: 30,
  bytes: 1204,
  attempt: 1,
  requestHeaders: [['accept', 'a']],
  headers: [['content-type', 'application/vnd.oci.image.manifest.v1+json']],
};
const login: CheckEvent = {
  type: 'credential',
  registry: 'registry.example',
  credential: null,
  found: 0,
  sources: [
    { label: '~/auth.json', state: 'missing' },
    { label: '~/.docker/config.json', state: 'read' },
    { label: '/x.json', state: 'unusable', problem: 'not valid JSON' },
  ],
};
const certificate = {
  subject: 'a.example',
  issuer: 'CA',
  names: ['a', 'b'],
  validFromMs: 0,
  validToMs: Date.UTC(2025, 0, 2),
};

const lines = (event: CheckEvent, options: Parameters<typeof formatEvents>[1] = {}) =>
  formatEvents([event], { verbosity: 1, ...options });
const only = (event: CheckEvent, options = {}) => lines(event, options).replace(/^00:00:00\.000Z {2}/, '');

describe('the line of', () => {
  it('a response has a clock, the time, the size and the URL last but for facts', () =>
    assert.equal(
      lines(response),
      `00:00:00.000Z  manifest  GET   200   31 ms  ${response.url} · 1.2 kB, first byte 30 ms\n`,
    ));

  it('a response shortens a digest on a terminal only, and not with -vv', () => {
    assert.match(lines(response, { width: 80 }), /manifests\/sha256:0123456789ab… ·/);
    assert.ok(lines(response, { width: 80, verbosity: 2 }).includes(DIGEST));
  });

  it('a failure has the headers that explain it', () => {
    const headers = [
      ['server', 'nginx'],
      ['date', 'today'],
      ['retry-after', '5'],
    ] as const;
    const failed = { ...response, status: 503, headers, excerpt: 'no', attempt: 2, bytes: 2 };
    assert.match(
      lines(failed),
      / · attempt 2 · 2 B, first byte 30 ms\n {25}server: nginx · retry-after: 5\n {25}body: no\n$/,
    );
  });

  it('a request that was not sent has its error', () => {
    const { firstByteMs: _, bytes: __, ...unsent } = response;
    const failed: ResponseEvent = { ...unsent, status: null, error: 'no route', isUnsent: true, headers: [] };
    assert.match(lines(failed), /GET {3}--- {3}31 ms {2}\S+ · not sent · no route\n$/);
  });

  it('a response says with which credential it was requested', () => {
    const credential = { source: 'x', kind: 'password', username: 'ada' } as const;
    const withScheme = (scheme: 'basic' | 'bearer' | 'form') =>
      lines({ ...response, authorization: { scheme, credential } });
    assert.match(withScheme('basic'), / · as ada · /);
    assert.match(withScheme('form'), / · as ada · /);
    assert.match(withScheme('bearer'), / · token of ada · /);
    assert.match(lines({ ...response, authorization: { scheme: 'bearer' } }), / · anonymous token · /);
  });

  it('a search without a credential says where it looked', () =>
    assert.equal(
      only(login),
      'login     none for registry.example: /x.json is unusable: not valid JSON; nothing for it in ~/.docker/config.json; no file ~/auth.json\n',
    ));

  it('a search is written once', () => assert.equal(formatEvents([login, login]), formatEvents([login])));

  it('a connection has address, TLS, certificate and phases', () => {
    const tls = { version: 'TLSv1.3', protocol: 'h2', isVerified: true };
    const phases = { dns: 2, tcp: 1, tls: 18 };
    const origin = 'https://a.example';
    assert.equal(
      only({ type: 'connection', origin, address: '192.0.2.1:443', phases, tls, certificate }),
      'connect   https://a.example at 192.0.2.1:443 · TLS 1.3, h2 · dns 2 ms, tcp 1 ms, tls 18 ms\n' +
        `${' '.repeat(25)}certificate a.example, by CA, 1970-01-01 to 2025-01-02 (expired), for a b\n`,
    );
    const proxy = { host: 'proxy.example:3128', variable: 'https_proxy' };
    assert.equal(
      only({ type: 'connection', origin, address: null, phases: { proxy: 3 }, proxy, error: 'refused' }),
      'connect   https://a.example · through proxy proxy.example:3128, from https_proxy · proxy 3 ms · refused\n',
    );
  });

  it('a result has its reason, the requests and the rate limit', () => {
    const limit = { rateLimit: { limit: 100, remaining: 97, windowSeconds: 21_600 } };
    const pulled = only({ type: 'result', result: pullableResult({ ...limit, durationMs: 1320 }) });
    assert.equal(
      pulled,
      `result    ✔ nginx:latest · pullable · ${DIGEST} · 97 of 100 pulls left in 6 h · 0 requests, 1.3 s\n`,
    );
    assert.match(only({ type: 'result', result: failedResult('not-found', 'tag') }), /^result {4}✖ .* · not found \(/);
  });
});
