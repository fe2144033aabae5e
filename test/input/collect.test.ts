import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { SourceProblem, Target } from '../../src/core/target.ts';
import { UsageError } from '../../src/core/usage-error.ts';
import { collect, type Sources } from '../../src/input/collect.ts';
import { requirePosix } from '../support/require-programs.ts';
import { allOf } from './all-of.ts';

const { signal } = new AbortController();

const noStdin = (): never => assert.fail('standard input was read');

const collectFrom = (sources: Partial<Sources>) =>
  collect({
    images: [],
    files: [],
    stdin: noStdin,
    signal,
    nowMs: 0,
    env: {},
    buildArgs: {},
    profiles: [],
    ...sources,
  });

describe('collect', () => {
  let folder = '';
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kairos-pull-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('collects images of the command line, without locations', async () => {
    const { known, coming } = await collectFrom({ images: ['nginx', 'redis:7'] });
    assert.deepEqual(known, [
      { text: 'nginx', foundAt: [] },
      { text: 'redis:7', foundAt: [] },
    ]);
    assert.equal(coming, undefined);
  });

  it('collects each image once, in order of first appearance, as first written, with every location', async () => {
    const a = await file('a.txt', 'redis:7\nnginx:latest\n');
    const b = await file('b.txt', 'docker.io/library/redis:7\napp.example.com/x:1\nredis:7\n');
    const { known } = await collectFrom({ images: ['nginx', 'library/nginx'], files: [a, b] });
    assert.deepEqual(known, [
      { text: 'nginx', foundAt: [{ source: a, line: 2 }] },
      {
        text: 'redis:7',
        foundAt: [
          { source: a, line: 1 },
          { source: b, line: 1 },
          { source: b, line: 3 },
        ],
      },
      { text: 'app.example.com/x:1', foundAt: [{ source: b, line: 2 }] },
    ]);
  });

  it('keeps text that is not a reference, once', async () => {
    const { known } = await collectFrom({ images: ['UPPER', 'UPPER', 'two words'] });
    assert.deepEqual(
      known.map(({ text }) => text),
      ['UPPER', 'two words'],
    );
  });

  it('distinguishes similar images', async () => {
    const { known } = await collectFrom({ images: ['nginx:1', 'nginx:1.0', `nginx@sha256:${'0'.repeat(64)}`] });
    assert.equal(known.length, 3);
  });

  it('reads a file that is given twice once', async () => {
    const a = await file('twice.txt', 'nginx\n');
    const { known } = await collectFrom({ files: [a, a] });
    assert.deepEqual(known, [{ text: 'nginx', foundAt: [{ source: a, line: 1 }] }]);
  });

  it('rejects a file that does not exist', async () => {
    const nowhere = join(folder, 'nowhere.txt');
    await assert.rejects(
      collectFrom({ files: [nowhere] }),
      Object.assign(new UsageError(`cannot read ${nowhere}: no such file or directory.`), { refersToHelp: false }),
    );
  });

  it('yields images of standard input while it is open', async () => {
    let ended = false;
    async function* stdin() {
      yield 'nginx\nnginx:latest\nredis\n';
      yield 'redis\nbusybox\n';
      ended = true;
    }
    const { known, coming } = await collectFrom({ images: ['nginx'], files: ['-'], stdin });
    assert.deepEqual(known, [{ text: 'nginx', foundAt: [] }]);
    const seen: [Target, boolean][] = [];
    for await (const target of coming ?? []) seen.push([target, ended]);
    assert.deepEqual(
      seen.map(([{ text }, late]) => [text, late]),
      [
        ['redis', false],
        ['busybox', false],
      ],
    );
    assert.deepEqual(known[0]?.foundAt, [
      { source: '-', line: 1 },
      { source: '-', line: 2 },
    ]);
    assert.deepEqual(seen[0]?.[0].foundAt, [
      { source: '-', line: 3 },
      { source: '-', line: 4 },
    ]);
  });

  it('recognizes files by name and content, and reads others as lists', async () => {
    const pod =
      'apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { containers: [{ name: c, image: nginx:1 }] }\n';
    const [manifest, list, values] = await Promise.all([
      file('pod', pod),
      file('images', '# ours\nredis:7\n'),
      file('values.yaml', 'image: busybox:1\n'),
    ]);
    const { known, problems } = await collectFrom({ files: [manifest, list, values] });
    assert.deepEqual(known, [
      { text: 'nginx:1', foundAt: [{ source: manifest, line: 4, path: 'Pod/p/c' }] },
      { text: 'redis:7', foundAt: [{ source: list, line: 2 }] },
      { text: 'busybox:1', foundAt: [{ source: values, line: 1, path: 'image' }] },
    ]);
    assert.deepEqual(problems, []);
  });

  it('reads a file in the given format', async () => {
    const path = await file('said.yaml', 'nginx\nredis\n');
    const { known } = await collectFrom({ files: [path], format: 'list' });
    assert.deepEqual(
      known.map(({ text }) => text),
      ['nginx', 'redis'],
    );
    const workflow = await file('said', 'jobs: { a: { container: node } }\n');
    const collected = await collectFrom({ files: [workflow], format: 'github-workflow' });
    assert.deepEqual(collected.known, [
      { text: 'node', foundAt: [{ source: workflow, line: 1, path: 'jobs.a.container' }] },
    ]);
  });

  it('reads the files of a directory that it recognizes, each once, and skips the others', async () => {
    const deploy = join(folder, 'deploy');
    await mkdir(join(deploy, 'sub'), { recursive: true });
    const pod = (image: string) => `apiVersion: v1\nkind: Pod\nspec: { containers: [{ name: c, image: ${image} }] }\n`;
    await file('deploy/b.yaml', pod('b'));
    await file('deploy/sub/a.yml', pod('a'));
    await file('deploy/.gitlab-ci.yml', 'image: ci\n');
    await file('deploy/README.md', pod('readme'));
    await file('deploy/values.yaml', 'image: values\n');
    await file('deploy/images.txt', 'list\n');
    await file('deploy/picture.yaml', 'apiVersion: v1\nkind: \0\n');
    const { known, problems } = await collectFrom({ files: [deploy, join(deploy, 'b.yaml'), `${deploy}/sub/`] });
    assert.deepEqual(
      known.map(({ text, foundAt }) => [text, foundAt.map(({ source }) => source)]),
      [
        ['ci', [join(deploy, '.gitlab-ci.yml')]],
        ['b', [join(deploy, 'b.yaml')]],
        ['a', [join(deploy, 'sub', 'a.yml')]],
      ],
    );
    assert.deepEqual(problems, [{ source: join(deploy, 'picture.yaml'), message: 'Not UTF-8 text.' }]);
    const some = await collectFrom({ files: [deploy], format: 'gitlab-ci' });
    assert.deepEqual(
      some.known.map(({ text }) => text),
      ['ci'],
    );
    const every = await collectFrom({ files: [deploy], format: 'yaml' });
    assert.deepEqual(
      every.known.map(({ text }) => text),
      ['ci', 'b', 'a', 'values'],
    );
  });

  const inDirectory = async (files: Readonly<Record<string, string>>, ...named: string[]) => {
    const root = await mkdtemp(join(folder, 'project-'));
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), text);
    }
    const paths = named.length === 0 ? [root] : named.map((name) => join(root, name));
    const { known, problems } = await collectFrom({ files: paths });
    const short = (path: string) => relative(root, path);
    return [
      ...known.map(
        ({ text, skip, foundAt }) =>
          `${text}${skip === undefined ? '' : ` (${skip.reason})`} | ${foundAt.map(({ source, line }) => `${short(source)}:${line}`).join(' ')}`,
      ),
      ...problems.map(
        ({ source, line, message }) =>
          `${short(source)}${line === undefined ? '' : `:${line}`}! ${message.replaceAll(`${root}/`, '')}`,
      ),
    ];
  };

  it('skips placeholders in files of any kind, and reports a template once', async () => {
    const placeholders = ['@TAG@', '%TAG%', '{TAG}', '[[TAG]]', '{{tag}}', '__TAG__', '((tag))'];
    const services = placeholders.map((text, index) => `  s${index}: {image: "web:${text}"}\n`).join('');
    const containers = placeholders.map((text) => `  - image: "web:${text}"\n`).join('');
    assert.deepEqual(
      await inDirectory({
        'a.yaml': `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n${containers}`,
        'compose.yaml': `services:\n${services}`,
      }),
      placeholders.map(
        // Text before an @ may be a login.
        (text, index) => `web:${text} (unresolved-variable) | a.yaml:${index + 5} compose.yaml:${index + 2}`,
      ),
    );
    for (const text of ['@TAG@', '%TAG%', '{TAG}', '[[TAG]]', '{{version}}', '{{ .Version }}']) {
      assert.deepEqual(await inDirectory({ Dockerfile: `FROM web:${text} AS a\nRUN x\n` }), [
        `web:${text.replaceAll(' ', '')} (unresolved-variable) | Dockerfile:1`,
      ]);
    }
    assert.deepEqual(
      await inDirectory({
        Dockerfile: '{{ if .x }}\nENV A=1\n{{ end }}\nFROM web:{{ .V }}\n{{ range .y }}\nRUN y\n{{ end }}\n',
      }),
      ['Dockerfile (unresolved-variable) | Dockerfile:1', 'web:{{.V}} (unresolved-variable) | Dockerfile:4'],
    );
    // Not a template: the action is an argument of a program.
    assert.deepEqual(await inDirectory({ Dockerfile: "FROM web:1\nRUN docker ps --format '{{.Names}}'\nNOPE x\n" }), [
      'web:1 | Dockerfile:1',
      'Dockerfile:3! "NOPE" is not an instruction.',
    ]);
    assert.deepEqual(await inDirectory({ '.gitlab-ci.yml': 'a:\n  image: web:1\n{{ if .x }}\n  script: [x]\n' }), [
      '.gitlab-ci.yml (unresolved-variable) | .gitlab-ci.yml:3',
    ]);
  });

  describe('Compose files of one project', () => {
    const compose = 'services:\n  web: {image: shop/web:1}\n  api: {image: shop/api:1}\n';
    const override = 'services:\n  web: {image: shop/web:dev}\n  api: {build: .}\n';

    it('merges the override of a directory, as Compose does', async () => {
      const merged = ['shop/web:dev | compose.override.yaml:2', 'shop/api:1 (local-build) | compose.yaml:3'];
      const files = { 'compose.yaml': compose, 'compose.override.yaml': override };
      assert.deepEqual(await inDirectory(files), merged);
      assert.deepEqual(await inDirectory(files, 'compose.yaml', 'compose.override.yaml'), merged);
      // As with docker compose -f.
      assert.deepEqual(await inDirectory(files, 'compose.yaml'), [
        'shop/web:1 | compose.yaml:2',
        'shop/api:1 | compose.yaml:3',
      ]);
      assert.deepEqual(await inDirectory(files, 'compose.override.yaml'), [
        'shop/web:dev | compose.override.yaml:2',
        'api (local-build) | compose.override.yaml:3',
      ]);
    });

    it('reads the JSON of docker compose config as Compose', async () => {
      const services = {
        api: { build: { context: '.' }, image: 'shop/api:1' },
        db: { image: 'shop/db:1', pull_policy: 'never' },
        test: { image: 'shop/test:1', profiles: ['test'] },
        web: { image: 'shop/web:1', platform: 'linux/arm64' },
      };
      const text = JSON.stringify({ name: 'shop', networks: { default: { name: 'shop' } }, services }, null, 2);
      assert.deepEqual(await inDirectory({ 'project.json': text }), [
        'shop/api:1 (local-build) | project.json:13',
        'shop/db:1 (ignored) | project.json:16',
        'shop/web:1 | project.json:26',
      ]);
    });

    it('merges an override over the first default file only', async () =>
      assert.deepEqual(
        await inDirectory({
          'compose.yml': compose,
          'docker-compose.override.yml': 'services: {web: {image: shop/web:dev}}\n',
          'docker-compose.yml': 'services:\n  old: {image: shop/old:1}\n',
        }),
        [
          'shop/web:dev | docker-compose.override.yml:1',
          'shop/api:1 | compose.yml:3',
          'shop/old:1 | docker-compose.yml:2',
        ],
      ));

    it('reads a part over the file that it changes', async () => {
      const files = {
        'docker-compose.yml': compose,
        'docker-compose.prod.yml':
          'services:\n  web: {restart: always, depends_on: [api]}\n  log: {image: shop/log:1}\n',
      };
      assert.deepEqual(await inDirectory(files), [
        'shop/web:1 | docker-compose.yml:2',
        'shop/api:1 | docker-compose.yml:3',
        'shop/log:1 | docker-compose.prod.yml:3',
      ]);
      const [, problem] = await inDirectory(files, 'docker-compose.prod.yml');
      assert.equal(problem, 'docker-compose.prod.yml:2! services.web has neither an image nor a build.');
    });

    it('lists a place once, and an error once', async () => {
      assert.deepEqual(
        await inDirectory({
          'a.compose.yaml':
            'include: [b.compose.yaml]\nservices:\n  a: {extends: {file: c.compose.yaml, service: c}}\n',
          'b.compose.yaml': 'services:\n  b: {image: shop/b:1}\n  bad: {image: 1}\n',
          'c.compose.yaml': 'services:\n  c: {image: shop/c:1}\n',
        }),
        [
          'shop/b:1 | b.compose.yaml:2',
          'shop/c:1 | c.compose.yaml:2',
          'a.compose.yaml! b.compose.yaml:3: services.bad.image is 1, which is not a string in YAML; quote it.',
        ],
      );
    });
  });

  it('reads a file that is named as named, before or after its directory', async () => {
    const named = join(folder, 'named');
    await mkdir(join(named, 'sub'), { recursive: true });
    const pod = 'apiVersion: v1\nkind: Pod\nspec: { containers: [{ name: c, image: pod }] }\n';
    await file('named/a.yaml', pod);
    const list = await file('named/list.txt', 'listed\n');
    const other = await file('named/sub/other.yaml', 'image: other\n');
    const broken = await file('named/broken.yaml', 'a: b: c\n');
    const template = await file('named/Jenkinsfile', "pipeline { agent { docker { image 'node:22' } } }\n");
    const problemAt = (source: string) => (problem: { source: string }) => problem.source === source;
    for (const files of [
      [named, list, `${named}/sub/../sub/other.yaml`, broken, template],
      [list, other, broken, template, named],
      [list, named, other, `${named}/sub`, broken, template],
    ]) {
      const { known, problems } = await collectFrom({ files });
      assert.deepEqual(known.map(({ text }) => text).sort(), ['listed', 'other', 'pod'], files.join(' '));
      assert.match(problems.find(problemAt(broken))?.message ?? '', /^Not valid YAML/);
      assert.match(problems.find(problemAt(template))?.message ?? '', /name their images/);
      assert.equal(problems.length, 2);
    }
    const alone = await collectFrom({ files: [named] });
    assert.deepEqual(
      alone.known.map(({ text, skip }) => [text, skip?.cause]),
      [
        ['Jenkinsfile', 'not-rendered'],
        ['pod', undefined],
      ],
    );
  });

  it('a broken file of unknown format in a directory is a problem if it has an image, otherwise only a note', async () => {
    const unknown = join(folder, 'unknown');
    await mkdir(unknown);
    await file('unknown/data.yaml', 'a: b: c\n');
    await file('unknown/one.yaml', 'web:\n  image: shop/web:1.4\n   tag: x\n');
    await file('unknown/two.yml', 'list:\n  - image: "shop/web:1.4\n');
    await file('unknown/three.json', '{ "web": {\n  "image": "shop/web:1.4",,\n} }\n');
    await file('unknown/link.json', '{ "image": "https://example.com/a.png",,\n}\n');
    await file('unknown/fine.yaml', 'web:\n  image: shop/web:1.4\n');
    await file('unknown/template.yaml', 'web:\n  image: {{ .Values.image }}\n  {{- end }}\n');
    await file('unknown/comments.json', '{ // of tsc\n  "image": "shop/web:1.4",\n}\n');
    const skipped: SourceProblem[] = [];
    const { known, problems } = await collectFrom({ files: [unknown], onSkipped: (problem) => skipped.push(problem) });
    assert.deepEqual(known, []);
    const places = (found: readonly SourceProblem[]) =>
      found.map(({ source, line, message }) => `${basename(source)}:${line} ${message.split(':')[0]}`);
    assert.deepEqual(places(problems), [
      'one.yaml:3 Not valid YAML',
      'three.json:2 Not valid JSON',
      'two.yml:2 Not valid YAML',
    ]);
    assert.deepEqual(places(skipped), ['data.yaml:1 Not valid YAML', 'link.json:1 Not valid JSON']);
    assert.deepEqual((await collectFrom({ files: [unknown] })).problems, problems);
  });

  it('reads a file of a directory whatever precedes the kind, and leaves the files of other programs alone', async () => {
    const mixed = join(folder, 'mixed');
    await mkdir(join(mixed, 'config'), { recursive: true });
    const pod = (image: string) => `apiVersion: v1\nkind: Pod\nspec: { containers: [{ name: c, image: ${image} }] }\n`;
    const data = '    x: y\n'.repeat(3000);
    await file('mixed/a.yaml', `apiVersion: v1\ndata:\n  a: |\n${data}kind: ConfigMap\n---\n${pod('a')}`);
    await file('mixed/b.yaml', `${'# x\n'.repeat(3000)}${pod('b')}`);
    await file('mixed/Kustomization', 'images: [{ name: c, newTag: "1" }]\n');
    await file('mixed/config/services.yaml', 'services:\n  App\\Mailer:\n    arguments: ["%mailer%"]\n');
    await file('mixed/dockerfile.go', 'package dockerfile\n');
    await file('mixed/Modelfile', 'FROM llama3.2\nPARAMETER temperature 1\n');
    await file('mixed/.travis.yml', 'language: php\nservices: [docker, redis-server]\nscript: make\n');
    await file('mixed/bitbucket-pipelines.yml', 'image: n:1\npipelines: { default: [{ step: { script: [x] } }] }\n');
    const { known, problems } = await collectFrom({ files: [mixed] });
    assert.deepEqual(problems, []);
    assert.deepEqual(known.map(({ text }) => text).sort(), ['a', 'b', 'c:1', 'n:1']);
    const named = await collectFrom({ files: [join(mixed, 'bitbucket-pipelines.yml'), join(mixed, '.travis.yml')] });
    assert.deepEqual(
      named.known.map(({ text }) => text),
      ['n:1'],
    );
  });

  it('reports what it cannot read, and continues', async () => {
    const broken = await file('broken.yaml', 'apiVersion: v1\nkind: Pod\n---\na: [\n');
    const binary = await file('binary', 'a\0b\n');
    const images = await file('good.txt', 'nginx\n');
    const { known, problems } = await collectFrom({ files: [broken, binary, images] });
    assert.deepEqual(
      known.map(({ text }) => text),
      ['nginx'],
    );
    assert.deepEqual(problems, [
      {
        source: broken,
        line: 4,
        message: 'Not valid YAML: this "[" is never closed (column 4).',
      },
      { source: binary, message: 'Not UTF-8 text.' },
    ]);
  });

  it('reports why a linked file cannot be used', { skip: requirePosix() }, async () => {
    const place = join(folder, 'referred');
    await mkdir(join(place, 'folder'), { recursive: true });
    execFileSync('mkfifo', [join(place, 'pipe')]);
    await writeFile(join(place, 'binary'), 'a\0b');
    await writeFile(join(place, 'large'), '');
    await truncate(join(place, 'large'), 33 * 1024 * 1024);
    const include = ['folder', 'pipe', '/dev/zero', 'binary', 'large', 'nowhere'];
    const path = await file('referred/compose.yaml', `include: [${include}]\nservices: {}\n`);
    const { problems } = await collectFrom({ files: [path] });
    assert.deepEqual(
      problems.map(({ message }) => message),
      [
        'folder cannot be read: it is a directory.',
        'pipe cannot be read: it is a pipe.',
        '/dev/zero cannot be read: it is a device.',
        'binary cannot be read: it is not text.',
        'large cannot be read: it is larger than 32 MiB.',
        'nowhere cannot be read.',
      ],
    );
  });

  it('reports that a .env file cannot be read, and continues', { skip: requirePosix() }, async () => {
    const place = join(folder, 'variables');
    await mkdir(join(place, '.env'), { recursive: true });
    const path = await file('variables/compose.yaml', 'services:\n  a:\n    image: r.example/a:1\n');
    const { known, problems } = await collectFrom({ files: [path] });
    assert.equal(known.length, 1);
    const message = `${join(place, '.env')}: Cannot be read: it is a directory.`;
    assert.deepEqual(problems, [{ source: path, message }]);
  });

  it('skips what the file says cannot be pulled, and uses the platform of the file', async () => {
    const path = await file(
      'pods.yaml',
      'apiVersion: v1\nkind: Pod\nspec: { nodeSelector: { kubernetes.io/arch: arm64 }, containers: [{ image: a }, { image: $A }] }\n',
    );
    const { known } = await collectFrom({ files: [path] });
    assert.deepEqual(known, [
      { text: 'a', foundAt: [{ source: path, line: 3, path: 'Pod/containers[0]' }], platform: 'linux/arm64' },
      {
        text: '$A',
        foundAt: [{ source: path, line: 3, path: 'Pod/containers[1]' }],
        skip: { reason: 'unresolved-variable', message: '$A is not resolved.' },
      },
    ]);
  });

  it('reports and drops an invalid platform', async () => {
    const path = await file(
      'platform.yaml',
      'apiVersion: v1\nkind: Pod\nspec: { nodeSelector: { kubernetes.io/arch: a/b/c }, containers: [{ image: a }] }\n',
    );
    const { known, problems } = await collectFrom({ files: [path] });
    assert.deepEqual(known, [{ text: 'a', foundAt: [{ source: path, line: 3, path: 'Pod/containers[0]' }] }]);
    assert.match(problems[0]?.message ?? '', /^"linux\/a\/b\/c" is not a platform/);
  });

  it('reads a document from standard input to its end', async () => {
    async function* stdin() {
      yield '# Source: x\napiVersion: v1\n';
      yield 'kind: Pod\nspec: { containers: [{ name: c, image: nginx }] }\n---\na: [\n';
    }
    const { coming, problems } = await collectFrom({ files: ['-'], stdin });
    assert.deepEqual(problems, []);
    assert.deepEqual(await allOf(coming ?? assert.fail()), [
      { text: 'nginx', foundAt: [{ source: '-', line: 4, path: 'Pod/c' }] },
    ]);
    assert.deepEqual(
      problems.map(({ source, line }) => [source, line]),
      [['-', 6]],
    );
  });

  it('rejects a document over the size limit, without reading further', async () => {
    let taken = 0;
    async function* stdin() {
      yield 'apiVersion: v1\nkind: Pod\n';
      for (;;) {
        taken += 1;
        yield Buffer.alloc(1024 * 1024, '#');
      }
    }
    const { coming, problems } = await collectFrom({ files: ['-'], stdin });
    assert.deepEqual(await allOf(coming ?? assert.fail()), []);
    assert.deepEqual(problems, [{ source: '-', message: 'Larger than 32 MiB; split it.' }]);
    assert.equal(taken, 32);
  });

  it('never reads ahead of its consumer, and keeps little of a long list', async () => {
    let taken = 0;
    async function* stdin() {
      for (; taken < 100_000; taken += 1) yield `registry.example.com/app:${taken % 10}\n`;
    }
    const { coming } = await collectFrom({ files: ['-'], stdin });
    const seen: Target[] = [];
    for await (const target of coming ?? []) {
      seen.push(target);
      assert.equal(taken, seen.length - 1);
    }
    assert.equal(taken, 100_000);
    assert.equal(seen.length, 10);
    assert.ok(seen.every(({ foundAt }) => foundAt.length === 1000));
  });
});
