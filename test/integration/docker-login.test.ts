// A check without options finds the credentials that the real docker login and skopeo login stored.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runProgram, spawnCheck } from '../support/process.ts';
import { type RealRegistry, startRealRegistry, withoutRealRegistry } from '../support/real-registry.ts';
import { requirePrograms } from '../support/require-programs.ts';
import { createRealClient, type ImageLayout, type RealClient, writeImageLayout } from '../support/skopeo.ts';

describe('a check after a real docker or skopeo login', { skip: withoutRealRegistry }, () => {
  let client: RealClient;
  let layout: ImageLayout;
  before(() => {
    client = createRealClient();
    layout = writeImageLayout(client.home);
  });
  after(() => client[Symbol.dispose]());

  for (const auth of ['htpasswd', 'token'] as const) {
    describe(`to a registry with ${auth}`, () => {
      let registry: RealRegistry;
      let image: string;
      before(async () => {
        registry = await startRealRegistry({ auth });
        await client.push(layout.image, registry, 'private/busybox:1');
        image = `${registry.name}/private/busybox:1`;
      });
      after(() => registry.close());

      const login = (
        program: string,
        args: readonly string[],
        env: Readonly<Record<string, string>>,
        password: string,
      ) =>
        runProgram(program, ['login', '--username', registry.username, '--password-stdin', ...args, registry.name], {
          env: { HOME: client.home, ...env },
          stdin: password,
        });
      const folder = () => mkdtempSync(join(client.home, 'login-'));
      /** docker keeps to the file where it holds a login already; else it takes whatever helper the machine has. */
      const dockerEnv = () => {
        const DOCKER_CONFIG = folder();
        const auths = { 'elsewhere.example': { auth: Buffer.from('me:elsewhere').toString('base64') } };
        writeFileSync(join(DOCKER_CONFIG, 'config.json'), JSON.stringify({ auths }));
        // No daemon answers there: docker logs in by itself.
        return { DOCKER_CONFIG, DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
      };

      it('finds nothing without credentials', async () => {
        const { result, exitCode } = await spawnCheck([image]);
        assert.equal(result.reason, 'unauthorized');
        assert.equal(exitCode, 3);
      });

      it('by docker finds the image', { skip: requirePrograms('docker') }, async () => {
        const env = dockerEnv();
        const { status, stderr } = await login('docker', [], env, registry.password);
        assert.equal(status, 0, stderr);
        const file = join(env.DOCKER_CONFIG, 'config.json');
        const { result, exitCode } = await spawnCheck([image], { DOCKER_CONFIG: env.DOCKER_CONFIG });
        assert.equal(result.verdict, 'pullable', readFileSync(file, 'utf8'));
        assert.equal(exitCode, 0);
        assert.deepEqual(result.warnings, []);
        assert.deepEqual(result.credential, {
          source: file,
          // A token service may hand out a token to keep in place of the password.
          kind: auth === 'token' ? 'identity-token' : 'password',
          username: registry.username,
        });
      });

      it('by docker, refused, leaves no credential', { skip: requirePrograms('docker') }, async () => {
        const env = dockerEnv();
        assert.notEqual((await login('docker', [], env, 'not the password')).status, 0);
        const { result, exitCode } = await spawnCheck([image], { DOCKER_CONFIG: env.DOCKER_CONFIG });
        assert.equal(result.reason, 'unauthorized');
        assert.equal(result.credential, null);
        assert.equal(exitCode, 3);
      });

      const places: readonly (readonly [string, () => { env: Record<string, string>; file: string }])[] = [
        [
          'in XDG_RUNTIME_DIR',
          () => {
            const run = folder();
            return { env: { XDG_RUNTIME_DIR: run }, file: join(run, 'containers', 'auth.json') };
          },
        ],
        [
          'in REGISTRY_AUTH_FILE',
          () => {
            const file = join(folder(), 'auth.json');
            return { env: { REGISTRY_AUTH_FILE: file }, file };
          },
        ],
      ];
      for (const [place, prepare] of places) {
        it(`by skopeo ${place} finds the image`, async () => {
          const { env, file } = prepare();
          const rootless = { _CONTAINERS_ROOTLESS_UID: '1000', ...env };
          const { status, stderr } = await login('skopeo', ['--tls-verify=false'], rootless, registry.password);
          assert.equal(status, 0, stderr);
          const { result, exitCode } = await spawnCheck([image], env);
          assert.equal(result.verdict, 'pullable', readFileSync(file, 'utf8'));
          assert.equal(exitCode, 0);
          assert.deepEqual(result.warnings, []);
          assert.equal(result.credential?.source, file);
          assert.equal(result.credential?.username, registry.username);
        });
      }
    });
  }
});
