// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { composeExtractor, extractCompose } from '../../src/input/compose.ts';
import type { Extraction, ExtractOptions, Found } from '../../src/input/extractor.ts';
import { readFrom } from './linked-files.ts';

type Files = Readonly<Record<string, string>>;
interface Given {
  readonly files?: Files;
  readonly env?: Files;
  readonly buildArgs?: Files;
  readonly profiles?: readonly string[];
}

const optionsOf = ({ files = {}, env = {}, buildArgs = {}, profiles = [] }: Given): ExtractOptions => ({
  env,
  buildArgs,
  profiles,
  readFile: readFrom(files),
});

const extract = (text: string, given: Given = {}): Promise<Extraction> =>
  composeExtractor.extract(text, 'proj/compose.yaml', optionsOf(given));

/** `3 services.a.image nginx`, `proj/b.yaml:3 … (linux/arm64)`, `3 … nginx:$V ? unresolved-variable: why`. */
const describeImage = ({ text, line, path, platform, skip, source }: Found): string =>
  `${source === undefined ? '' : `${source}:`}${line} ${path} ${text}${platform === undefined ? '' : ` (${platform})`}` +
  (skip === undefined ? '' : ` ? ${skip.reason}: ${skip.message}`);

const imagesOf = async (text: string, given?: Given): Promise<string[]> => {
  const { found, problems } = await extract(text, given);
  assert.deepEqual(problems, []);
  return found.map(describeImage);
};

const problemsOf = async (text: string, given?: Given): Promise<string[]> =>
  (await extract(text, given)).problems.map(({ line, message }) => `${line ?? ''} ${message}`.trim());

const service = (...lines: string[]): string => `services:\n  a:\n${lines.map((line) => `    ${line}\n`).join('')}`;

const checkImages = (
  cases: readonly (readonly [what: string, text: string, images: readonly string[], given?: Given])[],
) => {
  for (const [what, text, images, given] of cases) {
    it(what, async () => assert.deepEqual(await imagesOf(text, given), images));
  }
};

const checkProblems = (
  cases: readonly (readonly [what: string, text: string, problems: readonly string[], given?: Given])[],
) => {
  for (const [what, text, problems, given] of cases) {
    it(what, async () => assert.deepEqual(await problemsOf(text, given), problems));
  }
};

describe('composeExtractor', () => {
  it('gives the location and the platform of each image', async () => {
    const text =
      'services:\n  web:\n    image: nginx:${TAG}\n    platform: linux/arm64/v8\n  db: {image: "postgres:$V"}\n';
    assert.deepEqual(await extract(text, { env: { TAG: '1' } }), {
      found: [
        { text: 'nginx:1', line: 3, path: 'services.web.image', platform: 'linux/arm64' },
        {
          text: 'postgres:$V',
          line: 5,
          path: 'services.db.image',
          skip: { reason: 'unresolved-variable', message: 'V has no value in the environment or in .env.' },
        },
      ],
      problems: [],
    });
  });

  describe('variables', () => {
    const none = (names: string) =>
      `unresolved-variable: ${names} ${names.includes(' ') ? 'have' : 'has'} no value in the environment or in .env.`;
    checkImages([
      ['are inserted', service('image: "nginx:${V}"'), ['3 services.a.image nginx:1'], { env: { V: '1' } }],
      [
        'with a doubled dollar are literal',
        service('image: "nginx:$$V"'),
        ['3 services.a.image nginx:$V'],
        { env: { V: '1' } },
      ],
      [
        'end with their name',
        service('image: "nginx:$V_2"'),
        [`3 services.a.image nginx:$V_2 ? ${none('V_2')}`],
        { env: { V: '1' } },
      ],
      ['end at the first brace', service('image: "nginx:${V:-a}b}"'), ['3 services.a.image nginx:ab}']],
      ['are nested', service('image: "nginx:${A:-${B:-c}}"'), ['3 services.a.image nginx:c']],
      ['do not start with a digit', service('image: "nginx:$1"'), ['3 services.a.image nginx:$1']],
      ['may be empty by their own default', service('image: "nginx${V:-}"'), ['3 services.a.image nginx']],
      [
        'may be empty by the environment',
        service('image: "nginx$V"'),
        ['3 services.a.image nginx'],
        { env: { V: '' } },
      ],
      ['are named when missing', service('image: "$R/x:${V}"'), [`3 services.a.image $R/x:\${V} ? ${none('R and V')}`]],
      ['of the whole image', service('image: $I'), [`3 services.a.image $I ? ${none('I')}`]],
      [
        'of other fields do not matter',
        service('image: nginx', 'environment: ["A=${B:?needed}"]', 'command: ${C'),
        ['3 services.a.image nginx'],
      ],
      ['of the platform leave it undetermined', service('image: nginx', 'platform: $P'), ['3 services.a.image nginx']],
    ]);
    checkProblems([
      [
        'that are required',
        service('image: nginx:${V:?x}'),
        ['3 services.a.image: required variable V is not set: x.'],
      ],
      [
        'that are required even in a service that is not started',
        'services:\n  a:\n    image: nginx:${V:?x}\n    profiles: [dev]\n  b:\n    image: redis\n',
        ['3 services.a.image: required variable V is not set: x.'],
      ],
      [
        'that are invalid',
        service('image: nginx:${V/a/b}'),
        ['3 services.a.image: ${V/a/b} is not a variable; write a literal dollar as $$.'],
      ],
    ]);
  });

  describe('.env', () => {
    const text = service('image: "nginx:${V:-none}"');
    const image = (tag: string) => [`3 services.a.image nginx:${tag}`];
    checkImages([
      ['in the same directory is read', text, image('1'), { files: { '.env': 'V=1' } }],
      ['comes after the environment', text, image('2'), { files: { '.env': 'V=1' }, env: { V: '2' } }],
      ['quotes keep variables', text, image('${X}'), { files: { '.env': "X=2\nV='${X}'" } }],
      ['a # without a blank does not start a comment', text, image('1#c'), { files: { '.env': 'V=1#c' } }],
      ['uses only variables defined before', text, image('none'), { files: { '.env': 'V=$X\nX=2' } }],
      [
        'passes on its missing variables',
        service('image: "nginx:$V"'),
        ['3 services.a.image nginx:$V ? unresolved-variable: X has no value in the environment or in .env.'],
        { files: { '.env': 'V=1$X' } },
      ],
    ]);
    checkProblems([
      [
        'with an error is read up to it',
        text,
        ['proj/.env:2: A name contains whitespace.'],
        { files: { '.env': 'A=1\nB C' } },
      ],
    ]);
  });

  describe('YAML', () => {
    checkImages([
      ['yes is a string', service('image: yes'), ['3 services.a.image yes']],
      [
        'anchors and merge keys',
        'x: &x\n  image: nginx\n  platform: linux/amd64\nservices:\n  a:\n    <<: *x\n  b:\n    <<: *x\n    image: redis\n',
        ['2 services.a.image nginx (linux/amd64)', '9 services.b.image redis (linux/amd64)'],
      ],
      [
        'several documents',
        'services:\n  a:\n    image: nginx\n---\nservices:\n  b:\n    image: redis\n---\n',
        ['3 services.a.image nginx', '7 services.b.image redis'],
      ],
      ['JSON', '{"services": {"a": {"image": "nginx"}}}', ['1 services.a.image nginx']],
    ]);
    checkProblems([
      [
        '1.10 is a number',
        service('image: 1.10'),
        ['3 services.a.image is 1.10, which is not a string in YAML; quote it.'],
      ],
      [
        'true is a boolean',
        service('image: true'),
        ['3 services.a.image is true, which is not a string in YAML; quote it.'],
      ],
      ['a mapping is not an image', service('image: {name: x}'), ['3 services.a.image is not a string.']],
      ['duplicate keys', service('image: nginx', 'image: redis'), ['4 Duplicate key "image".']],
      ['a list of services', 'services: [a]', ['1 services is not a mapping of names to services.']],
      ['a service that is a string', 'services:\n  a: nginx\n', ['2 services.a is not a mapping.']],
      ['a list', '- a', ['1 A Compose file must be a mapping.']],
      ['a broken file', 'services:\n  a: {image: nginx\n', ['2 Not valid YAML: this "{" is never closed (column 6).']],
    ]);
    it('keeps images found in a file with errors', async () => {
      const { found, problems } = await extract(
        'services:\n  a:\n    image: nginx\n  b:\n    image: 1\n  b:\n    image: x\n',
      );
      assert.deepEqual(found.map(describeImage), ['3 services.a.image nginx']);
      assert.equal(problems.length, 2);
    });
  });

  describe('builds', () => {
    const built = (by = 'a') => `local-build: Built by services.${by}.`;
    checkImages([
      ['has no name', service('build: .'), [`3 services.a.build a ? ${built()}`]],
      ['has a name', service('image: app:1', 'build: {context: .}'), [`3 services.a.image app:1 ? ${built()}`]],
      [
        'is built even if it may be pulled',
        service('build: .', 'image: app', 'pull_policy: always'),
        [`4 services.a.image app ? ${built()}`],
      ],
      [
        'is built for other services',
        'services:\n  a: {image: app, build: .}\n  b: {image: app}\n',
        [`2 services.a.image app ? ${built()}`, `3 services.b.image app ? ${built()}`],
      ],
      [
        'is not built by another variable',
        'services:\n  a: {image: $X, build: .}\n  b: {image: $Y}\n',
        [
          `2 services.a.image $X ? ${built()}`,
          '3 services.b.image $Y ? unresolved-variable: Y has no value in the environment or in .env.',
        ],
      ],
      [
        'is never pulled',
        service('image: app', 'pull_policy: never'),
        ['3 services.a.image app ? ignored: pull_policy is never.'],
      ],
      [
        'is only built',
        service('image: app', 'pull_policy: build'),
        ['3 services.a.image app ? local-build: pull_policy is build.'],
      ],
      ['is pulled', service('image: app', 'pull_policy: missing'), ['3 services.a.image app']],
      ['is not an image', service('provider: {type: model}'), []],
      [
        'from images by name',
        service(
          'platform: linux/arm64',
          'build:',
          '  context: .',
          '  additional_contexts:',
          '    base: docker-image://alpine:$V',
          '    other: ../other',
        ),
        [`4 services.a.build a ? ${built()}`, '7 services.a.build.additional_contexts.base alpine:3 (linux/arm64)'],
        { env: { V: '3' } },
      ],
      [
        'from images by name, as a list',
        service('build:', '  additional_contexts:', '    - base=docker-image://alpine:$V'),
        [
          `3 services.a.build a ? ${built()}`,
          '5 services.a.build.additional_contexts.base alpine:$V ? unresolved-variable: V has no value in the environment or in .env.',
        ],
      ],
      [
        'by a Dockerfile in the file',
        service(
          'build:',
          '  args: {V: "3", N: }',
          '  target: one',
          '  additional_contexts: {two: ./two}',
          '  dockerfile_inline: |',
          '    ARG V',
          '    ARG N',
          '    FROM alpine:$$V AS one',
          '    COPY --from=two /a /b',
          '    COPY --from=redis /a /b',
          '    FROM busybox',
        ),
        [
          `3 services.a.build a ? ${built()}`,
          '10 services.a.build.dockerfile_inline alpine:3',
          '12 services.a.build.dockerfile_inline redis',
        ],
      ],
      [
        'by a Dockerfile with variables that Compose does not set',
        service(
          'build:',
          '  args: ["V=$X"]',
          '  dockerfile_inline: |',
          '    ARG V',
          '    FROM alpine:$$V AS one',
          '    FROM redis:$Y',
          '    COPY --from=one a b',
          '    RUN echo $Z',
        ),
        [
          `3 services.a.build a ? ${built()}`,
          '7 services.a.build.dockerfile_inline alpine:$V ? unresolved-variable: X has no default and no build argument.',
          '8 services.a.build.dockerfile_inline redis:… ? unresolved-variable: Y and Z have no default and no build argument.',
        ],
      ],
    ]);
    checkProblems([
      [
        'by an invalid Dockerfile',
        service('build:', '  dockerfile_inline: |', '    FROM Bad'),
        ['5 services.a.build.dockerfile_inline: FROM Bad: The repository "Bad" contains uppercase letters; use "bad".'],
      ],
      ['by nothing', service('restart: always'), ['2 services.a has neither an image nor a build.']],
    ]);
    it('for an invalid platform', async () => {
      assert.match(
        (await problemsOf(service('image: nginx', 'platform: a/b/c/d/e')))[0] ?? '',
        /^4 services\.a\.platform: /,
      );
    });
  });

  describe('other images', () => {
    checkImages([
      [
        'of volumes',
        service(
          'image: nginx',
          'volumes:',
          '  - ./a:/b',
          '  - {type: bind, source: $N, target: /c}',
          '  - type: image',
          '    source: alpine:$V',
          '    target: /d',
        ),
        ['3 services.a.image nginx', '8 services.a.volumes[2].source alpine:3'],
        { env: { V: '3' } },
      ],
      [
        'of pre-start hooks',
        service('image: nginx', 'pre_start:', '  - image: redis', '  - command: x'),
        ['3 services.a.image nginx', '5 services.a.pre_start[0].image redis'],
      ],
    ]);
  });

  describe('profiles', () => {
    const text =
      'services:\n  a: {image: a}\n  b: {image: b, profiles: [x, "y"]}\n  c: {image: c, profiles: []}\n  d: {image: d, profiles: [z]}\n';
    const all = (names: string) =>
      [...names].map((name) => `${'abcd'.indexOf(name) + 2} services.${name}.image ${name}`);
    checkImages([
      ['are inactive', text, all('ac')],
      ['are active', text, all('abc'), { profiles: ['y'] }],
      ['are activated by the environment', text, all('acd'), { env: { COMPOSE_PROFILES: 'w,z' } }],
      ['are activated by .env', text, all('acd'), { files: { '.env': 'COMPOSE_PROFILES=z' } }],
      ['are all active', text, all('abcd'), { profiles: ['*'] }],
      ['of an extended service', 'services:\n  a:\n    extends: b\n  b:\n    image: redis\n    profiles: [x]\n', []],
      [
        'are optional dependencies',
        'services:\n  a:\n    image: a\n    depends_on: {b: {required: false}}\n  b: {image: b, profiles: [x]}\n',
        ['3 services.a.image a'],
      ],
    ]);
    checkProblems([
      [
        'are required',
        'services:\n  a:\n    image: nginx\n    depends_on: [b]\n  b:\n    image: redis\n    profiles: [dev]\n',
        ['4 services.a depends on b, which starts only with one of its profiles.'],
      ],
      [
        'do not exist',
        service('image: nginx', 'depends_on:', '  b: {condition: service_started}'),
        ['5 services.a depends on b, which does not exist.'],
      ],
    ]);
  });

  describe('extends', () => {
    checkImages([
      [
        'a service of the file',
        'services:\n  a:\n    extends: {service: b}\n    platform: linux/amd64\n  b:\n    image: redis\n',
        ['6 services.a.image redis (linux/amd64)', '6 services.b.image redis'],
      ],
      [
        'a service that extends another',
        'services:\n  a:\n    extends: b\n  b:\n    extends: c\n  c:\n    image: redis\n',
        ['7 services.a.image redis', '7 services.b.image redis', '7 services.c.image redis'],
      ],
      [
        'and is merged over it',
        'services:\n  a:\n    extends: b\n    image: nginx\n  b:\n    image: redis\n',
        ['4 services.a.image nginx', '6 services.b.image redis'],
      ],
      [
        'a service of another file, found there',
        service('extends: {service: b, file: sub/common.yaml}'),
        ['proj/sub/more.yaml:2 services.a.image redis:1'],
        {
          files: {
            'sub/common.yaml': 'services:\n  b: {extends: {file: more.yaml, service: c}}\n',
            'sub/more.yaml': 'services:\n  c: {image: "redis:$V"}\n',
          },
          env: { V: '1' },
        },
      ],
    ]);
    checkProblems([
      ['a service that does not exist', service('extends: b'), ['3 services.a extends b, which does not exist.']],
      [
        'a file that does not exist',
        service('extends:', '  file: b.yaml', '  service: b'),
        ['3 b.yaml cannot be read.'],
      ],
      ['itself', service('extends: a'), ['3 services.a extends itself.']],
      [
        'itself through another',
        'services:\n  a:\n    extends: b\n  b:\n    extends: a\n',
        ['3 services.a extends itself.'],
      ],
    ]);
    it('reads a file once for all services', async () => {
      let reads = 0;
      const text = `services:\n${Array.from({ length: 600 }, (_, i) => `  s${i}: {extends: {file: b.yaml, service: b}}\n`).join('')}`;
      const options = optionsOf({ files: { 'b.yaml': 'services: {b: {image: redis}}' } });
      const { found } = await composeExtractor.extract(text, 'compose.yaml', {
        ...options,
        readFile: (path) => {
          if (path === 'b.yaml') reads += 1;
          return options.readFile(path);
        },
      });
      assert.equal(found.length, 600);
      assert.equal(reads, 1);
    });
  });

  describe('include', () => {
    const sub = 'services:\n  b:\n    image: redis:${V:-d}\n';
    checkImages([
      [
        'a file whose .env comes after that of the project',
        'include: [sub/compose.yaml]\n',
        ['proj/sub/compose.yaml:3 services.b.image redis:top'],
        { files: { 'sub/compose.yaml': sub, 'sub/.env': 'V=sub', '.env': 'V=top' } },
      ],
      [
        'a file with an .env of its own',
        'include:\n  - sub/compose.yaml\n',
        ['proj/sub/compose.yaml:3 services.b.image redis:sub'],
        { files: { 'sub/compose.yaml': sub, 'sub/.env': 'V=sub' } },
      ],
      [
        'a file with its overrides, directory and environment',
        'include:\n  - path: [sub/a.yaml, sub/b.yaml]\n    project_directory: $D\n    env_file: other.env\n',
        ['proj/sub/b.yaml:1 services.b.image redis:other', 'proj/dir/c.yaml:1 services.c.image x'],
        {
          env: { D: 'dir' },
          files: {
            'sub/a.yaml': 'services:\n  b: {image: nginx}\n  c: {extends: {file: c.yaml, service: c}}\n',
            'sub/b.yaml': 'services: {b: {image: "redis:$V"}}',
            'other.env': 'V=other',
            'dir/c.yaml': 'services: {c: {image: x}}',
          },
        },
      ],
      [
        'a file that includes another, and is merged over it',
        'include: [a.yaml]\nservices:\n  b: {platform: linux/amd64}\n',
        ['proj/b.yaml:3 services.b.image redis:d (linux/amd64)'],
        { files: { 'a.yaml': 'include:\n  - b.yaml\n', 'b.yaml': sub } },
      ],
    ]);
    checkProblems([
      ['a file that does not exist', 'include: [a.yaml]', ['1 a.yaml cannot be read.']],
      [
        'a file that includes the first again',
        'include: [a.yaml]',
        ['proj/a.yaml:1: compose.yaml includes itself.'],
        { files: { 'a.yaml': 'include: [compose.yaml]' } },
      ],
      ['what is not a list', 'include: a.yaml', ['1 include is not a list.']],
      [
        'a file with errors',
        'include: [a.yaml]',
        ['proj/a.yaml:2: services.b.image is 1, which is not a string in YAML; quote it.'],
        { files: { 'a.yaml': 'services:\n  b: {image: 1}\n' } },
      ],
    ]);
    it('ends if files include each other twice', async () => {
      const files = Object.fromEntries(
        Array.from({ length: 40 }, (_, i) => [
          `f${i}.yaml`,
          `include: [f${i + 1}.yaml, {path: f${i + 1}.yaml, env_file: e}]`,
        ]),
      );
      const problems = await problemsOf('include: [f0.yaml]', { files });
      assert.equal(problems.filter((line) => line.endsWith('More than 500 files.')).length, 1);
    });
  });

  describe('overrides', () => {
    const merge = (...texts: string[]) =>
      extractCompose(
        texts.map((text, index) => ({
          path: ['compose.yaml', 'compose.override.yaml'][index] ?? '',
          text,
          isForeign: false,
        })),
        'compose.yaml',
        optionsOf({}),
      );
    const cases: readonly (readonly [what: string, base: string, over: string, images: readonly string[]])[] = [
      ['without a value change nothing', 'image: x', 'image:', ['3 services.a.image x']],
      ['replace', 'image: x', 'image: y', ['compose.override.yaml:3 services.a.image y']],
      ['add', 'image: x', 'platform: linux/amd64', ['3 services.a.image x (linux/amd64)']],
      ['remove', 'image: x\n    pull_policy: never', 'pull_policy: !reset null', ['3 services.a.image x']],
      ['remove lists', 'image: x\n    profiles: [p]', 'profiles: !reset []', ['3 services.a.image x']],
      ['append', 'image: x\n    profiles: [p]', 'profiles: !override []', ['3 services.a.image x']],
      [
        'replace by target',
        'volumes: [{type: image, source: x, target: /a}]\n    image: i',
        'volumes: [{type: image, source: y, target: /a}]',
        ['4 services.a.image i', 'compose.override.yaml:3 services.a.volumes[1].source y'],
      ],
    ];
    for (const [what, base, over, images] of cases) {
      it(what, async () => {
        const { found, problems } = await merge(service(base), service(over));
        assert.deepEqual(problems, []);
        assert.deepEqual(found.map(describeImage), images);
      });
    }
    it('remove services', async () => {
      const { found, problems } = await merge('services: {a: {image: x}, b: {image: y}}', 'services: {a: !reset null}');
      assert.deepEqual([found.map(({ text }) => text), problems], [['y'], []]);
    });
    it('that remove a value in the same file leave nothing', async () => {
      assert.deepEqual(await problemsOf(service('image: !reset nginx')), [
        '2 services.a has neither an image nor a build.',
      ]);
    });
    it('on their own lack nothing', async () => {
      const { problems } = await composeExtractor.extract(
        service('restart: always'),
        'compose.override.yaml',
        optionsOf({}),
      );
      assert.deepEqual(problems, []);
    });
  });

  it('says in one sentence that version 1 of the format is not read', async () => {
    const message =
      'This is Compose file format version 1, which Compose no longer reads; move the services below "services:".';
    const old = '# shop\nweb:\n  image: nginx:1\n  ports: ["80:80"]\ndb:\n  build: .\n';
    assert.deepEqual(await extract(old), { found: [], problems: [{ message, line: 2 }] });
    for (const other of ['volumes:\n  image: {}\n', 'x-web: &web\n  image: nginx:1\n', 'name: shop\n', '']) {
      assert.ok(
        (await extract(other)).problems.every((problem) => problem.message !== message),
        other,
      );
    }
  });

  it('recognizes files by name and by content', () => {
    const { matches } = composeExtractor;
    for (const path of [
      'compose.yaml',
      'a/docker-compose.yml',
      'docker-compose.prod.yml',
      'compose.override.yaml',
      'app.compose.yml',
    ]) {
      assert.equal(matches(path, ''), true, path);
    }
    assert.equal(matches('-', '# x\nservices:\n\n  # y\n  web:\n    image: x\n'), true);
    assert.equal(matches('stack.yml', 'version: "3"\nservices:\n  "web":\n    ports: ["80"]\n'), true);
    assert.equal(matches('config/services.yaml', 'services:\n  shop.mailer:\n    class: Mailer\n'), false);
    assert.equal(matches('.gitlab-ci.yml', 'services:\n  - docker:dind\n'), false);
    assert.equal(matches('crd.yaml', 'apiVersion: v1\nkind: X\nservices:\n  a:\n'), false);
    assert.equal(matches('.woodpecker.yml', 'steps:\n  a:\nservices:\n  b:\n    image: x\n'), false);
    assert.equal(matches('docker-compose.md', ''), false);
  });

  it('never throws', async () => {
    const words = [
      'services:\n',
      '  a:\n',
      '    image: ',
      '    build: ',
      '    extends: ',
      'include: ',
      '$A',
      '${',
      '}',
      '[',
      ']',
      '{',
      '&a ',
      '*a',
      '<<: ',
      '!reset ',
      '\n',
      'x',
      ' ',
      '- ',
      ': ',
    ];
    const hostile = fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(fc.oneof(hostile, fc.string()), fc.string(), async (text, other) => {
        const files = { x: other, 'x.yaml': text, '.env': other };
        const { found } = await extract(text, { files });
        for (const { line } of found) assert.ok(line !== undefined && line >= 1);
      }),
      { numRuns: 500 },
    );
  });

  it('takes linear time', async () => {
    const count = 5000;
    const services = (body: (index: number) => string) =>
      `services:\n${Array.from({ length: count }, (_, i) => `  s${i}: ${body(i)}\n`).join('')}`;
    assert.equal((await extract(services(() => '{image: x}'))).found.length, count);
    assert.equal((await extract(`x: &x {image: x}\n${services(() => '*x')}`)).found.length, count);
    assert.equal((await extract(services((i) => `{image: x, extends: s${i + 1}}`))).found.length, count);
    const args = Array.from({ length: count }, (_, i) => `V${i}: x`).join(', ');
    const { problems } = await extract(`x: &x {build: {args: {${args}}}}\n${services(() => '*x')}`);
    assert.equal(problems.length, 1);
  });
});
