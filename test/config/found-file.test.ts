// A config file that was found, not named, is not trusted: it comes with a directory that others may have written.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readConfigFile } from '../../src/config/config-file.ts';
import { FILE_SETTING_NAMES } from '../../src/config/config-file-schema.ts';
import { isPath, type SettingName, settingOf } from '../../src/config/setting.ts';
import { UsageError } from '../../src/core/usage-error.ts';
import { fakeChecker } from '../cli/fake-checker.ts';
import { runMain } from '../cli/run-main.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** What is said of the file when it is found, and of the same file when it is named: undefined is nothing. */
async function judge(text: string, prepare: (folder: string) => void = () => undefined) {
  using home = createTemporaryFolder({ 'kairos-pull.yaml': text });
  prepare(home.path);
  const env = { HOME: home.path };
  const said = async (flags: Readonly<Record<string, string>>) => {
    try {
      await readConfigFile({ flags, env }, home.path);
    } catch (error) {
      assert.ok(error instanceof UsageError, String(error));
      return error.message;
    }
    return undefined;
  };
  return { found: await said({}), named: await said({ config: join(home.path, 'kairos-pull.yaml') }) };
}

const refused = (key: string, why: string, flag?: string): string =>
  `${key} in kairos-pull.yaml:1: a config file that was found rather than named must not ${why}. ` +
  `If you trust it, use --config kairos-pull.yaml.${flag === undefined ? '' : ` Or use ${flag}.`}`;

/** Decided for each: a new setting stands here before it is in a release. */
const TRUST: Readonly<Record<SettingName, 'free' | 'inside' | 'named'>> = {
  file: 'inside',
  from: 'named',
  namespace: 'free',
  selector: 'free',
  context: 'named',
  server: 'named',
  format: 'free',
  exclude: 'free',
  noGitignore: 'free',
  ignore: 'free',
  buildArg: 'free',
  allowEnv: 'named',
  profile: 'free',
  platform: 'free',
  expect: 'free',
  shard: 'free',
  dryRun: 'free',
  proof: 'free',
  layers: 'free',
  wait: 'free',
  timeout: 'free',
  retries: 'free',
  concurrency: 'free',
  noCache: 'free',
  config: 'inside',
  username: 'free',
  passwordStdin: 'named',
  authFile: 'inside',
  usePullSecrets: 'free',
  anonymous: 'free',
  plainHttp: 'named',
  insecure: 'named',
  allowPrivate: 'named',
  caFile: 'inside',
  cert: 'inside',
  key: 'inside',
  mirrorsFrom: 'inside',
  output: 'inside',
  warnOn: 'free',
  strict: 'free',
  color: 'free',
  quiet: 'free',
  verbose: 'free',
};

describe('a config file that was found', () => {
  it('may not wait longer than an hour', async () => {
    for (const key of ['wait', 'timeout'] as const) {
      for (const long of ['500h', '61m', '3600001ms']) {
        const { found, named } = await judge(`${key}: ${long}\n`);
        assert.equal(found, refused(key, 'wait longer than 1h', `--${key}`));
        assert.equal(named, undefined);
      }
      assert.equal((await judge(`${key}: 1h\n`)).found, undefined);
    }
  });

  it('is checked setting by setting', () => {
    for (const name of FILE_SETTING_NAMES) {
      const trust = settingOf(name).givesUp !== undefined ? 'named' : isPath(name) ? 'inside' : 'free';
      assert.equal(trust, TRUST[name], name);
    }
  });

  it('may not turn off the verification of certificates', async () => {
    const { found, named } = await judge('insecure: true\n');
    assert.equal(found, refused('insecure', 'turn off the verification of certificates', '--insecure'));
    assert.equal(named, undefined);
  });

  it('may not turn off encryption, not even for one registry', async () => {
    const { found } = await judge('plainHttp: true\n');
    assert.equal(found, refused('plainHttp', 'turn off encryption', '--plain-http'));
    for (const key of ['plainHttp', 'insecure', 'allowPrivate']) {
      const of = await judge(`registries: { r.example: { ${key}: true } }\n`);
      assert.match(
        of.found ?? '',
        new RegExp(`^${key} of r\\.example in kairos-pull\\.yaml:1: .*must not (turn off|let registries)`),
      );
      assert.equal(of.named, undefined);
    }
  });

  it('may use safer settings, and http for loopback registries', async () => {
    const text =
      'insecure: false\nplainHttp: false\nregistries:\n  r.example: { insecure: false, plainHttp: false }\n' +
      '  localhost:5000: { plainHttp: true }\n  "[::1]:5000": { plainHttp: true, mirrors: "http://127.0.0.1:5001" }\n';
    assert.deepEqual(await judge(text), { found: undefined, named: undefined });
  });

  it('may not choose the hosts of token services', async () => {
    for (const realms of ['evil.example', '[auth.example, evil.example]', '[]']) {
      const { found, named } = await judge(`registries: { r.example: { realms: ${realms} } }\n`);
      assert.equal(found, refused('realms of r.example', 'choose the hosts that receive credentials'));
      assert.equal(named, undefined);
    }
  });

  it('may name a mirror, but not one that uses http', async () => {
    assert.equal(
      (await judge('registries: { r.example: { mirrors: [m.example, https://n.example/x] } }\n')).found,
      undefined,
    );
    const { found, named } = await judge('registries: { r.example: { mirrors: [m.example, http://n.example] } }\n');
    assert.equal(found, refused('mirrors of r.example', 'turn off encryption, as http:// does'));
    assert.equal(named, undefined);
  });

  it('may not read a password from standard input', async () => {
    const { found: list } = await judge('file: "-"\n');
    assert.match(String(list), /must not read images from standard input/);
    const { found } = await judge('passwordStdin: true\n');
    assert.equal(found, refused('passwordStdin', 'read a password from standard input', '--password-stdin'));
  });

  it('may not pass secrets of the environment to registries', async () => {
    const { found, named } = await judge('allowEnv: [A_TOKEN]\n');
    assert.equal(found, refused('allowEnv', 'pass secrets of the environment to registries', '--allow-env'));
    assert.equal(named, undefined);
  });

  /** A value of the setting that names the path. */
  const naming = (name: SettingName, path: string): string => (name === 'output' ? `json=${path}` : path);

  for (const name of FILE_SETTING_NAMES.filter(isPath)) {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    for (const path of [
      '../secret',
      '/etc/passwd',
      'a/../../secret',
      '..',
      '/',
      'up/secret',
      'up',
      'dangling',
      'deep/out',
      '.git/config',
    ]) {
      it(`may not name a path outside its directory: ${name}: ${naming(name, path)}`, async () => {
        const { found, named } = await judge(`${name}: "${naming(name, path)}"\n`, (folder) => {
          mkdirSync(join(folder, 'a'));
          mkdirSync(join(folder, 'deep'));
          symlinkSync('..', join(folder, 'up'));
          symlinkSync('../nothing-there', join(folder, 'dangling'));
          symlinkSync('../../nothing-there', join(folder, 'deep', 'out'));
        });
        assert.equal(found, refused(name, `name a path outside its directory: ${path}`, flag));
        assert.equal(named, undefined);
      });
    }

    it(`may name a path in its directory, existing or not, by a link or not: ${name}`, async () => {
      for (const path of [
        'x',
        'sub/x',
        'not/there/yet',
        'link',
        './x',
        'sub/../x',
        '~/x',
        '..x',
        '.',
        '.github/x.yml',
        ...(name === 'file' ? [] : ['-']),
      ]) {
        const { found } = await judge(`${name}: "${naming(name, path)}"\n`, (folder) => {
          mkdirSync(join(folder, 'sub'));
          symlinkSync('sub/later', join(folder, 'link'));
        });
        assert.equal(found, undefined, path);
      }
    });
  }

  it("may not name a path outside its directory in a registry's section", async () => {
    for (const key of ['caFile', 'cert', 'key']) {
      const { found, named } = await judge(`registries: { r.example: { ${key}: ../x.pem } }\n`);
      assert.equal(found, refused(`${key} of r.example`, 'name a path outside its directory: ../x.pem'));
      assert.equal(named, undefined);
    }
  });

  it('may not be a link to outside its directory', async () => {
    using home = createTemporaryFolder({
      'secret.txt': 'nginx: 1\n',
      'work/x': '',
      'work/settings.yaml': 'retries: 1\n',
    });
    const work = join(home.path, 'work');
    const env = { HOME: home.path };
    symlinkSync('settings.yaml', join(work, 'kairos-pull.yml'));
    assert.equal((await readConfigFile({ flags: {}, env }, work))?.name, 'kairos-pull.yml');
    symlinkSync('../secret.txt', join(work, 'kairos-pull.yaml'));
    await assert.rejects(
      readConfigFile({ flags: {}, env }, work),
      new UsageError(
        'kairos-pull.yaml: a config file that was found rather than named must not be a link to a file outside its directory. ' +
          'If you trust it, use --config kairos-pull.yaml.',
      ),
    );
  });

  it('counts as named if the environment names it', async () => {
    using home = createTemporaryFolder({ 'kairos-pull.yaml': 'insecure: true\nfile: ../x\n' });
    const env = { HOME: home.path, KAIROS_PULL_CONFIG: join(home.path, 'kairos-pull.yaml') };
    assert.notEqual(await readConfigFile({ flags: {}, env }, home.path), undefined);
  });

  it('ends the command with 2 before any request is sent or file is written', async () => {
    using home = createTemporaryFolder({ 'work/kairos-pull.yaml': 'output: ["text=../.bashrc"]\n', '.bashrc': 'mine' });
    const checker = fakeChecker();
    const folder = join(home.path, 'work');
    for (const command of ['check', 'images']) {
      const finished = await runMain([command, 'nginx'], { checker, env: { HOME: home.path }, cwd: folder });
      assert.equal(finished.exitCode, 2);
      assert.match(
        finished.stderr,
        /^error: output in kairos-pull\.yaml:1: .* outside its directory: \.\.\/\.bashrc\. /,
      );
    }
    assert.deepEqual(checker.checked, []);
  });

  /** What is said of a file in its folder that it names, and the checker is not asked; undefined: it is. */
  async function judgeNamed(setting: string, name: string, text: string): Promise<string | undefined> {
    using home = createTemporaryFolder({ 'work/x': '', 'outside.pem': 'secret' });
    const folder = join(home.path, 'work');
    const path = join(folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
    symlinkSync('../outside.pem', join(folder, 'linked.pem'));
    const config = join(folder, 'kairos-pull.yaml');
    writeFileSync(config, `${setting}: ${path}\n`);
    const env = { HOME: home.path };
    const checker = fakeChecker();
    const { exitCode, stderr } = await runMain(['check', 'nginx'], { checker, env, cwd: folder });
    assert.equal(exitCode, checker.checked.length === 0 ? 2 : 0, stderr);
    return exitCode === 0 ? undefined : stderr.split('\n')[0]?.replace('error: ', '').replace(folder, '…');
  }

  it('may name mirror files of another program, with the same restrictions', async () => {
    const judgeHosts = (text: string) => judgeNamed('mirrorsFrom', 'certs.d/docker.io/hosts.toml', text);
    const said = (why: string) => refused('mirrorsFrom', why, '--mirrors-from');
    const host = '[host."https://m.example"]\n';
    assert.equal(await judgeHosts(host), undefined);
    assert.equal(await judgeHosts('[host."http://127.0.0.1:5000"]\n'), undefined);
    const checks = said('turn off the verification of certificates, or name a file that does');
    assert.equal(await judgeHosts(`${host}skip_verify = true\n`), checks);
    assert.equal(await judgeHosts('skip_verify = true\n'), checks);
    assert.equal(await judgeHosts('[host."http://m.example"]\n'), said('turn off encryption, as http:// does'));
    for (const field of ['ca', 'client']) {
      for (const path of ['../../../outside.pem', '../../linked.pem', '/etc/hostname']) {
        assert.match(
          (await judgeHosts(`${host}${field} = "${path}"\n`)) ?? '',
          /^mirrorsFrom in .* outside its directory: /,
        );
      }
    }
    const conf = '[[registry]]\nlocation = "quay.io"\n[[registry.mirror]]\nlocation = "m.example"\ninsecure = true\n';
    assert.equal(await judgeNamed('mirrorsFrom', 'registries.conf', conf), checks);
  });

  it('may name a credential file, but not one that chooses credential helpers', async () => {
    const judgeLogin = (document: object) => judgeNamed('authFile', 'login.json', JSON.stringify(document));
    const auths = { 'r.example': { auth: Buffer.from('me:secret').toString('base64') } };
    assert.equal(await judgeLogin({ auths }), undefined);
    assert.equal(await judgeLogin({ auths, credsStore: '', credHelpers: {} }), undefined);
    for (const helpers of [
      { credsStore: 'gcloud' },
      { credHelpers: { 'evil.example': 'gcloud' } },
      { CREDSSTORE: 'x' },
    ]) {
      const why = 'choose credential helpers, as the file it names does';
      assert.equal(await judgeLogin({ auths, ...helpers }), refused('authFile', why, '--auth-file'));
    }
  });

  it('is restricted as documented, and the documented example is accepted', async () => {
    const pageOf = (name: string) => readFileSync(join(ROOT, 'docs', name), 'utf8');
    const rules = pageOf('security.md')
      .split('\n')
      .filter((line) => line.startsWith('|'));
    for (const name of FILE_SETTING_NAMES.filter((name) => TRUST[name] !== 'free')) {
      const isNamed = TRUST[name] === 'named';
      const rule = rules.find((line) => line.includes(`\`${name}\``) && /\| (?:refused|only inside)/.test(line));
      assert.match(rule ?? '', isNamed ? /\| refused/ : /\| only inside its directory \|/, name);
    }
    const [, example = ''] = /^```yaml\n(.*?)^```$/ms.exec(pageOf('configuration.md')) ?? [];
    assert.deepEqual(await judge(example), { found: undefined, named: undefined });
  });
});
