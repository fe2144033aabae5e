import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRegistryClient } from '../../src/registry/client.ts';
import { ACCEPT } from '../../src/registry/media-type.ts';
import { byUrl, createFakeSend } from '../support/fake-send.ts';
import { OCI_LAYER } from '../support/images.ts';

const DIGEST = `sha256:${'a'.repeat(64)}` as const;
const ENDPOINT = {
  base: new URL('https://registry.example/'),
  apiPath: '/v2',
  namespace: undefined,
  mayFallBack: false,
  allowsPlainHttp: false,
};
const BLOB = { mediaType: OCI_LAYER, digest: DIGEST, size: 5 };

function client() {
  const scripted = createFakeSend(
    byUrl({
      '/v2/': {},
      '/v2/team/app/manifests/1': {},
      [`/v2/team/app/blobs/${DIGEST}`]: {},
      'http://elsewhere.example/layer?sig=x': { headers: { 'content-length': '5' } },
    }),
  );
  const credentials = { used: undefined, refused: [], withToken: false };
  const asked: string[] = [];
  const registry = createRegistryClient({
    ask: async (request) => {
      asked.push(request.purpose);
      const outcome = await scripted.send(request);
      if (!outcome.ok) throw new Error('nothing fails here');
      return { kind: 'response', response: outcome.value, credentials };
    },
    send: scripted.send,
    ping: (signal) =>
      scripted.send({
        method: 'GET',
        url: new URL('https://registry.example/v2/'),
        headers: {},
        purpose: 'ping',
        maxBytes: 1,
        signal,
      }),
    endpoint: ENDPOINT,
    repository: 'team/app',
    hostsWithoutHead: new Set(),
    signal: new AbortController().signal,
  });
  return { registry, asked, ...scripted };
}

describe('the registry client', () => {
  it('requests a manifest with all four media types, and reads up to 4 MiB', async () => {
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

  it('requests a blob by HEAD, then its first byte, then all of it as a pull does, and reads only the beginning', async () => {
    const { registry, requests } = client();
    await registry.blob(BLOB, 'blob');
    assert.deepEqual(
      requests.map(({ method, headers, maxBytes }) => ({ method, headers, maxBytes })),
      [
        { method: 'HEAD', headers: {}, maxBytes: 0 },
        { method: 'GET', headers: { range: 'bytes=0-0' }, maxBytes: 0 },
        { method: 'GET', headers: {}, maxBytes: 65_536 },
      ],
    );
  });

  it('requests a foreign layer without credentials, from a server that the registry named', async () => {
    const { registry, requests, asked } = client();
    const { outcome } = await registry.blob({ ...BLOB, urls: ['http://elsewhere.example/layer?sig=x'] }, 'blob');
    assert.deepEqual(asked, []);
    assert.deepEqual(requests[0]?.headers, {});
    assert.deepEqual(requests[0]?.namedBy, { registry: 'registry.example', as: 'redirect' });
    assert.equal(outcome.kind === 'response' && outcome.response.crossedOrigin, true);
  });

  it('pings without credentials', async () => {
    const { registry, log, asked } = client();
    await registry.ping();
    assert.deepEqual(log, ['GET https://registry.example/v2/']);
    assert.deepEqual(asked, []);
  });
});
