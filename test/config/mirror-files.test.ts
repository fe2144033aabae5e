import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readMirrorFiles } from '../../src/config/mirror-files.ts';
import { createUserFiles } from '../../src/config/user-files.ts';
import { UsageError } from '../../src/core/usage-error.ts';
import { fakeChecker } from '../cli/fake-checker.ts';
import { runMain } from '../cli/run-main.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const HOSTS = '[host."https://m.example"]\n';
const CONF = (mirror: string) => `[[registry]]\nlocation = "quay.io"\n[[registry.mirror]]\nlocation = "${mirror}"\n`;
const prefixes = async (path: string) =>
  (await readMirrorFiles(path, '--mirrors-from', createUserFiles())).map(({ prefix }) => prefix);

describe('readMirrorFiles', () => {
  it("reads a directory as containerd's certs.d", async () => {
    using folder = createTemporaryFolder({
      'docker.io/hosts.toml': HOSTS,
      'localhost_5000_/hosts.toml': HOSTS,
      '_default/hosts.toml': HOSTS,
      'certificates.example/ca.crt': 'of docker',
      README: '',
    });
    assert.deepEqual((await prefixes(folder.path)).sort(), ['*', 'docker.io', 'localhost:5000']);
  });

  it("reads a hosts.toml, or its directory, for the registry in the directory's name", async () => {
    using folder = createTemporaryFolder({ 'docker.io/hosts.toml': HOSTS });
    assert.deepEqual(await prefixes(join(folder.path, 'docker.io', 'hosts.toml')), ['docker.io']);
    assert.deepEqual(await prefixes(join(folder.path, 'docker.io')), ['docker.io']);
  });

  it("reads podman's registries.conf, and a directory of drop-ins, of which the last wins", async () => {
    using folder = createTemporaryFolder({
      'registries.conf': CONF('a.example'),
      'registries.conf.d/010-a.conf': CONF('b.example'),
      'registries.conf.d/020-b.conf': CONF('c.example'),
    });
    assert.deepEqual(await prefixes(join(folder.path, 'registries.conf')), ['quay.io']);
    const [first] = await readMirrorFiles(join(folder.path, 'registries.conf.d'), '--mirrors-from', createUserFiles());
    assert.equal(first?.mirrors[0]?.location, 'c.example');
  });

  it('says which setting named an unusable path', async () => {
    using folder = createTemporaryFolder();
    const refuses = (path: string, message: string) =>
      assert.rejects(readMirrorFiles(path, 'KAIROS_PULL_MIRRORS_FROM', createUserFiles()), new UsageError(message));
    await refuses('/none', 'KAIROS_PULL_MIRRORS_FROM: cannot read /none: no such file or directory.');
    await refuses(folder.path, `KAIROS_PULL_MIRRORS_FROM: ${folder.path} contains neither hosts.toml nor *.conf.`);
  });
});

describe('--mirrors-from', () => {
  it('as a flag overrides the config file; in the config file its sections come first', async () => {
    using home = createTemporaryFolder({ 'registries.conf': CONF('conf.example') });
    const section = 'registries: { quay.io: { mirrors: [section.example] } }\n';
    const told = async (config: string, argv: readonly string[]) => {
      home.write('kairos-pull.yaml', config);
      const checker = fakeChecker();
      await runMain(['check', 'image', ...argv], { checker, env: { HOME: home.path }, cwd: home.path });
      return checker.options[0]?.mirrors?.flatMap(({ mirrors }) => mirrors.map(({ location }) => location));
    };
    const conf = join(home.path, 'registries.conf');
    assert.deepEqual(await told(section, ['--mirrors-from', conf]), ['conf.example', 'section.example']);
    assert.deepEqual(await told(`${section}mirrorsFrom: ${conf}\n`, []), ['section.example', 'conf.example']);
  });
});
