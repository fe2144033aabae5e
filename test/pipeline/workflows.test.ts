// The workflows of GitHub: no problem for actionlint, few permissions, and commands of this project that exist.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { understand, wordsOf } from './command-line.ts';
import { ROOT, readText } from './project-file.ts';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
  readonly uses?: string;
  readonly 'timeout-minutes'?: number;
}

const names = readdirSync(join(ROOT, '.github/workflows')).sort();
const workflows = names.map((file) => ({ file, ...parse(readText(`.github/workflows/${file}`)) }));
const jobs = workflows.flatMap(({ file, jobs }) =>
  Object.entries<Job>(jobs).map(([id, job]) => ({ id: `${file} ${id}`, ...job, steps: job.steps ?? [] })),
);
const [ci, release] = workflows;
const scripts = jobs.flatMap(({ steps }) => steps.map(({ run = '' }) => run)).join('\n');
const stepsOf = (id: string): readonly Step[] => release.jobs[id].steps;

const lint = (...files: string[]) =>
  spawnSync(process.execPath, [join(ROOT, 'scripts/lint-workflows.js'), ...files], { encoding: 'utf8' });

describe('the workflows', () => {
  it('pass actionlint, which finds a mistake where there is one', () => {
    assert.deepEqual(names, ['ci.yml', 'release.yml']);
    const { status, stdout, stderr } = lint();
    assert.equal(stdout + stderr, '');
    assert.equal(status, 0);
    using folder = createTemporaryFolder();
    const runner = 'runs-on: ubuntu-24.04';
    const wrong = readText('.github/workflows/ci.yml').replace(runner, 'runs-on: ubuntu-1.04');
    const failed = lint(folder.write('ci.yml', wrong));
    assert.match(failed.stdout, /ci\.yml:\d+:\d+: label "ubuntu-1\.04" is unknown/);
    assert.equal(failed.status, 1);
  });

  it('give no job a permission that it does not name', () => {
    for (const { permissions } of workflows) assert.deepEqual(permissions, {});
    const writers = jobs.flatMap(({ id, permissions = assert.fail(id) }) => {
      const written = Object.keys(permissions).filter((scope) => permissions[scope] !== 'read');
      return written.length > 0 ? [`${id}: ${written.join(' ')}`] : [];
    });
    assert.deepEqual(writers, [
      'release.yml npm: id-token',
      'release.yml image: packages id-token',
      'release.yml release: contents id-token attestations',
    ]);
  });

  it('keep the token of a checkout only where a tag is pushed', () => {
    const keepers = jobs.filter(({ steps }) =>
      steps.some(({ uses = '', with: inputs }) => /^actions\/checkout@/.test(uses) && inputs === undefined),
    );
    assert.deepEqual(
      keepers.map(({ id }) => id),
      ['release.yml release'],
    );
  });

  it('run every script in bash, which ends at a failure in a pipe, and passes a "--" to npm on Windows too', () => {
    for (const { defaults } of workflows) assert.deepEqual(defaults, { run: { shell: 'bash' } });
    assert.ok(jobs.every((job) => !JSON.stringify(job).includes('"shell"')));
  });

  it('put no expression into a script, where it would be code', () => assert.doesNotMatch(scripts, /\$\{\{/));

  it('end every job within a limit', () => {
    for (const job of jobs) assert.ok(job.uses !== undefined || job['timeout-minutes'] !== undefined, job.id);
  });

  it('use actions at a version that Dependabot updates', () => {
    const used = jobs.flatMap(({ steps, uses = [] }) => [...steps.flatMap(({ uses = [] }) => uses), uses].flat());
    const others = used.filter((action) => !action.startsWith('./'));
    assert.ok(others.length > 15);
    for (const action of others) assert.match(action, /^[\w-]+\/[\w-]+@(?:v\d+(?:\.\d+)*|[0-9a-f]{40})$/);
    const { updates } = parse(readText('.github/dependabot.yml'));
    const kept = updates.map((update: Record<string, string>) => update['package-ecosystem']);
    assert.deepEqual(kept, ['npm', 'github-actions', 'docker']);
    for (const { directory, directories = [directory] } of updates) {
      for (const path of directories) assert.ok(existsSync(join(ROOT, path)), path);
    }
  });

  it('run scripts of package.json, and command lines that parse', () => {
    const { scripts: known } = JSON.parse(readText('package.json'));
    for (const [, name = ''] of scripts.matchAll(/\bnpm run ([\w:-]+)/g)) assert.ok(name in known, name);
    const lines = scripts.replace(/\\\n\s*/g, '').matchAll(/\bkairos-pull(?:\.js)? ((?:check|demo)\b[^\n|)]*)/g);
    const commands = [...lines].map(([, words = '']) => words.replace(/"?\$[\w@$"]+/g, 'node:24-alpine'));
    assert.equal(commands.filter((words) => words.startsWith('check ')).length, 2);
    for (const words of commands) understand(wordsOf(words));
  });

  it('test on three systems every line of Node.js from the oldest promised', () => {
    const { os, node } = ci.jobs.test.strategy.matrix;
    assert.deepEqual(
      os.map((name: string) => name.split('-')[0]),
      ['ubuntu', 'macos', 'windows'],
    );
    const { engines } = JSON.parse(readText('package.json'));
    assert.deepEqual([`>=${node[0]}`, ...node.slice(1)], [engines.node, 22, 24, 26]);
  });
});

describe('a release', () => {
  it('publishes only what passed the tests, and after everything is built', () => {
    for (const id of ['npm', 'image']) assert.deepEqual(release.jobs[id].needs, ['ci', 'package', 'executable']);
    assert.deepEqual(release.jobs.release.needs, ['package', 'npm', 'image']);
  });

  it('gives the npm package its provenance, and the address that this names', () => {
    assert.ok(stepsOf('npm').some(({ run = '' }) => /^npm publish --provenance /.test(run)));
    assert.match(JSON.stringify(stepsOf('package')), /npm pkg set .*repository\.url=/);
    const { repository, homepage, bugs } = JSON.parse(readText('package.json'));
    assert.deepEqual([repository, homepage, bugs], [undefined, undefined, undefined]);
  });

  it('builds the image for two architectures, on a pinned base, with an SBOM and a signature', () => {
    const build = stepsOf('image').find(({ uses = '' }) => uses.startsWith('docker/build-push-action@'));
    const { platforms, sbom, provenance, context } = build?.with ?? {};
    assert.deepEqual([platforms, sbom, provenance], ['linux/amd64,linux/arm64', true, 'mode=max']);
    assert.equal(context, '.', 'the Dockerfile that the step before has pinned, not that of the commit');
    assert.ok(stepsOf('image').some(({ run = '' }) => run.startsWith('cosign sign --yes "$IMAGE@$DIGEST"')));
  });

  it('labels the image, also where the repository has no description', () => {
    const metadata = stepsOf('image').find(({ uses = '' }) => uses.startsWith('docker/metadata-action@'));
    const labels = String(metadata?.with?.labels)
      .replace(/\$\{\{ steps\.base\.outputs\.(\w+) \}\}/g, (_, name) => name.toUpperCase())
      .trim()
      .split('\n');
    const { description } = JSON.parse(readText('package.json'));
    assert.deepEqual(labels, [
      'org.opencontainers.image.title=kairos-pull',
      `org.opencontainers.image.description=${description.split('.')[0]}`,
      'org.opencontainers.image.licenses=MIT',
      'org.opencontainers.image.base.name=docker.io/library/IMAGE',
      'org.opencontainers.image.base.digest=DIGEST',
    ]);
  });

  it('builds executables for six targets, each on its own system, with checksums', () => {
    const { include } = release.jobs.executable.strategy.matrix;
    assert.deepEqual(
      include.map(({ target }: { target: string }) => target),
      ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win-x64', 'win-arm64'],
    );
    assert.ok(stepsOf('release').some(({ run = '' }) => run === 'sha256sum kairos-pull-* > SHA256SUMS'));
  });

  it('tags a commit with the built files, as docs/pipelines.md does', () => {
    const run = stepsOf('release').flatMap(({ run = '' }) => run.split('\n'));
    const shown = /```sh\nnpm ci\n(git checkout --detach\n[^`]*)```/.exec(readText('docs/pipelines.md'))?.[1] ?? '';
    const { version } = JSON.parse(readText('package.json'));
    const commands = shown.trim().replaceAll(`v${version}`, 'v$VERSION').replaceAll("'", '"').split('\n');
    assert.equal(commands.length, 5);
    assert.ok(run.includes('git tag "v$VERSION"'));
    assert.deepEqual(
      commands.filter((command) => !run.includes(command)),
      ['git tag v$VERSION'],
    );
  });
});

describe('the forms for issues', () => {
  for (const name of ['bug_report.yml', 'feature_request.yml']) {
    it(`${name} has a name, a description, and fields with labels of their own`, () => {
      const form = parse(readText(`.github/ISSUE_TEMPLATE/${name}`));
      assert.ok(form.name && form.description && form.labels.length === 1);
      const fields = form.body.filter(({ type }: { type: string }) => type !== 'markdown');
      for (const key of ['id', 'label']) {
        const values = fields.map((field: Record<string, unknown> & { attributes: Record<string, unknown> }) =>
          key === 'id' ? field.id : field.attributes[key],
        );
        assert.ok(values.every((value: unknown) => typeof value === 'string' && value !== ''));
        assert.equal(new Set(values).size, fields.length);
      }
      for (const { type } of fields) assert.ok(['input', 'textarea'].includes(type), type);
    });
  }
});
