import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { MirrorRule } from '../../src/check/mirror.ts';
import { readHostsToml } from '../../src/config/hosts-toml.ts';
import { createUserFiles } from '../../src/config/user-files.ts';
import { UsageError } from '../../src/core/usage-error.ts';
import { authority, clientIdentity, withoutOpenssl } from '../support/certificates.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const PATH = '/certs.d/docker.io/hosts.toml';
const read = (text: string, registry = 'docker.io') => readHostsToml(text, registry, PATH, createUserFiles());
const refuses = (text: string, message: string) => assert.rejects(read(text), new UsageError(message));
/** Without what is not set. */
const plain = (rule: MirrorRule) => JSON.parse(JSON.stringify(rule));

const overHttps = (host: string) => ({
  plainHttp: false,
  httpsOnly: `If it uses plain HTTP, write http://${host} in ${PATH}.`,
});

describe('readHostsToml', () => {
  it('reads hosts in order, and the server last', async () => {
    const text = `
server = "https://registry-1.docker.io" # upstream
[host."https://z.example:5000"]
  capabilities = ["pull", "resolve", "push"]
[host."http://a.example"]
  skip_verify = true
  [host."http://a.example".header]
    x-custom = "1"
`;
    assert.deepEqual(plain(await read(text)), {
      prefix: 'docker.io',
      mirrors: [
        { location: 'z.example:5000', ...overHttps('z.example:5000'), tls: {}, sendNamespace: true },
        {
          location: 'a.example',
          plainHttp: true,
          tls: { insecure: true },
          sendNamespace: true,
          unsentHeaders: { names: ['x-custom'], file: PATH },
        },
      ],
      upstream: {
        location: 'registry-1.docker.io',
        ...overHttps('registry-1.docker.io'),
        tls: {},
        sendNamespace: false,
      },
      usedBy: 'containerd',
    });
  });

  it('uses the registry itself without a server', async () =>
    assert.deepEqual(plain(await read('skip_verify = true\n[host]', 'r.example:5000')), {
      prefix: 'r.example:5000',
      mirrors: [],
      upstream: { location: 'r.example:5000', tls: { insecure: true }, sendNamespace: false },
      usedBy: 'containerd',
    }));

  it('takes hosts without a scheme for https, but not a registry that it does not name', async () => {
    const { mirrors, upstream } = await read('server = "s.example:5000"\n[host."m.example"]', 'localhost:5000');
    assert.deepEqual(plain({ prefix: '', mirrors, upstream }).mirrors, [
      { location: 'm.example', ...overHttps('m.example'), tls: {}, sendNamespace: true },
    ]);
    assert.deepEqual(
      [upstream?.plainHttp, upstream?.httpsOnly],
      [false, `If it uses plain HTTP, write http://s.example:5000 in ${PATH}.`],
    );
    const own = (await read('[host."m.example"]', 'localhost:5000')).upstream;
    assert.deepEqual([own?.plainHttp, own?.httpsOnly], [undefined, undefined]);
  });

  it('has no server if it is for all registries', async () =>
    assert.deepEqual(plain(await read('[host."https://m.example"]', '*')), {
      prefix: '*',
      mirrors: [{ location: 'm.example', ...overHttps('m.example'), tls: {}, sendNamespace: true }],
      usedBy: 'containerd',
    }));

  it('sends the namespace to a server that is another registry', async () =>
    assert.equal((await read('server = "https://m.example"')).upstream?.sendNamespace, true));

  for (const [capabilities, only] of [
    ['["pull"]', 'digest'],
    ['["Pull", "Resolve"]', undefined],
    ['[]', undefined],
  ] as const) {
    it(`uses a host with the capabilities ${capabilities} for ${only ?? 'everything'}`, async () => {
      const { mirrors } = await read(`[host."https://m.example"]\ncapabilities = ${capabilities}`);
      assert.deepEqual(
        mirrors.map((mirror) => mirror.only),
        [only],
      );
    });
  }

  it('omits a host that cannot pull', async () =>
    assert.deepEqual((await read('[host."https://m.example"]\ncapabilities = ["resolve", "push"]')).mirrors, []));

  const paths: readonly (readonly [string, boolean, string | undefined])[] = [
    ['https://m.example', false, undefined],
    ['https://m.example/', false, undefined],
    ['https://m.example/v2', false, undefined],
    ['https://m.example/v2/', true, undefined],
    ['https://m.example/hub', false, '/hub/v2'],
    ['https://m.example/hub/v2', false, '/hub/v2'],
    ['https://m.example/v2/hub', true, '/v2/hub'],
    ['https://m.example', true, ''],
  ];
  for (const [url, override, apiPath] of paths) {
    it(`finds the API of ${url}${override ? ' with override_path' : ''} at ${apiPath ?? '/v2'}`, async () => {
      const { mirrors } = await read(`[host."${url}"]\noverride_path = ${override}`);
      assert.deepEqual([mirrors[0]?.location, mirrors[0]?.apiPath], ['m.example', apiPath]);
    });
  }

  it('reads certificate files relative to itself', { skip: withoutOpenssl }, async () => {
    const { cert, key } = clientIdentity();
    const ca = authority().cert;
    using folder = createTemporaryFolder({
      'ca.pem': ca,
      'client.cert': cert,
      'client.key': key,
      'both.pem': key + cert,
    });
    const tlsOf = async (fields: string) =>
      (
        await readHostsToml(
          `[host."https://m.example"]\n${fields}`,
          'docker.io',
          join(folder.path, 'hosts.toml'),
          createUserFiles(),
        )
      ).mirrors[0]?.tls;
    assert.equal((await tlsOf('ca = "ca.pem"'))?.ca, ca);
    assert.equal((await tlsOf('ca = ["ca.pem", "ca.pem"]'))?.ca, `${ca}\n${ca}`);
    const pair = { insecure: undefined, ca: undefined, cert, key };
    assert.deepEqual(await tlsOf('client = [["client.cert", "client.key"]]'), pair);
    const both = { ...pair, cert: key + cert, key: key + cert };
    for (const client of ['"both.pem"', '["both.pem"]', '[["both.pem", ""]]']) {
      assert.deepEqual(await tlsOf(`client = ${client}`), both, client);
    }
  });

  it('says that containerd 1 ignores a file without hosts', async () => {
    const doubt = async (text: string) => (await read(text)).doubt;
    assert.equal(
      await doubt('server = "https://r.example"'),
      `containerd 1 ignores ${PATH}, because it has no [host] table; containerd 2 reads it: add an empty [host].`,
    );
    for (const text of ['', '\n', 'server = "https://r.example"\n[host]']) assert.equal(await doubt(text), undefined);
  });

  describe('rejects', () => {
    const refusals: readonly (readonly [string, string])[] = [
      ['skip_verify = "yes"', `${PATH}: skip_verify: Invalid input: expected boolean, received string.`],
      [
        'capabilities = ["foo"]',
        `${PATH}: capabilities.0: unknown capability "foo": containerd ignores the whole file.`,
      ],
      [
        '[host."https://m.example"]\ncapabilities = ["pull", "foo"]',
        `${PATH}: host.https://m.example.capabilities.1: unknown capability "foo": containerd ignores the whole file.`,
      ],
      ['[header]\nx-a = 5', `${PATH}: header.x-a: Invalid input.`],
      ['[host."ftp://m.example"]', `${PATH}: "ftp:" is not a mirror; use host[:port][/path].`],
      [
        'ca = "none.pem"',
        `ca of docker.io in ${PATH}: cannot read /certs.d/docker.io/none.pem: no such file or directory.`,
      ],
    ];
    it('invalid TOML, with the line', () =>
      assert.rejects(read('\n\nserver ='), /hosts\.toml:3: Invalid TOML document: .*[^.]\.$/));

    for (const [text, message] of refusals) it(text, () => refuses(text, message));
  });
});
