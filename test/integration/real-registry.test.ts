// The whole command against the most widely deployed registry: wrong names, wrong credentials, a failing network.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Result } from '../../src/core/result.ts';
import { authority, filesOf, serverIdentity } from '../support/certificates.ts';
import { spawnCheck } from '../support/process.ts';
import { type RealRegistry, startRealRegistry, withoutRealRegistry } from '../support/real-registry.ts';
import { createRealClient, type ImageLayout, type RealClient, writeImageLayout } from '../support/skopeo.ts';

const judged = ({ verdict, reason, cause }: Result) => ({ verdict, reason, cause });
const unpullable = (reason: string, cause: string | null) => ({ verdict: 'unpullable', reason, cause });
const undetermined = (reason: string, cause: string) => ({ verdict: 'undetermined', reason, cause });
const PULLABLE = { verdict: 'pullable', reason: null, cause: null };
const purposes = ({ requests }: Result) => requests.map(({ purpose }) => purpose);

let client: RealClient;
let layout: ImageLayout;

/** What the registry answered while `work` was under way. */
async function answersDuring<T>(registry: RealRegistry, work: () => Promise<T>): Promise<{ value: T; log: string[] }> {
  const earlier = (await registry.accessLog()).length;
  const value = await work();
  return { value, log: (await registry.accessLog()).slice(earlier) };
}

/** A config.json as `docker login` writes it. */
function writeLogin(registry: RealRegistry, login: Record<string, string>): string {
  const folder = mkdtempSync(join(client.home, 'docker-'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: { [registry.name]: login } }));
  return folder;
}
const basic = (username: string, password: string) => Buffer.from(`${username}:${password}`).toString('base64');

describe('kairos-pull check against a real registry', { skip: withoutRealRegistry }, () => {
  before(() => {
    client = createRealClient();
    layout = writeImageLayout(client.home);
  });
  after(() => client[Symbol.dispose]());

  describe('that is open', () => {
    let registry: RealRegistry;
    before(async () => {
      registry = await startRealRegistry({ auth: 'none' });
      await client.push(layout.image, registry, 'busybox:1');
      await client.push(layout.image, registry, 'busybox:docker', 'v2s2');
      await client.push(layout.index, registry, 'busybox:all');
    });
    after(() => registry.close());

    for (const [tag, mediaType] of [
      ['1', 'application/vnd.oci.image.manifest.v1+json'],
      ['docker', 'application/vnd.docker.distribution.manifest.v2+json'],
      ['all', 'application/vnd.oci.image.index.v1+json'],
    ]) {
      it(`finds busybox:${tag} pullable with one request, by the digest skopeo finds`, async () => {
        const image = `${registry.name}/busybox:${tag}`;
        const digest = await client.inspectDigest(image);
        const { value, log } = await answersDuring(registry, () => spawnCheck([image]));
        assert.deepEqual(judged(value.result), PULLABLE);
        assert.equal(value.exitCode, 0);
        assert.equal(value.result.digest, digest);
        assert.equal(value.result.mediaType, mediaType);
        assert.equal(value.result.proof, 'manifest');
        assert.deepEqual(purposes(value.result), ['manifest']);
        assert.deepEqual(log, [`GET /v2/busybox/manifests/${tag} 200`]);
      });
    }

    it('finds an image by its digest', async () => {
      const digest = await client.inspectDigest(`${registry.name}/busybox:1`);
      const { result, exitCode } = await spawnCheck([`${registry.name}/busybox@${digest}`]);
      assert.deepEqual(judged(result), PULLABLE);
      assert.equal(exitCode, 0);
    });

    it('requests only headers with --proof head', async () => {
      const image = `${registry.name}/busybox:1`;
      const { value, log } = await answersDuring(registry, () => spawnCheck([image, '--proof', 'head']));
      assert.deepEqual(judged(value.result), PULLABLE);
      assert.equal(value.result.digest, await client.inspectDigest(image));
      assert.deepEqual(log, ['HEAD /v2/busybox/manifests/1 200']);
    });

    // distribution does not tell a missing repository from a missing tag: MANIFEST_UNKNOWN with detail {"Tag"} for both.
    for (const [what, name] of [
      ['tag', 'busybox:missing'],
      ['repository', 'missing/busybox:1'],
      ['digest', `busybox@sha256:${'0'.repeat(64)}`],
    ]) {
      it(`reports not-found and 4 for a missing ${what}`, async () => {
        const { result, exitCode } = await spawnCheck([`${registry.name}/${name}`]);
        assert.equal(result.reason, 'not-found');
        assert.equal(result.cause, what === 'digest' ? 'digest' : null);
        assert.equal(exitCode, 4);
        assert.equal(result.registryErrors[0]?.code, 'MANIFEST_UNKNOWN');
      });
    }

    it('refuses an invalid reference with 2 and sends no request', async () => {
      const { value, log } = await answersDuring(registry, () => spawnCheck([`${registry.name}/BusyBox:1`]));
      assert.deepEqual(judged(value.result), unpullable('invalid-reference', null));
      assert.equal(value.exitCode, 2);
      assert.deepEqual(value.result.requests, []);
      assert.deepEqual(log, []);
    });

    it('finds a platform of an index', async () => {
      const { result, exitCode } = await spawnCheck([`${registry.name}/busybox:all`, '--platform', 'linux/amd64']);
      assert.deepEqual(judged(result), PULLABLE);
      assert.equal(exitCode, 0);
      assert.deepEqual(result.platforms, ['linux/amd64', 'linux/arm64']);
      assert.deepEqual(purposes(result), ['manifest', 'child-manifest']);
    });

    it('reports platform-missing and 6, with the published platforms', async () => {
      const { result, exitCode } = await spawnCheck([`${registry.name}/busybox:all`, '--platform', 'linux/s390x']);
      assert.deepEqual(judged(result), unpullable('platform-missing', null));
      assert.equal(exitCode, 6);
      assert.match(result.message, /linux\/s390x.*linux\/amd64.*linux\/arm64/);
    });

    it('reports platform-missing for a single image of another platform', async () => {
      const { result, exitCode } = await spawnCheck([`${registry.name}/busybox:1`, '--platform', 'linux/arm64']);
      assert.deepEqual(judged(result), unpullable('platform-missing', null));
      assert.equal(exitCode, 6);
      assert.match(result.message, /linux\/amd64/);
    });

    it('requests every distinct blob once with --layers, and downloads no layer', async () => {
      const { value, log } = await answersDuring(registry, () =>
        spawnCheck([`${registry.name}/busybox:all`, '--layers']),
      );
      assert.deepEqual(judged(value.result), PULLABLE);
      assert.equal(value.exitCode, 0);
      assert.equal(value.result.proof, 'layers');
      const blobs = log.filter((line) => line.includes('/blobs/'));
      // Two configs, two layers of their own, and the layer that both share.
      assert.equal(blobs.length, 5);
      assert.equal(new Set(blobs).size, 5);
      assert.equal(blobs.filter((line) => line.startsWith('GET ')).length, 0);
    });

    it('checks through a pull-through cache of it', async (t) => {
      const cache = await startRealRegistry({ auth: 'none', proxyRemote: registry.origin });
      t.after(() => cache.close());
      const present = await spawnCheck([`${cache.name}/busybox:1`]);
      assert.deepEqual(judged(present.result), PULLABLE);
      const missing = await spawnCheck([`${cache.name}/busybox:missing`]);
      assert.equal(missing.result.reason, 'not-found');
    });
  });

  it('reports unreachable and 5 if the registry is stopped', async () => {
    const registry = await startRealRegistry({ auth: 'none' });
    await registry.close();
    const { result, exitCode } = await spawnCheck([`${registry.name}/busybox:1`]);
    assert.deepEqual(judged(result), undetermined('unreachable', 'tcp'));
    assert.equal(exitCode, 5);
  });

  for (const auth of ['htpasswd', 'token'] as const) {
    describe(`that requires a credential (${auth})`, () => {
      let registry: RealRegistry;
      let image: string;
      before(async () => {
        registry = await startRealRegistry({ auth });
        image = `${registry.name}/private/busybox:1`;
        await client.push(layout.image, registry, 'private/busybox:1');
        await client.push(layout.image, registry, 'public/busybox:1');
      });
      after(() => registry.close());

      it('reports unauthorized and 3 without one', async () => {
        const { result, exitCode } = await spawnCheck([image]);
        assert.equal(result.reason, 'unauthorized');
        assert.equal(exitCode, 3);
        assert.equal(result.credential, null);
      });

      it('finds the image with the right password, and never shows it', async () => {
        const { username, password } = registry;
        const login = ['--username', username, '--password-stdin', '--verbose'];
        const { result, exitCode, stdout, stderr } = await spawnCheck([image, ...login], {}, `${password}\n`);
        assert.deepEqual(judged(result), PULLABLE);
        assert.equal(exitCode, 0);
        assert.equal(result.credential?.username, username);
        const shown = stdout + stderr;
        // eyJ is how every JSON Web Token begins.
        for (const secret of [password, basic(username, password), 'eyJ']) assert.ok(!shown.includes(secret));
      });

      it('reports unauthorized, bad-credentials and 3 with a wrong one', async () => {
        const login = ['--username', registry.username, '--password-stdin'];
        const { result, exitCode, stdout, stderr } = await spawnCheck([image, ...login], {}, 'a wrong password');
        assert.deepEqual(judged(result), unpullable('unauthorized', 'bad-credentials'));
        assert.equal(exitCode, 3);
        assert.ok(!(stdout + stderr).includes('a wrong password'));
      });

      it('reports not-found for a tag that the user could see', async () => {
        const env = { DOCKER_CONFIG: writeLogin(registry, { auth: basic(registry.username, registry.password) }) };
        const { result, exitCode } = await spawnCheck([`${registry.name}/private/busybox:missing`], env);
        assert.deepEqual(judged(result), unpullable('not-found', null));
        assert.equal(exitCode, 4);
      });

      for (const [place, file, variable] of [
        ['REGISTRY_AUTH_FILE', 'login.json', (folder: string) => join(folder, 'login.json')],
        ['XDG_RUNTIME_DIR', 'containers/auth.json', (folder: string) => folder],
        ['DOCKER_CONFIG', 'config.json', (folder: string) => folder],
      ] as const) {
        it(`needs no option after skopeo login, its file found by ${place}`, async () => {
          const folder = mkdtempSync(join(client.home, 'login-'));
          mkdirSync(join(folder, 'containers'));
          const where = ['--authfile', join(folder, file), '--tls-verify=false'];
          const login = ['login', ...where, '-u', registry.username, '--password-stdin', registry.name];
          assert.equal((await client.run(login, registry.password)).status, 0);
          const { result, exitCode } = await spawnCheck([image], { [place]: variable(folder) });
          assert.deepEqual(judged(result), PULLABLE);
          assert.equal(exitCode, 0);
          assert.equal(result.credential?.username, registry.username);
          assert.ok(result.credential?.source.includes(join(folder, file)));
        });
      }
    });
  }

  describe('whose token service also serves anonymous clients', () => {
    let registry: RealRegistry;
    let image: string;
    before(async () => {
      registry = await startRealRegistry({ auth: 'token' });
      image = `${registry.name}/public/busybox:1`;
      await client.push(layout.image, registry, 'public/busybox:1');
      await client.push(layout.image, registry, 'private/busybox:1');
    });
    after(() => registry.close());

    it('needs three requests: manifest, token, manifest', async () => {
      const tokens = registry.tokens?.requests.length ?? 0;
      const { value, log } = await answersDuring(registry, () => spawnCheck([image]));
      assert.deepEqual(judged(value.result), PULLABLE);
      assert.deepEqual(purposes(value.result), ['manifest', 'token', 'manifest']);
      assert.deepEqual(
        log.map((line) => line.replace(/^\S+ /, '')),
        ['/v2/public/busybox/manifests/1 401', '/v2/public/busybox/manifests/1 200'],
      );
      assert.deepEqual(registry.tokens?.requests.slice(tokens), [
        { method: 'GET', username: null, scopes: ['repository:public/busybox:pull'], grantType: null, status: 200 },
      ]);
    });

    it('says unauthorized for a public image and a stale login, as skopeo does', async () => {
      const env = { DOCKER_CONFIG: writeLogin(registry, { auth: basic(registry.username, 'an old password') }) };
      const { result, exitCode } = await spawnCheck([image], env);
      assert.deepEqual(judged(result), unpullable('unauthorized', 'bad-credentials'));
      assert.match(result.message, /; the image can be pulled without them\.$/);
      assert.equal(exitCode, 3);
    });

    it('trades an identity token for access', async () => {
      const tokens = registry.tokens?.requests.length ?? 0;
      const identitytoken = registry.tokens?.refreshToken ?? '';
      const env = { DOCKER_CONFIG: writeLogin(registry, { auth: basic('<token>', ''), identitytoken }) };
      const { result, exitCode, stdout } = await spawnCheck([`${registry.name}/private/busybox:1`], env);
      assert.deepEqual(judged(result), PULLABLE);
      assert.equal(exitCode, 0);
      assert.equal(result.credential?.kind, 'identity-token');
      assert.ok(!stdout.includes(identitytoken));
      const asked = registry.tokens?.requests.slice(tokens).map(({ method, grantType }) => ({ method, grantType }));
      assert.deepEqual(asked, [{ method: 'POST', grantType: 'refresh_token' }]);
    });

    it('uses no credential with --anonymous', async () => {
      const env = { DOCKER_CONFIG: writeLogin(registry, { auth: basic(registry.username, registry.password) }) };
      const { result, exitCode } = await spawnCheck([`${registry.name}/private/busybox:1`, '--anonymous'], env);
      assert.equal(result.reason, 'unauthorized');
      assert.equal(exitCode, 3);
      assert.equal(result.credential, null);
    });
  });

  describe('with a certificate of a private authority', () => {
    let registry: RealRegistry;
    let ca: string;
    let image: string;
    before(async () => {
      ca = filesOf(authority()).cert;
      registry = await startRealRegistry({ auth: 'none', tls: filesOf(serverIdentity()) });
      image = `${registry.name}/busybox:1`;
      await client.push(layout.image, registry, 'busybox:1');
    });
    after(() => registry.close());

    it('reports unreachable, tls and 5 while the authority is unknown, and never falls back to HTTP', async () => {
      const { value, log } = await answersDuring(registry, () => spawnCheck([image]));
      assert.deepEqual(judged(value.result), undetermined('unreachable', 'tls'));
      assert.equal(value.exitCode, 5);
      assert.deepEqual(log, []);
      assert.ok(value.result.requests.every(({ url }) => url.startsWith('https:')));
    });

    for (const option of ['--ca-file', '--insecure']) {
      it(`finds the image with ${option}`, async () => {
        const { result, exitCode } = await spawnCheck([image, option, ...(option === '--ca-file' ? [ca] : [])]);
        assert.deepEqual(judged(result), PULLABLE);
        assert.equal(exitCode, 0);
      });
    }
  });
});
