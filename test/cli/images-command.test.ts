import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fakeChecker } from './fake-checker.ts';
import { documentOf, runMain } from './run-main.ts';

describe('images', () => {
  let folder = '';
  let list = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kairos-pull-'));
    list = join(folder, 'list.txt');
    await writeFile(list, 'nginx\nghcr.io/org/app:2\nnginx:latest\n');
  });
  after(() => rm(folder, { recursive: true }));

  it('lists each image once, with its locations, without any request', async () => {
    const checker = fakeChecker();
    assert.deepEqual(await runMain(['images', 'redis', '-f', list], { checker }), {
      exitCode: 0,
      stdout: `redis\nnginx              ${list}:1, ${list}:3\nghcr.io/org/app:2  ${list}:2\n`,
      stderr: '3 images.\n',
    });
    assert.deepEqual(checker.options, []);
  });

  it('reads standard input', async () =>
    assert.deepEqual(await runMain(['images', '-f', '-'], { stdin: 'nginx\n' }), {
      exitCode: 0,
      stdout: 'nginx  standard input:1\n',
      stderr: '',
    }));

  it('writes JSON', async () => {
    const { schemaVersion, tool, images } = documentOf(await runMain(['images', '-f', list, '-o', 'json']));
    assert.deepEqual({ schemaVersion, tool }, { schemaVersion: 1, tool: { name: 'kairos-pull', version: '0.1.0' } });
    assert.deepEqual(images[1], {
      input: 'ghcr.io/org/app:2',
      foundAt: [{ source: list, line: 2 }],
      platform: null,
      skip: null,
      reference: {
        registry: 'ghcr.io',
        repository: 'org/app',
        tag: '2',
        digest: null,
        canonical: 'ghcr.io/org/app:2',
      },
      message: null,
    });
  });

  it('writes to a file', async () => {
    const path = join(folder, 'images.json');
    assert.equal((await runMain(['images', 'nginx', '-o', `json=${path}`])).stdout, '');
    assert.equal(
      JSON.parse(await readFile(path, 'utf8')).images[0].reference.canonical,
      'docker.io/library/nginx:latest',
    );
  });

  it('ends with 2 if a text is not a reference, and omits it from the list', async () => {
    const { exitCode, stdout, stderr } = await runMain(['images', '-f', '-'], { stdin: 'nginx\ntwo words\n' });
    assert.deepEqual({ exitCode, stdout }, { exitCode: 2, stdout: 'nginx  standard input:1\n' });
    assert.match(stderr, /^error: standard input:2: two words: \S/);
    const { images } = documentOf(await runMain(['images', '-f', '-', '-o', 'json'], { stdin: 'two words\n' }));
    assert.equal(images[0].reference, null);
    assert.match(images[0].message, /\S/);
  });

  it('reports each location of a text that is not a reference', async () => {
    const { stderr } = await runMain(['images', 'a b', '-f', '-'], { stdin: 'a b\na b\n' });
    assert.match(stderr, /^error: standard input:1, standard input:2: a b: \S/);
    const alone = await runMain(['images', 'a b']);
    assert.match(alone.stderr, /^error: a b: \S/);
  });

  it('ends with 2 if there is nothing to list', async () => {
    assert.deepEqual(await runMain(['images', '-f', '-'], { stdin: '' }), {
      exitCode: 2,
      stdout: '',
      stderr: 'error: no images found in standard input: it has no content.\n',
    });
    assert.deepEqual(await runMain(['images']), {
      exitCode: 2,
      stdout: '',
      stderr:
        'error: nothing to list. Pass a file, for example:\n  kairos-pull images -f images.txt\n' +
        'See kairos-pull images --help.\n',
    });
  });

  it('supports only text and json', async () => {
    const { exitCode, stderr } = await runMain(['images', 'nginx', '-o', 'ndjson']);
    assert.equal(exitCode, 2);
    assert.match(stderr, /^error: --output: "ndjson" is unknown\. Use one of: text, json\./);
  });

  it('ignores the settings of check', async () =>
    assert.equal((await runMain(['images', 'nginx'], { env: { KAIROS_PULL_TIMEOUT: 'nonsense' } })).exitCode, 0));

  it('writes no control characters to the terminal', async () => {
    const { stdout, stderr } = await runMain(['images', '-f', '-'], { stdin: 'a\u001b[31mb\n' });
    assert.doesNotMatch(stdout + stderr, /\u001b/);
  });

  const pods = [
    'apiVersion: v1',
    'kind: Pod',
    'metadata: { name: web }',
    'spec:',
    '  nodeSelector: { kubernetes.io/arch: arm64 }',
    '  containers:',
    '  - { name: a, image: nginx:1 }',
    '  - { name: b, image: $TAG }',
    '---',
    'a: [',
    '',
  ].join('\n');

  it('shows skipped images with the reason, required platforms, and unreadable files', async () => {
    const finished = await runMain(['images', '-f', '-'], { stdin: pods });
    assert.deepEqual(finished, {
      exitCode: 2,
      stdout:
        'nginx:1  standard input:7 Pod/web/a; for linux/arm64\n' +
        '$TAG     standard input:8 Pod/web/b; skipped (unresolved variable): $TAG is not resolved.\n',
      stderr:
        'error: standard input:10: Not valid YAML: this "[" is never closed (column 4).\n2 images, 1 of them skipped.\n',
    });
    const { images, problems } = documentOf(await runMain(['images', '-f', '-', '-o', 'json'], { stdin: pods }));
    assert.deepEqual([problems.length, problems[0].source, problems[0].line], [1, '-', 10]);
    assert.deepEqual(
      images.map(({ platform, skip, reference }: Record<string, unknown>) => [platform, skip, reference === null]),
      [
        ['linux/arm64', null, false],
        [null, { reason: 'unresolved-variable', message: '$TAG is not resolved.' }, true],
      ],
    );
  });

  it('applies the search rules of the config file, as check does', async () => {
    const project = await mkdtemp(join(folder, 'project-'));
    await writeFile(join(project, 'kairos-pull.yaml'), 'search:\n- kind: App\n  path: spec.runs\n');
    const stdin = 'apiVersion: example.com/v1\nkind: App\nspec: { runs: web }\n';
    const listed = { exitCode: 0, stdout: 'web  standard input:3 App/spec.runs\n', stderr: '' };
    assert.deepEqual(await runMain(['images', '-f', '-'], { cwd: project, stdin }), listed);
    const checker = fakeChecker();
    assert.equal((await runMain(['check', '-f', '-'], { cwd: project, stdin, checker })).exitCode, 0);
    assert.deepEqual(checker.checked, ['web']);
  });

  it('reads the files in the given format', async () => {
    const workflow = 'jobs: { a: { container: node:22 } }\n';
    const { stdout } = await runMain(['images', '-f', '-', '--format', 'github-workflow'], { stdin: workflow });
    assert.equal(stdout, 'node:22  standard input:1 jobs.a.container\n');
    const { exitCode, stderr } = await runMain(['images', '-f', '-', '--format', 'kubernets'], { stdin: '' });
    assert.equal(exitCode, 2);
    assert.match(
      stderr,
      /^error: --format: "kubernets" is unknown\. Did you mean kubernetes\? Use one of: list, .*\.\n/,
    );
  });

  it('estimates the cost of a check', async () => {
    const images = ['images', 'nginx', 'redis', 'registry.k8s.io/pause:3.9', 'ghcr.io/org/app'];
    const { stdout } = await runMain([...images, '--cost']);
    assert.equal(
      stdout,
      'nginx\nredis\nregistry.k8s.io/pause:3.9\nghcr.io/org/app\n\nA check would cost:\n' +
        'docker.io        2 images  up to 6 requests  0 pulls\n' +
        'registry.k8s.io  1 image   1 request         0 pulls\n' +
        'ghcr.io          1 image   up to 3 requests  0 pulls\n',
    );
    const { cost } = documentOf(await runMain([...images, '--cost', '--platform', 'linux/arm64', '-o', 'json']));
    assert.deepEqual(cost[0], {
      registry: 'docker.io',
      images: 2,
      requests: { least: 2, most: 8 },
      pulls: { least: 2, most: 4 },
    });
  });
});
