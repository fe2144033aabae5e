import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRegistryClient } from '../../src/registry/client.ts';
import { ACCEPT } from '../../src/registry/media-type.ts';
import { scriptSend } from '../support/scripted-check.ts';

const DIGEST = `sha256:${'a'.repeat(64)}` as const;

function client() {
  const scripted = scriptSend({
    '/v2/': {},
    '/v2/team/app/manifests/1': {},
    [`/v2/team/app/blobs/${DIGEST}`]: {},
    'http://elsewhere.example/layer?sig=x': {},
  });
  const login = { used: undefined, refused: [], withToken: false };
  const asked: string[] = [];
  const registry = createRegistryClient({
    ask: async (request) => {
      asked.push(request.purpose);
      const outcome = await scripted.send(request);
      if (!outcome.ok) throw new Error('nothing fails here');
      return { kind: 'response', response: outcome.value, login };
    },
    send: scripted.send,
    base: new URL('https://registry.example/'),
    repository: 'team/app',
    signal: new AbortController().signal,
  });
  return { registry, asked, ...scripted };
}

describe('the client of a registry', () => {
  it('asks for a manifest with all four media types, read up to 4 MiB', async () => {
    const { registry, log, requests } = client();
    await registry.manifest('HEAD', '1');
    await registry.manifest('GET', '1', 'child-manifest');
    assert.deepEqual(log, [
      'HEAD https://registry.example/v2/team/app/manifests/1',
      'GET https://registry.example/v2/team/app/manifests/1',
    ]);
    assert.deepEqual(
      requests.map(({ purpose, headers, maxBytes }) => ({ purpose, headers, maxBytes })),
      [
        { purpose: 'manifest', headers: { accept: ACCEPT }, maxBytes: 4_194_304 },
        { purpose: 'child-manifest', headers: { accept: ACCEPT }, maxBytes: 4_194_304 },
      ],
    );
  });

  it('asks for a blob by its head, by its first byte, or as a pull does, and reads its beginning only', async () => {
    const { registry, requests } = client();
    await registry.blob('head', DIGEST, 'blob');
    await registry.blob('first-byte', DIGEST, 'blob');
    await registry.blob('beginning', DIGEST, 'blob');
    assert.deepEqual(
      requests.map(({ method, headers, maxBytes }) => ({ method, headers, maxBytes })),
      [
        { method: 'HEAD', headers: {}, maxBytes: 0 },
        { method: 'GET', headers: { range: 'bytes=0-0' }, maxBytes: 0 },
        { method: 'GET', headers: {}, maxBytes: 65_536 },
      ],
    );
  });

  it('asks whoever keeps a layer without a login, as somebody the registry named', async () => {
    const { registry, requests, asked } = client();
    const answer = await registry.foreign('head', new URL('http://elsewhere.example/layer?sig=x'));
    assert.deepEqual(asked, []);
    assert.deepEqual(requests[0]?.headers, {});
    assert.deepEqual(requests[0]?.namedBy, { registry: 'registry.example', as: 'redirect' });
    assert.equal(answer.kind === 'response' && answer.response.crossedOrigin, true);
  });

  it('pings without a login', async () => {
    const { registry, log, asked } = client();
    await registry.ping();
    assert.deepEqual(log, ['GET https://registry.example/v2/']);
    assert.deepEqual(asked, []);
  });
});
