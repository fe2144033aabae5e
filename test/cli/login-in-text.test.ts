// Credentials in a URL, an option or a path are never repeated: neither in a message nor in a report.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { environmentNameOf, flagOf, SETTING_NAMES, settingOf } from '../../src/config/setting.ts';
import { FORMATS } from '../../src/report/format.ts';
import { type Circumstances, type Finished, runCommand } from '../support/command.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { documentOf, runMain } from './run-main.ts';

const MARK = 'Zq9';
const PASSWORDS = ['plain', '@at', '/slash', '?query#x', ':colon', ' blank', '\u200bzero'].map(
  (it) => `${MARK}${it}${MARK}`,
);
const ADDRESSES = PASSWORDS.flatMap((password) => [
  `https://u:${password}@h.example/x`,
  `u:${password}@h.example/x:1`,
  `u:${password}@localhost:5000/x`,
]);

/** For what is tried setting by setting. */
const FEW_ADDRESSES = ADDRESSES.slice(0, 3);

function assertHidden({ stdout, stderr }: Finished, where: unknown): void {
  for (const text of [stdout, stderr]) assert.ok(!text.includes(MARK), `${JSON.stringify(where)}\n${text}`);
}

async function check(argv: readonly string[], circumstances: Circumstances = {}): Promise<Finished> {
  const finished = await runMain(argv, { stdin: 'nginx\n', ...circumstances });
  assertHidden(finished, { argv, env: circumstances.env });
  return finished;
}

describe('credentials in a text', () => {
  it('are not part of an image: the message says so, and the input is shown without them', async () => {
    const { exitCode, stdout } = await runCommand(['check', `https://u:${MARK}@h.example/x`]);
    assert.equal(exitCode, 2);
    assert.match(stdout, /^✖ https:\/\/\*\*\*@h\.example\/x +invalid reference/);
    assert.equal(
      stdout.split('\n')[1],
      '    Image references cannot contain credentials; use "h.example/x", and log in with docker login.',
    );
    const json = await runCommand(['check', `u:${MARK}@h.example/x:1`, '-o', 'json']);
    assert.equal(documentOf(json).results[0].input, '***@h.example/x:1');
  });

  it('are in no report of a check, and not in the list of images', async () => {
    using folder = createTemporaryFolder({
      'images.txt': ADDRESSES.filter((text) => !text.includes(' ')).join('\n'),
      'compose.yaml': `services:\n${ADDRESSES.map((text, at) => `  s${at}: { image: ${JSON.stringify(text)} }\n`).join('')}`,
    });
    const files = ['-f', join(folder.path, 'images.txt'), '-f', join(folder.path, 'compose.yaml')];
    for (const format of FORMATS) {
      const finished = await runCommand(['check', ...ADDRESSES, ...files, '-o', format, '-v']);
      assertHidden(finished, format);
      assert.equal(finished.exitCode, 2);
    }
    for (const format of ['text', 'json']) await check(['images', ...ADDRESSES, ...files, '-o', format]);
  });

  it('of the command line are not repeated', async () => {
    for (const address of ADDRESSES) {
      await check([address]);
      await check(['check', '-f', address]);
      await check(['images', '-f', address, '-o', `json=${address}`]);
      await check(['check', 'nginx', '-o', `json=${address}`, '-o', `ndjson=${address}`]);
    }
    for (const address of FEW_ADDRESSES) {
      for (const name of SETTING_NAMES) {
        if (settingOf(name).value !== undefined) await check(['check', 'nginx', `${flagOf(name)}=${address}`]);
        await check(['check', 'nginx'], { env: { [environmentNameOf(name)]: address } });
      }
    }
    for (const password of PASSWORDS) {
      for (const word of [`--password=${password}`, `--token=${password}`, `-p${password}`]) {
        const { stderr } = await check(['check', 'nginx', word]);
        assert.match(stderr, /^error: unknown option '-[^']*\*\*\*'\n/);
        await check([word]);
      }
      await check(['check', 'nginx', '--build-arg', `NOT-A-NAME=${password}`]);
    }
    assert.match(
      (await check(['check', 'nginx', '-platform=linux/amd64'])).stderr,
      /^error: unknown option '-p\*\*\*'/,
    );
    assert.match((await check(['check', 'nginx', '-platform'])).stderr, /^error: unknown option '-platform'/);
  });

  it('of the config file are not repeated', async () => {
    for (const address of FEW_ADDRESSES) {
      const quoted = JSON.stringify(address);
      for (const text of [
        `${quoted}: 1`,
        ...SETTING_NAMES.filter((name) => name !== 'config').map((name) => `${name}: ${quoted}`),
        ...['caFile', 'cert', 'key', 'mirrors', 'realms', 'insecure'].map(
          (key) => `registries: { r.example: { ${key}: ${quoted} } }`,
        ),
        `registries: { ${quoted}: { insecure: false } }`,
        `registries: { ${quoted}: 5 }`,
        `registries: { ${quoted}: { caFile: nowhere } }`,
        `registries: { ${quoted}: { unknown: 1 } }`,
      ]) {
        using home = createTemporaryFolder({ 'kairos-pull.yaml': text });
        const circumstances = { env: { HOME: home.path }, cwd: home.path };
        await check(['check', 'nginx'], circumstances);
        await check(['check', 'nginx', '--config', join(home.path, 'kairos-pull.yaml')], circumstances);
      }
    }
  });

  it('of the location of a mirror are not repeated, and the message says that they are not allowed', async () => {
    for (const address of ADDRESSES) {
      const quoted = JSON.stringify(address);
      for (const [name, text] of [
        ['docker.io/hosts.toml', `[host.${quoted}]\n`],
        ['docker.io/hosts.toml', `[host.${quoted}]\nca = "nowhere"\n`],
        ['docker.io/hosts.toml', `server = ${quoted}\n`],
        ['registries.conf', `[[registry]]\nlocation = ${quoted}\n`],
        ['registries.conf', `[[registry]]\nlocation = "r.example"\n[[registry.mirror]]\nlocation = ${quoted}\n`],
      ] as const) {
        using folder = createTemporaryFolder({ [name]: text });
        const path = join(folder.path, name);
        const { exitCode, stderr } = await check(['check', 'nginx', '--mirrors-from', path]);
        assert.equal(exitCode, 2);
        assert.match(stderr, /: the mirror "[\w.:/]+" must not contain credentials; /);
      }
      using folder = createTemporaryFolder({ 'docker.io/hosts.toml': `[host.${quoted}]\nca = 5\n` });
      await check(['check', 'nginx', '--mirrors-from', folder.path]);
    }
  });

  it('of the environment are not repeated', async () => {
    for (const password of PASSWORDS.slice(0, 3)) {
      const proxy = `u:${password}@127.0.0.1:1`;
      for (const env of [
        ...['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY'].flatMap((name) => [
          { [name]: proxy },
          { [name]: `http://${proxy}` },
          { [name]: `socks5://${proxy}` },
          { [name]: `http://${proxy}99999` },
        ]),
        { KAIROS_PULL_REGISTRY: proxy, KAIROS_PULL_USERNAME: 'u', KAIROS_PULL_PASSWORD: password },
        { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [`https://${proxy}`]: { auth: '!' } } }) },
        { REGISTRY_AUTH_FILE: `https://${proxy}` },
        { SSL_CERT_FILE: `https://${proxy}` },
      ]) {
        for (const argv of [['127.0.0.1:1/x'], ['r.invalid/x'], ['r.invalid/x', '--plain-http', '-o', 'json']]) {
          const finished = await runCommand(['check', ...argv, '--retries', '0', '-v'], { env });
          assertHidden(finished, { argv, env });
        }
      }
    }
  });
});
