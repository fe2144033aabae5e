// Scripts of the release workflow, run as its runner would: with bash, in a repository of their own.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { requireLinux, requirePrograms } from '../support/require-programs.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { readText } from './project-file.ts';

interface Step {
  readonly name?: string;
  readonly run?: string;
}

const { jobs } = parse(readText('.github/workflows/release.yml'));
const scriptOf = (job: string, name: string): string =>
  jobs[job].steps.find((step: Step) => step.name?.startsWith(name))?.run ?? assert.fail(`${job}: ${name}`);

/** As the runner of GitHub starts `shell: bash`. */
function runScript(script: string, cwd: string, env: Readonly<Record<string, string>> = {}) {
  const all = { HOME: cwd, PATH: process.env.PATH ?? '', GIT_CONFIG_NOSYSTEM: '1', ...env };
  const args = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script];
  const { status, stdout, stderr } = spawnSync('bash', args, { cwd, env: all, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** A clone with one commit on `main`, and the repository that it came from. */
function createClone(files: Readonly<Record<string, string>>): TemporaryFolder {
  const folder = createTemporaryFolder();
  for (const [name, text] of Object.entries(files)) folder.write(`clone/${name}`, text);
  const made = runScript(
    `git init --quiet --bare origin.git && cd clone && git init --quiet --initial-branch main &&
     git remote add origin ../origin.git && git add . && git config user.name a && git config user.email a@b.example &&
     git commit --quiet --message one && git push --quiet origin main`,
    folder.path,
  );
  assert.equal(made.status, 0, made.stderr);
  return folder;
}

describe('a release', { skip: requireLinux() || requirePrograms('bash', 'git') }, () => {
  describe('starts only', () => {
    const script = scriptOf('package', 'The version is new');

    function start(version: string, changelog: string, options: { ref?: string; before?: string } = {}) {
      using folder = createClone({ 'package.json': JSON.stringify({ version }), 'CHANGELOG.md': changelog });
      const clone = join(folder.path, 'clone');
      assert.equal(runScript(options.before ?? 'true', clone).status, 0);
      const output = folder.write('output', '');
      const { ref = 'refs/heads/main' } = options;
      const ran = runScript(script, clone, { BRANCH: 'main', GITHUB_REF: ref, GITHUB_OUTPUT: output });
      return { ...ran, output: readFileSync(output, 'utf8') };
    }

    it('with a new version that has a date in the changelog', () => {
      const { status, output, stdout } = start('1.2.0', '# Changes\n\n## 1.2.0 (2026-12-01)\n');
      assert.deepEqual([status, output, stdout], [0, 'version=1.2.0\n', '']);
    });

    const dated = '## 1.2.0 (2026-12-01)\n';
    const refused: readonly [string, Parameters<typeof start>, RegExp][] = [
      ['an unreleased one', ['1.2.0', '## 1.2.0 (unreleased)\n'], /no line '## 1\.2\.0 \(YYYY-MM-DD\)'/],
      ['one of which the changelog has the beginning', ['1.2.0', '## 1.2.01 (2026-12-01)\n'], /no line/],
      ['a prerelease', ['1.2.0-rc.1', '## 1.2.0-rc.1 (2026-12-01)\n'], /is not MAJOR\.MINOR\.PATCH/],
      ['one from another branch', ['1.2.0', dated, { ref: 'refs/heads/x' }], /come from main, not from refs\/heads\/x/],
      [
        'one that has a tag',
        ['1.2.0', dated, { before: 'git push --quiet origin HEAD:refs/tags/v1.2.0' }],
        /v1\.2\.0 was released before/,
      ],
    ];
    for (const [what, inputs, message] of refused) {
      it(`not with ${what}`, () => {
        const { status, stdout, output } = start(...inputs);
        assert.deepEqual([status, output], [1, '']);
        assert.match(stdout, /^::error::.+\n$/);
        assert.match(stdout, message);
      });
    }

    it('not if the tags cannot be listed', () => {
      const before = 'git remote set-url origin /nonexistent';
      const { status, output } = start('1.2.0', '## 1.2.0 (2026-12-01)\n', { before });
      assert.deepEqual([status, output], [128, '']);
    });
  });

  it('pins every stage of the Dockerfile to the digest of the base image, or ends', () => {
    using folder = createTemporaryFolder({ Dockerfile: readText('Dockerfile') });
    const script = scriptOf('image', 'Pin the base image');
    const DIGEST = `sha256:${'1'.repeat(64)}`;
    const { status, stderr } = runScript(script, folder.path, { BASE: 'node:24-alpine', DIGEST });
    assert.deepEqual([status, stderr], [0, '']);
    const pinned = readFileSync(join(folder.path, 'Dockerfile'), 'utf8');
    assert.deepEqual(
      [...pinned.matchAll(/^FROM (.+)$/gm)].map(([, from]) => from),
      [`--platform=$BUILDPLATFORM node:24-alpine@${DIGEST} AS build`, `node:24-alpine@${DIGEST}`],
    );
    using other = createTemporaryFolder({ Dockerfile: 'FROM node:24-alpine AS build\nFROM node:24-slim\n' });
    assert.equal(runScript(script, other.path, { BASE: 'node:24-alpine', DIGEST }).status, 1);
  });

  it('names an image in lower case, whatever the owner is called', () => {
    const script = jobs.image.steps.find(({ run = '' }: Step) => run.includes('GITHUB_ENV')).run;
    using folder = createTemporaryFolder({ env: '' });
    const env = { GITHUB_REPOSITORY: 'Your-Org/Kairos-Pull', GITHUB_ENV: join(folder.path, 'env') };
    assert.equal(runScript(script, folder.path, env).status, 0);
    assert.equal(readFileSync(env.GITHUB_ENV, 'utf8'), 'IMAGE=ghcr.io/your-org/kairos-pull\n');
  });

  it('builds an executable only with a Node.js for its target', () => {
    using folder = createTemporaryFolder();
    const script = scriptOf('executable', 'This Node.js');
    const env = { PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` };
    const target = `${process.platform}-${process.arch}`;
    assert.equal(runScript(script, folder.path, { ...env, TARGET: target }).status, 0);
    assert.equal(runScript(script, folder.path, { ...env, TARGET: 'win-x64' }).status, 1);
  });

  it('tags a commit that has the bundles, but nothing compiled for one Node.js', () => {
    using folder = createClone({ '.gitignore': 'dist/\n', 'action.yml': 'name: x\n' });
    folder.write('clone/dist/command/main.cjs', '1;\n');
    folder.write('clone/dist/command/compiled/v24.0.0-linux-x64/main.cjs', 'code');
    folder.write('clone/dist/index.js', '2;\n');
    const clone = join(folder.path, 'clone');
    const { status, stderr } = runScript(scriptOf('release', 'The tag for'), clone, { VERSION: '1.2.0' });
    assert.equal(status, 0, stderr);
    const files = (tag: string) =>
      runScript(`git ls-tree -r --name-only ${tag}`, join(folder.path, 'origin.git')).stdout;
    assert.equal(files('v1.2.0'), '.gitignore\naction.yml\ndist/command/main.cjs\n');
    assert.equal(files('v1'), files('v1.2.0'));
    assert.equal(files('main'), '.gitignore\naction.yml\n');
  });

  it('uses a token for npm only if there is one, and does not write it into a file', () => {
    const script = scriptOf('npm', 'The token of the first release');
    for (const token of ['', 'npm_secret']) {
      using folder = createTemporaryFolder();
      const env = { NODE_AUTH_TOKEN: token, npm_config_registry: 'https://registry.example.com/npm/' };
      const { status, stderr } = runScript(script, folder.path, env);
      assert.equal(status, 0, stderr);
      const file = join(folder.path, '.npmrc');
      assert.equal(existsSync(file), token !== '');
      if (token !== '') {
        // npm inserts the variable when it reads the file.
        assert.match(
          readFileSync(file, 'utf8'),
          /^\/\/registry\.example\.com\/npm\/:_authToken=\$\{NODE_AUTH_TOKEN\}\n$/,
        );
      }
    }
  });
});
