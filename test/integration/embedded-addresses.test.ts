// Where no registry's word leads: metadata services, this machine, private networks, in every spelling of the address.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { type Checked, checkJson } from '../support/command.ts';
import { redirect, replyWith } from '../support/faults.ts';
import { startProxy } from '../support/proxy.ts';

/** A registry on loopback may name none of them. */
const FORBIDDEN = [
  '169.254.169.254',
  '169.254.170.2',
  '168.63.129.16',
  '0xA83F8110',
  '2822734096',
  '0250.077.0201.020',
  '168.63.33040',
  '100.100.100.200',
  '192.0.0.192',
  '0.0.0.0',
  '[fd00:ec2::254]',
  '[fd20:ce::254]',
  '[fe80::1]',
  '[::169.254.169.254]',
  '[::ffff:169.254.169.254]',
  '[::ffff:a83f:8110]',
  '[::ffff:0:169.254.169.254]',
  '[::ffff:0:a9fe:a9fe]',
  '[64:ff9b::169.254.169.254]',
  '[64:ff9b:1::a9fe:a9fe]',
  '[64:ff9b:1:a9fe:a9:fe00::]',
  '[2002:a9fe:a9fe::1]',
  '[2002:7f00:1::]',
  '[2001:0:a9fe:a9fe:0:0:f7f7:f7f7]',
  '[2001::808:808:8000:1:5601:5601]',
  '[2606:4700::5efe:169.254.169.254]',
];

/** Whatever is asked beyond the registry would have to pass the proxy. */
async function checkVia(
  setUp: (registry: EmbeddedRegistry) => void,
  args: readonly string[] = [],
  image = createImage(),
): Promise<Checked & { readonly asked: readonly string[] }> {
  await using proxy = await startProxy();
  await using registry = await startRegistry();
  registry.put('team/app', 'v1', image);
  setUp(registry);
  const login = { auths: { [registry.name]: { auth: btoa('ada:secret') } } };
  const checked = await checkJson([`${registry.name}/team/app:v1`, '--plain-http', ...args], {
    env: { HTTP_PROXY: proxy.origin, NO_PROXY: registry.name, DOCKER_AUTH_CONFIG: JSON.stringify(login) },
  });
  return { ...checked, asked: proxy.log.map(({ target }) => target) };
}

describe('the proxy of these tests', () => {
  it('is used for addresses that a registry may name', async () => {
    const { asked } = await checkVia((registry) => registry.inject(redirect('http://8.8.8.8/blob')), ['--retries=0']);
    assert.deepEqual(asked, ['http://8.8.8.8/blob']);
  });
});

for (const address of FORBIDDEN) {
  describe(`no request goes to ${address}`, () => {
    it('as a token service', async () => {
      const challenge = `Bearer realm="http://${address}/latest/meta-data",service="x"`;
      const fault = replyWith({ status: 401, headers: { 'www-authenticate': challenge } });
      const { result, asked } = await checkVia((registry) => registry.inject(fault));
      assert.deepEqual([asked, result.verdict], [[], 'undetermined']);
    });

    it('as the target of a redirect', async () => {
      const { result, asked } = await checkVia((registry) => registry.inject(redirect(`http://${address}/latest`)));
      assert.deepEqual([asked, result.verdict], [[], 'undetermined']);
    });

    it('as the target of a second redirect', async () => {
      const { result, asked } = await checkVia((registry) => {
        registry.inject(redirect(`http://${address}/latest`), { path: /^\/next$/ });
        registry.inject(redirect('/next'), { path: /\/manifests\// });
      });
      assert.deepEqual([asked, result.verdict], [[], 'undetermined']);
    });

    it('for a layer', async () => {
      const { result, asked } = await checkVia(
        (registry) => registry.inject(redirect(`http://${address}/latest`), { path: /\/blobs\// }),
        ['--layers'],
      );
      assert.deepEqual([asked, result.verdict], [[], 'undetermined']);
    });

    it('for a foreign layer', async () => {
      const { digest, size } = createImage().layers[0] ?? assert.fail();
      const mediaType = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';
      const foreign = { mediaType, digest, size, urls: [`http://${address}/layer.tar.gz`] };
      const image = createImage({ flavor: 'docker', manifest: { layers: [foreign] } });
      const { result, asked } = await checkVia(() => {}, ['--layers'], image);
      assert.deepEqual(asked, []);
      const [refused] = result.requests.filter(({ url }) => url.endsWith('/layer.tar.gz'));
      assert.equal(refused?.status, null);
    });
  });
}
