import assert from 'node:assert/strict';
import { chmodSync, mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { CONFIG_NAMES, findConfigFile, readConfigFile } from '../../src/config/config-file.ts';
import { UsageError } from '../../src/core/usage-error.ts';
import { fakeChecker } from '../cli/fake-checker.ts';
import { documentOf, runMain } from '../cli/run-main.ts';
import { requirePosix } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

describe('readConfigFile', () => {
  it('returns undefined if there is none', async () => {
    using home = createTemporaryFolder();
    assert.equal(await readConfigFile({ flags: {}, env: { HOME: home.path } }, home.path), undefined);
  });

  it('finds the nearest, and names it relative to the working directory', async () => {
    using home = createTemporaryFolder({
      'work/kairos-pull.yaml': 'caFile: certs/ca.pem\nfile: images.txt\n',
      'work/sub/x': '',
    });
    const config = await readConfigFile({ flags: {}, env: { HOME: home.path } }, join(home.path, 'work', 'sub'));
    assert.deepEqual(config, {
      name: '../kairos-pull.yaml',
      found: { name: '../kairos-pull.yaml', directory: join(home.path, 'work') },
      values: {
        caFile: { raw: '../certs/ca.pem', label: 'caFile in ../kairos-pull.yaml:1' },
        file: { raw: ['../images.txt'], label: 'file in ../kairos-pull.yaml:2' },
      },
      registries: [],
      ignore: [],
      search: [],
    });
  });

  it('reads only the one that a flag or the environment names', async () => {
    using home = createTemporaryFolder({ 'kairos-pull.yaml': 'nonsense', 'ci/settings.yaml': 'authFile: login.json' });
    const path = relative(process.cwd(), home.write('ci/settings.yaml', 'authFile: login.json'));
    for (const given of [
      { flags: { config: path }, env: {} },
      { flags: {}, env: { KAIROS_PULL_CONFIG: path } },
    ]) {
      const config = await readConfigFile(given, process.cwd());
      assert.deepEqual(config?.values, {
        authFile: { raw: join(path, '..', 'login.json'), label: `authFile in ${path}:1` },
      });
    }
  });

  it('allows "-" for standard input only in a named file', async () => {
    using home = createTemporaryFolder({ 'kairos-pull.yaml': 'file: "-"\n' });
    await assert.rejects(
      readConfigFile({ flags: {}, env: { HOME: home.path } }, home.path),
      /must not read images from standard input/,
    );
    const path = join(home.path, 'kairos-pull.yaml');
    const config = await readConfigFile({ flags: { config: path }, env: {} }, home.path);
    assert.deepEqual(config?.values, { file: { raw: ['-'], label: `file in ${path}:1` } });
  });

  it('says which file cannot be read, and which setting named it', async () => {
    const refuses = (message: string, env: Record<string, string>, folder: string) =>
      assert.rejects(readConfigFile({ flags: {}, env }, folder), new UsageError(message));
    using home = createTemporaryFolder({ 'kairos-pull.yaml/x': '' });
    await refuses('cannot read kairos-pull.yaml: it is a directory.', { HOME: home.path }, home.path);
    await refuses(
      'KAIROS_PULL_CONFIG: cannot read none.yaml: no such file or directory.',
      { KAIROS_PULL_CONFIG: 'none.yaml' },
      home.path,
    );
  });
});

describe('the command with a config file', () => {
  it('uses its settings, overridden by flags and environment', async () => {
    const text = 'timeout: 5s\nretries: 7\nconcurrency: 3\nregistries:\n  localhost:5000: { plainHttp: true }\n';
    using home = createTemporaryFolder({ 'kairos-pull.yaml': text });
    const checker = fakeChecker();
    const env = { HOME: home.path, KAIROS_PULL_RETRIES: '1' };
    await runMain(['check', 'image', '--concurrency', '9'], { checker, env, cwd: home.path });
    const { timeoutMs, retries, concurrency, registries } = checker.options[0] ?? {};
    assert.deepEqual({ timeoutMs, retries, concurrency }, { timeoutMs: 5000, retries: 1, concurrency: 9 });
    assert.equal(registries?.['localhost:5000']?.plainHttp, true);
  });

  it('rejects an invalid value with file and line', async () => {
    using home = createTemporaryFolder({ 'kairos-pull.yaml': '\n\ntimeout: soon\n' });
    const checker = fakeChecker();
    const finished = await runMain(['check', 'image'], { checker, env: { HOME: home.path }, cwd: home.path });
    assert.deepEqual(finished, {
      exitCode: 2,
      stdout: '',
      stderr:
        'error: timeout in kairos-pull.yaml:3: "soon" is not a duration; use a number with a unit, for example 500ms, 30s, 2m or 1h.\n' +
        'See kairos-pull check --help.\n',
    });
    assert.deepEqual(checker.checked, []);
  });

  it('names the line in a conflict', async () => {
    using home = createTemporaryFolder({ 'kairos-pull.yaml': 'platform: linux/amd64\n' });
    const circumstances = { env: { HOME: home.path }, cwd: home.path };
    const { stderr } = await runMain(['check', 'image', '--proof', 'head'], circumstances);
    assert.match(stderr, /^error: platform in kairos-pull\.yaml:1 requires the manifest, but --proof is head;/);
  });

  it('says with --verbose where settings come from', async () => {
    using home = createTemporaryFolder({ 'kairos-pull.yaml': 'timeout: 5s' });
    const { stderr } = await runMain(['check', 'image', '-v'], { env: { HOME: home.path }, cwd: home.path });
    assert.match(stderr, /\n\S+ {2}file {6}kairos-pull\.yaml: settings\n/);
  });

  it('lists the images of its files, regardless of the report formats it sets', async () => {
    using home = createTemporaryFolder({ 'images.txt': 'nginx:1.27\n' });
    home.write('kairos-pull.yaml', `file: ${join(home.path, 'images.txt')}\noutput: ndjson\nproof: head\n`);
    const circumstances = { env: { HOME: home.path }, cwd: home.path };
    const finished = await runMain(['images', '-o', 'json'], circumstances);
    assert.equal(finished.exitCode, 0);
    assert.deepEqual(
      documentOf(finished).images.map(({ input }: { input: string }) => input),
      ['nginx:1.27'],
    );
    const config = join(home.path, 'kairos-pull.yaml');
    assert.match((await runMain(['images', '--config', config])).stdout, /^nginx:1\.27 /);
  });

  it('reads none for --help', async () => {
    using home = createTemporaryFolder({ 'kairos-pull.yaml': 'nonsense' });
    const circumstances = { env: { HOME: home.path }, cwd: home.path };
    for (const argv of [['--help'], ['check', '--help'], ['--version'], ['completion', 'bash']]) {
      assert.equal((await runMain(argv, circumstances)).exitCode, 0);
    }
  });
});

describe('findConfigFile', () => {
  for (const name of CONFIG_NAMES) {
    it(`finds ${name} in the directory and above it`, () => {
      using home = createTemporaryFolder({ [`work/${name}`]: '', 'work/deep/down/x': '' });
      for (const folder of ['work', 'work/deep', 'work/deep/down']) {
        assert.equal(findConfigFile(join(home.path, folder), home.path), join(home.path, 'work', name));
      }
    });
  }

  it('finds the nearest, in a directory .yaml before .yml before .json', () => {
    using home = createTemporaryFolder();
    const work = join(home.path, 'work');
    mkdirSync(work);
    for (const path of ['kairos-pull.yaml', 'work/kairos-pull.json', 'work/kairos-pull.yml', 'work/kairos-pull.yaml']) {
      const written = home.write(path, '');
      assert.equal(findConfigFile(work, home.path), written);
    }
  });

  it('searches the home directory and not above it', () => {
    using above = createTemporaryFolder({ 'kairos-pull.yaml': '', 'home/work/x': '' });
    const home = join(above.path, 'home');
    assert.equal(findConfigFile(join(home, 'work'), home), undefined);
    const file = above.write('home/kairos-pull.yaml', '');
    assert.equal(findConfigFile(join(home, 'work'), home), file);
  });

  it('skips a world-writable directory', { skip: requirePosix() }, () => {
    using home = createTemporaryFolder({ 'kairos-pull.yaml': '', 'shared/kairos-pull.yaml': '', 'shared/work/x': '' });
    chmodSync(join(home.path, 'shared'), 0o1777);
    assert.equal(findConfigFile(join(home.path, 'shared', 'work'), home.path), join(home.path, 'kairos-pull.yaml'));
  });

  it('searches up to the root outside of the home directory', () => {
    using folder = createTemporaryFolder({ 'kairos-pull.yaml': '', 'work/x': '' });
    const found = findConfigFile(join(folder.path, 'work'), '/home/somebody');
    assert.equal(found, join(folder.path, 'kairos-pull.yaml'));
  });
});
