// The same content and requests to the embedded registry and to the real CNCF distribution get the same responses.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MEDIA_TYPE } from '../../src/demo/content.ts';
import { createImage } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { createTokenService } from '../../src/demo/token-service.ts';
import { type Answered, ask } from '../support/ask.ts';
import { authority, filesOf, withoutOpenssl } from '../support/certificates.ts';
import { type RealRegistry, type RealRegistryOptions, startRealRegistry } from '../support/real-registry.ts';
import { requirePrograms } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const oci = createImage({ layers: 2 });
const docker = createImage({ flavor: 'docker' });
const dockerArm = createImage({ flavor: 'docker', platform: 'linux/arm64' });
const BUNDLES = {
  oci,
  docker,
  index: createIndex([oci, createImage({ platform: 'linux/arm/v7' })], { attestations: true }),
  list: createIndex([dockerArm, docker], { flavor: 'docker' }),
  'list-without-amd64': createIndex([dockerArm], { flavor: 'docker' }),
};
const LAYER = oci.layers[0]?.digest ?? assert.fail('an image has a layer');
const ABSENT = `sha256:${'0'.repeat(64)}`;
const ALL_TYPES = Object.values(MEDIA_TYPE).join(', ');

type Headers = Record<string, string>;
type Case = [method: string, path: string, headers?: Headers];

const CASES: Case[] = [
  ...(['GET', 'HEAD'] as const).flatMap((method): Case[] => [
    [method, '/v2/'],
    [method, '/v2/demo/app/manifests/oci', { accept: ALL_TYPES }],
    [method, '/v2/demo/app/manifests/oci', { accept: `${MEDIA_TYPE.ociManifest};q=0.1 , text/html` }],
    [method, '/v2/demo/app/manifests/oci', { accept: '*/*' }],
    [method, '/v2/demo/app/manifests/oci'],
    [method, `/v2/demo/app/manifests/${oci.manifest.digest}`, { accept: ALL_TYPES }],
    [method, `/v2/demo/app/manifests/${oci.manifest.digest}`, { accept: MEDIA_TYPE.dockerManifest }],
    [method, '/v2/demo/app/manifests/index', { accept: ALL_TYPES }],
    [method, '/v2/demo/app/manifests/index', { accept: MEDIA_TYPE.ociManifest }],
    [method, '/v2/demo/app/manifests/docker', { accept: ALL_TYPES }],
    [method, `/v2/demo/app/manifests/${docker.manifest.digest}`],
    [method, '/v2/demo/app/manifests/list', { accept: ALL_TYPES }],
    [method, '/v2/demo/app/manifests/list', { accept: MEDIA_TYPE.dockerManifest }],
    [method, '/v2/demo/app/manifests/list-without-amd64', { accept: MEDIA_TYPE.dockerManifest }],
    [method, '/v2/demo/app/manifests/absent', { accept: ALL_TYPES }],
    [method, '/v2/demo/other/manifests/absent', { accept: ALL_TYPES }],
    [method, `/v2/demo/app/manifests/${ABSENT}`, { accept: ALL_TYPES }],
    [method, '/v2/demo/app/manifests/-not-a-tag'],
    [method, `/v2/demo/app/blobs/${LAYER}`],
    [method, `/v2/demo/app/blobs/${LAYER}`, { range: 'bytes=0-0' }],
    [method, `/v2/demo/app/blobs/${LAYER}`, { range: 'bytes=-3' }],
    [method, `/v2/demo/app/blobs/${LAYER}`, { range: 'bytes=3-' }],
    [method, `/v2/demo/app/blobs/${LAYER}`, { 'if-none-match': `"${LAYER}"` }],
    [method, `/v2/demo/app/blobs/${ABSENT}`],
    [method, `/v2/demo/other/blobs/${LAYER}`],
    [method, '/v2/demo/app/blobs/sha256:abc'],
    [method, '/v2/demo/app/blobs/abc'],
    [method, '/v2/demo/other/tags/list'],
    [method, '/nothing'],
  ]),
  ['GET', '/'],
  ['GET', '/v2/demo/app/manifests/oci', { accept: ALL_TYPES, 'if-none-match': `"${oci.manifest.digest}"` }],
];

const REFUSED_CASES: Case[] = (['GET', 'HEAD'] as const).flatMap((method): Case[] => [
  [method, '/v2/'],
  [method, '/v2/demo/app/manifests/oci'],
  [method, `/v2/demo/app/blobs/${LAYER}`],
  [method, '/v2/demo/app/tags/list'],
  [method, '/v2/demo/app/manifests/oci', { authorization: 'Bearer nonsense' }],
  [method, '/v2/demo/app/manifests/oci', { authorization: 'Basic YWRhOndyb25n' }],
  [method, '/nothing'],
]);

describe('the embedded registry responds as CNCF distribution does', {
  skip: requirePrograms('docker-registry', 'setpriv'),
}, () => {
  describe('anonymously', () => {
    const both = startBoth(() => 'none', {});
    for (const aCase of CASES) it(nameOf(aCase), () => assertSameAnswer(both, aCase));

    it('converts a docker image to schema 1 for a client that only accepts OCI', async () => {
      const answers = await Promise.all(
        both().map((origin) =>
          ask(`${origin}/v2/demo/app/manifests/docker`, { headers: { accept: MEDIA_TYPE.ociManifest } }),
        ),
      );
      const [real, embedded] = answers.map(({ status, headers, body }) => {
        const { name, tag, architecture, fsLayers, schemaVersion } = JSON.parse(body);
        return { status, type: headers['content-type'], name, tag, architecture, fsLayers, schemaVersion };
      });
      assert.deepEqual(embedded, real);
    });
  });

  describe('with HTTP Basic', () => {
    const htpasswd = 'ada:$2b$12$lLkzcUdcK/ndABB6A7HEYe/KE39Vl7WBki3Ji9aV1t63g/CyTT2GG\n';
    const folder = createTemporaryFolder({ htpasswd });
    after(folder[Symbol.dispose]);
    const auth = { htpasswd: { realm: 'Registry Realm', path: `${folder.path}/htpasswd` } };
    const both = startBoth(() => auth, { auth: 'basic', users: { ada: 'pass' } });
    for (const aCase of REFUSED_CASES) it(nameOf(aCase), () => assertSameAnswer(both, aCase));

    const login = { authorization: `Basic ${btoa('ada:pass')}` };
    it('accepts the credential', () => assertSameAnswer(both, ['GET', '/v2/', login]));
    it('finds nothing with the credential', () =>
      assertSameAnswer(both, ['GET', '/v2/demo/app/manifests/absent', login]));
  });

  describe('with Bearer tokens', { skip: withoutOpenssl }, () => {
    const realm = 'http://127.0.0.1:1/token';
    const token = { realm, service: 'a service', issuer: 'nobody' };
    const tokens = { ...createTokenService({ service: 'a service' }), realm };
    const both = startBoth(() => ({ token: { ...token, rootcertbundle: filesOf(authority()).cert } }), {
      auth: 'bearer',
      tokens,
    });
    for (const aCase of REFUSED_CASES) it(nameOf(aCase), () => assertSameAnswer(both, aCase));
  });
});

type EmbeddedOptions = Parameters<typeof startRegistry>[0];
type Both = () => [real: string, embedded: string];

/** Starts both before the tests of a suite, and ends them after it. */
function startBoth(auth: () => RealRegistryOptions['auth'], options: EmbeddedOptions): Both {
  let real: RealRegistry;
  let embedded: EmbeddedRegistry;
  before(async () => {
    real = await startRealRegistry({ auth: auth() });
    embedded = await startRegistry(options);
    for (const [tag, bundle] of Object.entries(BUNDLES)) {
      embedded.put('demo/app', tag, bundle);
      if (options?.auth === undefined) await real.push('demo/app', tag, bundle);
    }
  });
  after(async () => {
    await real.close();
    await embedded.close();
  });
  return () => [real.origin, embedded.origin];
}

async function assertSameAnswer(both: Both, aCase: Case): Promise<void> {
  const [real, embedded] = await Promise.all(both().map((origin) => answerOf(origin, aCase)));
  assert.deepEqual(embedded, real);
}

function nameOf([method, path, headers = {}]: Case): string {
  const short = path.replaceAll(/sha256:[0-9a-f]{64}/g, 'DIGEST');
  return [method, short, ...Object.entries(headers).map(([name, value]) => `${name}: ${value.slice(0, 60)}`)].join(' ');
}

/** Without dates and connections, which differ. */
async function answerOf(origin: string, [method, path, headers = {}]: Case): Promise<Partial<Answered>> {
  const { status, headers: all, body } = await ask(`${origin}${path}`, { method, headers });
  const { date: _, connection: __, ...answered } = all;
  return { status, headers: answered, body };
}
