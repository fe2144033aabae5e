// Headers that other tools' files set, often secret ones, go to no host: not to the registry, not to its token service,
// not to where it redirects, not to a mirror.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Result } from '../../src/core/result.ts';
import { createImage } from '../../src/demo/image.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import type { EmbeddedServer } from '../../src/demo/server.ts';
import { runCommand } from '../support/command.ts';
import { redirect } from '../support/faults.ts';
import { createHome, type Home } from '../support/temporary-folder.ts';
import { startTokenService } from '../support/token-service.ts';

const SECRET = 'header-Tq7zWn3Kc9Vd';
const USERS = { ada: 'secret' };
/** Some that a client sets itself, and some that it never does. */
const NAMES = ['X-Meta-Auth', 'x-api-key', 'Cookie', 'Authorization', 'Proxy-Authorization', 'User-Agent', 'Accept'];
const HEADERS = Object.fromEntries(NAMES.map((name) => [name, SECRET]));

/** Registry, token service and storage, each with its log; `checkHome` runs the command. */
async function witnesses(
  run: (home: Home, registry: string) => { args?: readonly string[]; env?: Readonly<Record<string, string>> },
): Promise<Result & { readonly registryName: string }> {
  await using tokens = await startTokenService({ users: USERS, service: 'x' });
  await using storage = await startRegistry();
  await using registry = await startRegistry({ auth: 'bearer', users: USERS, tokens });
  for (const server of [registry, storage]) server.put('team/app', 'v1', createImage());
  registry.inject(({ path }) => redirect(`${storage.origin}${path}`), { path: /\/blobs\// });
  using home = createHome();
  const { args = [], env = {} } = run(home, registry.name);
  const circumstances = { env: { ...home.env, ...env } };
  const ran = await runCommand(
    ['check', `${registry.name}/team/app:v1`, '--layers', '-v', '-o', 'json', ...args],
    circumstances,
  );
  assert.equal(ran.exitCode, 0, ran.stderr);
  const servers: readonly EmbeddedServer[] = [tokens, storage, registry];
  for (const { log } of servers) {
    assert.notEqual(log.length, 0);
    assert.ok(!JSON.stringify(log).includes(SECRET));
  }
  assert.ok(!(ran.stdout + ran.stderr).includes(SECRET));
  return { ...JSON.parse(ran.stdout).results[0], registryName: registry.name };
}

describe("HttpHeaders of docker's config file go to no host", () => {
  const configFor = (registry: string) => ({
    HttpHeaders: HEADERS,
    auths: { [registry]: { auth: btoa('ada:secret') } },
  });
  const places: Readonly<Record<string, Parameters<typeof witnesses>[0]>> = {
    'from ~/.docker/config.json': (home, registry) => {
      home.write('.docker/config.json', configFor(registry));
      return {};
    },
    'from --auth-file': (home, registry) => ({
      args: ['--auth-file', home.write('auth.json', configFor(registry))],
    }),
    'from DOCKER_AUTH_CONFIG': (_, registry) => ({ env: { DOCKER_AUTH_CONFIG: JSON.stringify(configFor(registry)) } }),
    'from REGISTRY_AUTH_FILE, in any case': (home, registry) => {
      const { HttpHeaders, ...rest } = configFor(registry);
      const file = home.write('auth.json', { httpheaders: HttpHeaders, HTTPHEADERS: HttpHeaders, ...rest });
      return { env: { REGISTRY_AUTH_FILE: file } };
    },
  };
  for (const [place, run] of Object.entries(places)) {
    it(place, async () => {
      const { credential } = await witnesses(run);
      assert.equal(credential?.username, 'ada');
    });
  }
});

describe("header of containerd's hosts.toml goes to no host", () => {
  const table = NAMES.map((name) => `  ${name} = ["${SECRET}"]\n`).join('');
  const stored = (...registries: readonly string[]) => ({
    DOCKER_AUTH_CONFIG: JSON.stringify({
      auths: Object.fromEntries(registries.map((name) => [name, { auth: btoa('ada:secret') }])),
    }),
  });

  it('of the server, in a file that is named', async () => {
    const { servedBy, registryName } = await witnesses((home, registry) => {
      const file = home.write(`${registry}/hosts.toml`, `server = "http://${registry}"\n[header]\n${table}`);
      return { args: ['--mirrors-from', file], env: stored(registry) };
    });
    assert.equal(servedBy, registryName);
  });

  it('of the server, in a certs.d directory', async () => {
    const { servedBy, registryName } = await witnesses((home, registry) => {
      const folder = registry.replace(':', '_');
      home.write(`certs.d/${folder}_/hosts.toml`, `server = "http://${registry}"\n[header]\n${table}`);
      home.write(`certs.d/_default/hosts.toml`, `[header]\n${table}`);
      return { args: ['--mirrors-from', `${home.path}/certs.d`], env: stored(registry) };
    });
    assert.equal(servedBy, registryName);
  });

  it('of a mirror, and of the server after it', async () => {
    await using mirror = await startRegistry({ auth: 'basic', users: USERS });
    await witnesses((home, registry) => {
      const hosts = `[host."http://${mirror.name}"]\n[host."http://${mirror.name}".header]\n${table}`;
      const file = home.write(`${registry}/hosts.toml`, `server = "http://${registry}"\n${hosts}[header]\n${table}`);
      return { args: ['--mirrors-from', file], env: stored(registry, mirror.name) };
    });
    assert.notEqual(mirror.log.length, 0);
    assert.ok(!JSON.stringify(mirror.log).includes(SECRET));
  });
});
