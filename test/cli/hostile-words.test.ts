// Control sequences for a terminal or the log of a pipeline, wherever the command may repeat them: on the command
// line, in the environment, in the config file, in the names and contents of files.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { FILE_SETTING_NAMES, REGISTRY_SETTINGS } from '../../src/config/config-file-schema.ts';
import { environmentNameOf, flagOf, SETTING_NAMES, settingOf } from '../../src/config/setting.ts';
import { type Circumstances, type Finished, runCommand } from '../support/command.ts';
import { requirePosix } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { runMain } from './run-main.ts';

/** OSC 52, CSI, BEL, C1, reading direction, line ends of all kinds, commands of two pipelines, and a line as ours. */
const HOSTILE =
  'x\u001b]52;c;cHduZWQ=\u0007\u001b[2J\u009b31m\u202e\u2066\u200b\r\n::error file=a::pwned\n##[error]pwned ' +
  '##vso[task.complete]\r::add-mask::x\u2028  ::stop-commands::t\nerror: pwned\n✔ pwned';

/** As YAML and JSON have it between quotes. */
const QUOTED = JSON.stringify(HOSTILE);

const OUR_LINES =
  /^(?:error|warning): |^See kairos-pull |^\(Did you mean |^To check an image: |^ {2}kairos-pull |^ {2}(?:[\w.]+ of ignore in |\S*kairos-pull\.yaml:\d+: )|^nginx$|^No images |^Nothing was checked: |^\d{4}-\d\d-\d\dT|^\d\d:\d\d:\d\d\.\d{3}Z {2}|^Interrupted/;

function assertClean({ exitCode, stdout, stderr }: Finished, where: string): void {
  for (const text of [stdout, stderr]) {
    assert.doesNotMatch(text, /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\u200b]/u, where);
    assert.doesNotMatch(text, /^\s*::[a-z]|##(?:vso)?\[/im, where);
  }
  // The help is all ours.
  const lines = stderr.startsWith('Usage: ') ? [] : stderr.split('\n');
  const strangers = lines.filter((line) => line !== '' && !OUR_LINES.test(line));
  assert.deepEqual(strangers, [], where);
  assert.ok(!/^(?:error: pwned|✔ pwned)/m.test(stdout + stderr), where);
  assert.notEqual(exitCode, 70, `${where}: ${stderr}`);
}

async function check(argv: readonly string[], circumstances: Circumstances = {}): Promise<Finished> {
  const finished = await runMain(argv, { stdin: 'nginx\n', ...circumstances });
  assertClean(finished, JSON.stringify({ argv, env: circumstances.env }));
  return finished;
}

describe('control sequences are shown as text', () => {
  it('on the command line', async () => {
    const long = `--${HOSTILE}`;
    for (const argv of [
      [HOSTILE],
      [long],
      [`-${HOSTILE}`],
      ['help', HOSTILE],
      ['demo', HOSTILE],
      ['completion', HOSTILE],
      ['completion', 'bash', HOSTILE],
      ['check', HOSTILE],
      ['check', HOSTILE, '-o', 'json'],
      ['check', long],
      ['check', `-${HOSTILE}`],
      ['check', 'nginx', `--timeout${HOSTILE}`],
      ['check', 'nginx', `--time${HOSTILE}=1`],
      ['check', '-f', HOSTILE],
      ['check', '-f', `/nonexistent/${HOSTILE}`],
      ['images', HOSTILE],
      ['images', HOSTILE, '-o', 'json'],
      ['images', long],
      ['images', '-o', HOSTILE],
      ['images', 'nginx', '--cost', '--platform', HOSTILE],
    ]) {
      await check(argv);
    }
  });

  it('in the value of an option, and of its environment variable', async () => {
    for (const name of SETTING_NAMES) {
      const values = [HOSTILE, `/nonexistent/${HOSTILE}`, `json=/dev/null/${HOSTILE}`, `A${HOSTILE}=1`];
      for (const value of values) {
        const given =
          name === 'username' ? [`${flagOf(name)}=${value}`, '--password-stdin'] : [`${flagOf(name)}=${value}`];
        if (settingOf(name).value !== undefined) await check(['check', 'nginx', ...given]);
        await check(['check', 'nginx'], { env: { [environmentNameOf(name)]: value } });
      }
    }
  });

  it('in the config file, found or named', async () => {
    const entries = [
      `${QUOTED}: 1`,
      `? { a: ${QUOTED} }\n: 1`,
      `? [${QUOTED}]\n: 1`,
      `- ${QUOTED}`,
      QUOTED,
      `a: ${QUOTED}\na: *${'b'}`,
      `timeout: 5s\ntimeout: ${QUOTED}\n`,
      `x\n${HOSTILE}`,
      `\t${QUOTED}`,
      `"${QUOTED}`,
      ...FILE_SETTING_NAMES.flatMap((name) => [
        `${name}: ${QUOTED}`,
        `${name}: [${QUOTED}]`,
        `${name}: { ${QUOTED}: 1 }`,
        `${name}: ${JSON.stringify(`json=/dev/null/${HOSTILE}`)}`,
        `${name}: ${JSON.stringify(`../${HOSTILE}`)}`,
        `${name}: ${JSON.stringify(`nonexistent/${HOSTILE}`)}`,
      ]),
      `registries: { ${QUOTED}: { insecure: false } }`,
      `registries: { ${QUOTED}: { insecure: 5 } }`,
      `registries: { ${QUOTED}: ${QUOTED} }`,
      `registries: { r.example: { ${QUOTED}: 1 } }`,
      ...[...Object.keys(REGISTRY_SETTINGS), 'mirrors', 'realms'].map(
        (name) => `registries: { r.example: { ${name}: ${QUOTED} } }`,
      ),
      `registries: { r.example: { mirrors: [http://m.example, ${QUOTED}] } }`,
      `ignore: [{ image: ${QUOTED}, reason: ${QUOTED}, until: 2020-01-01 }]`,
      `ignore: [{ image: "*", reason: ${QUOTED} }]`,
      `ignore: [{ image: x, reason: y, until: ${QUOTED} }]`,
      `ignore: [{ image: x, ${QUOTED}: y }]`,
      `search: [{ kind: ${QUOTED}, path: ${QUOTED} }]`,
      `search: [{ kind: x, ${QUOTED}: y }]`,
    ];
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning);
    process.on('warning', onWarning);
    for (const entry of entries) {
      using home = createTemporaryFolder({ 'kairos-pull.yaml': entry });
      const circumstances = { env: { HOME: home.path }, cwd: home.path };
      await check(['check', 'nginx'], circumstances);
      await check(['images', 'nginx', '-o', 'json'], circumstances);
      await check(['check', 'nginx', '--config', join(home.path, 'kairos-pull.yaml')], circumstances);
    }
    // Node would write them to standard error itself, a turn later.
    await setImmediate();
    process.off('warning', onWarning);
    assert.deepEqual(warnings, []);
  });

  it('in the names and contents of files and directories', { skip: requirePosix() }, async () => {
    const name = HOSTILE.slice(0, 80).replaceAll('/', '');
    using home = createTemporaryFolder({ 'images.txt': `${HOSTILE}\n` });
    const folder = join(home.path, name);
    mkdirSync(join(folder, 'certs.d'), { recursive: true });
    const files = {
      [name]: 'nginx\nBad/Name\n',
      [`${name}.yaml`]: `kind: Pod\napiVersion: v1\nspec: { containers: [{ image: ${QUOTED} }], x: *${'y'} }\n`,
      'compose.yaml': `services: { ${QUOTED}: { image: ${QUOTED}, build: ${QUOTED} } }\n`,
      Dockerfile: `FROM ${HOSTILE}\nFROM \${${name}}\n`,
      'kairos-pull.yaml': 'timeout: 5s\n',
      'registries.conf': `[[registry]]\nlocation = ${QUOTED}\n`,
      'bad.conf': `[[registry]]\n${QUOTED} = \n`,
      'certs.d/hosts.toml': `[host.${QUOTED}]\nca = 5\n`,
      'auth.json': `{ "auths": { ${QUOTED}: { "auth": ${QUOTED} } } }`,
      'cert.pem': HOSTILE,
    };
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    const at = (file: string) => join(folder, file);
    for (const argv of [
      ...Object.keys(files).map((file) => ['-f', at(file)]),
      ['-f', folder],
      ['-f', join(home.path, 'images.txt')],
      ['nginx', '--config', at('cert.pem')],
      ['nginx', '--config', at('kairos-pull.yaml'), '-v'],
      ['nginx', '--mirrors-from', at('registries.conf')],
      ['nginx', '--mirrors-from', at('bad.conf')],
      ['nginx', '--mirrors-from', at('certs.d/hosts.toml')],
      ['nginx', '--mirrors-from', at('certs.d')],
      ['nginx', '--mirrors-from', folder],
      ['nginx', '--auth-file', folder],
      ['nginx', '--ca-file', at('cert.pem')],
      ['nginx', '--cert', at('cert.pem')],
      ['nginx', '--key', at('cert.pem')],
      ['nginx', '-o', `json=${folder}`],
      ['nginx', '-o', `json=${at('x')}`, '-o', `ndjson=${at('x')}`],
    ]) {
      await check(['check', ...argv], { cwd: folder });
      if (argv[0] === '-f') await check(['images', ...argv, '-o', 'json'], { cwd: folder });
    }
  });

  it('in the environment, and in the files that it names', async () => {
    using home = createTemporaryFolder({
      'auth.json': `{ "auths": { ${QUOTED}: { "auth": ${QUOTED} } } }`,
      x: HOSTILE,
    });
    const image = '127.0.0.1:1/x';
    for (const env of [
      ...['HOME', 'XDG_CACHE_HOME', 'DOCKER_CONFIG', 'REGISTRY_AUTH_FILE', 'DOCKER_AUTH_CONFIG', 'SSL_CERT_FILE'].map(
        (name) => ({ [name]: HOSTILE }),
      ),
      ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'SSL_CERT_DIR', 'TERM', 'KAIROS_PULL_REGISTRY'].map((name) => ({
        [name]: HOSTILE,
      })),
      { KAIROS_PULL_USERNAME: HOSTILE, KAIROS_PULL_PASSWORD: HOSTILE, KAIROS_PULL_REGISTRY: '127.0.0.1:1' },
      { REGISTRY_AUTH_FILE: join(home.path, 'auth.json') },
      { REGISTRY_AUTH_FILE: join(home.path, 'x'), SSL_CERT_FILE: join(home.path, 'x') },
      { GITHUB_STEP_SUMMARY: `/nonexistent/${HOSTILE}` },
    ]) {
      for (const format of ['text', 'json', 'github']) {
        const finished = await runCommand(['check', image, '--retries', '0', '-o', format], { env });
        const stdout = finished.stdout.replace(/^::error /gm, '');
        assertClean({ ...finished, stdout }, JSON.stringify({ env, format }));
      }
    }
  });
});
