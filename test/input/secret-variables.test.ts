// A checked file chooses the registry that receives an image name, so no secret of this machine may become part of one.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the files.

import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { collect } from '../../src/input/collect.ts';
import { requireLinux } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const SECRET = 'hunter2-Zq9xW7';
const ENV = { A_TOKEN: SECRET, KAIROS_PULL_PASSWORD: SECRET, https_proxy: SECRET, EMPTY_TOKEN: '', TAG: '1' };

type Files = Readonly<Record<string, string>>;
interface Given {
  readonly env?: Files;
  readonly allowEnv?: readonly string[];
  /** What the user named; unset: the first file. */
  readonly named?: string;
  readonly links?: Files;
}

const why = (...names: string[]): string => {
  const [verb, noun, it, allows] =
    names.length === 1 ? ['looks like', 'a secret', 'it', 'allows'] : ['look like', 'secrets', 'them', 'allow'];
  const flags = names.map((name) => `--allow-env ${name}`).join(' ');
  return `${names.join(' and ')} ${verb} ${noun}, and a checked file must not send ${it} to a registry; ${flags} ${allows} ${it}.`;
};

/** Each image with its skip reason, and the problems of the files; locations without the directory. */
async function read(
  files: Files,
  { env = ENV, allowEnv, named = Object.keys(files)[0] ?? '', links = {} }: Given = {},
) {
  using folder = createTemporaryFolder();
  for (const [path, text] of Object.entries(files)) folder.write(path, text.replaceAll('ROOT', folder.path));
  for (const [path, target] of Object.entries(links)) {
    mkdirSync(join(folder.path, path, '..'), { recursive: true });
    symlinkSync(target, join(folder.path, path));
  }
  const { known, problems } = await collect({
    images: [],
    files: [join(folder.path, named)],
    stdin: () => assert.fail('standard input was read'),
    signal: new AbortController().signal,
    nowMs: 0,
    env,
    allowEnv,
    buildArgs: {},
    profiles: [],
  });
  const images = known.map(({ text, skip }) => (skip === undefined ? [text] : [text, skip.reason, skip.message]));
  const wrong = problems.map(({ source, line, message }) =>
    [source, line, message].join(':').replaceAll(`${folder.path}/`, ''),
  );
  return { images, problems: wrong };
}

/** Checks that no secret is in the result; the images, with the names of the variables that were withheld for each. */
async function assertWithheld(files: Files, expected: readonly (readonly [string, ...string[]])[], given: Given = {}) {
  const { images, problems } = await read(files, given);
  assert.doesNotMatch(JSON.stringify([images, problems]), new RegExp(SECRET));
  assert.deepEqual(problems, []);
  assert.deepEqual(
    images,
    expected.map(([text, ...names]) => (names.length === 0 ? [text] : [text, 'unresolved-variable', why(...names)])),
  );
}

const compose = (...images: string[]): string =>
  `services:\n${images.map((image, index) => `  s${index}: {image: "${image}"}\n`).join('')}`;

describe('a secret of the environment', () => {
  it('is not inserted into an image name of a Compose file, however it is written', () => {
    const images = [
      'r/x:$A_TOKEN',
      'r/x:${A_TOKEN}',
      'r/x:${A_TOKEN:-latest}',
      'r/x:${A_TOKEN-latest}',
      'r/x:${A_TOKEN:?must be given}',
      'r/x:${NONE:-$A_TOKEN}',
      'r/x:${NONE:-${NONE2-${A_TOKEN}}}',
      'r/x:${TAG:+${A_TOKEN}}',
      'r/${https_proxy}/x',
    ];
    const expected = images.map((image) => [image, image.includes('proxy') ? 'https_proxy' : 'A_TOKEN'] as const);
    return assertWithheld({ 'compose.yaml': compose(...images) }, expected);
  });

  it('is named together with every other one', () =>
    assertWithheld({ 'compose.yaml': compose('r/x:$A_TOKEN-$KAIROS_PULL_PASSWORD') }, [
      ['r/x:$A_TOKEN-$KAIROS_PULL_PASSWORD', 'A_TOKEN', 'KAIROS_PULL_PASSWORD'],
    ]));

  it('may select a default, because whether it is set reveals nothing', () =>
    assertWithheld({ 'compose.yaml': compose('r/x:1${A_TOKEN:+-private}', 'r/x:2${EMPTY_TOKEN:+-private}') }, [
      ['r/x:1-private'],
      ['r/x:2'],
    ]));

  it('that is empty or not set is a variable like any other', async () => {
    const text = compose('r/x:1$EMPTY_TOKEN', 'r/x:${EMPTY_TOKEN:-2}', 'r/x:${B_TOKEN:-3}', 'r/x:$B_TOKEN');
    const { images } = await read({ 'compose.yaml': text });
    assert.deepEqual(images, [
      ['r/x:1'],
      ['r/x:2'],
      ['r/x:3'],
      ['r/x:$B_TOKEN', 'unresolved-variable', 'B_TOKEN has no value in the environment or in .env.'],
    ]);
  });

  it('is not inserted into another variable by .env', () =>
    assertWithheld(
      {
        'compose.yaml': compose('r/x:$A', 'r/x:$B', 'r/x:$C', 'r/x:$A_TOKEN', 'r/x:$D'),
        '.env': 'A=${KAIROS_PULL_PASSWORD}\nB="v${A_TOKEN}"\nC=${A_TOKEN:-latest}\nA_TOKEN\nD=$B\n',
      },
      [
        ['r/x:$A', 'KAIROS_PULL_PASSWORD'],
        ['r/x:$B', 'A_TOKEN'],
        ['r/x:$C', 'A_TOKEN'],
        ['r/x:$A_TOKEN', 'A_TOKEN'],
        ['r/x:$D', 'A_TOKEN'],
      ],
    ));

  it('is not replaced by a value of .env', () =>
    assertWithheld({ 'compose.yaml': compose('r/x:$A_TOKEN'), '.env': 'A_TOKEN=open' }, [['r/x:$A_TOKEN', 'A_TOKEN']]));

  it('is not a build argument of a Compose file', async () => {
    const compose = (args: string) => `services:
  a:
    build:
      args: ${args}
      dockerfile_inline: |
        ARG A_TOKEN
        ARG B
        FROM r/a:$$A_TOKEN
        FROM r/b:$\${B}
        COPY --from=0 /a /
`;
    for (const args of ['[A_TOKEN, "B=$A_TOKEN"]', '{A_TOKEN: , B: "v${A_TOKEN}"}']) {
      assert.deepEqual(await read({ 'compose.yaml': compose(args) }), {
        images: [
          ['a', 'local-build', 'Built by services.a.'],
          ['r/a:$A_TOKEN', 'unresolved-variable', why('A_TOKEN')],
          ['r/b:${B}', 'unresolved-variable', why('A_TOKEN')],
        ],
        problems: [],
      });
    }
  });

  it('is not inserted into a volume, hook, named context or inline Dockerfile', async () => {
    const text = `services:
  a:
    image: r/a
    volumes: [{type: image, source: "r/v:$A_TOKEN", target: /v}]
    pre_start: [{image: "r/h:$A_TOKEN"}]
    build:
      additional_contexts: {c: "docker-image://r/c:$A_TOKEN"}
      dockerfile_inline: |
        FROM r/i:$A_TOKEN
`;
    const { images } = await read({ 'compose.yaml': text });
    assert.deepEqual(images, [
      ['r/a', 'local-build', 'Built by services.a.'],
      ['r/c:$A_TOKEN', 'unresolved-variable', why('A_TOKEN')],
      ['r/i:…', 'unresolved-variable', why('A_TOKEN')],
      ['r/v:$A_TOKEN', 'unresolved-variable', why('A_TOKEN')],
      ['r/h:$A_TOKEN', 'unresolved-variable', why('A_TOKEN')],
    ]);
  });

  it('is not inserted into a path, a service name or a message', async () => {
    const texts: Files = {
      'include: ["$A_TOKEN.yaml"]': `compose.yaml:1:include: ${why('A_TOKEN')}`,
      'include: [{path: inc.yaml, env_file: "../$A_TOKEN"}]': `compose.yaml:1:include: ${why('A_TOKEN')}`,
      'services: {a: {image: r/a, extends: {file: "$A_TOKEN", service: b}}}': `compose.yaml:1:extends.file: ${why('A_TOKEN')}`,
      'services: {a: {image: "r/a:${B:?$A_TOKEN}"}}':
        'compose.yaml:1:services.a.image: required variable B is not set.',
      'services: {a: {image: r/a, platform: "$A_TOKEN"}}': '',
    };
    for (const [text, problem] of Object.entries(texts)) {
      const { problems } = await read({ 'compose.yaml': text, 'inc.yaml': 'services: {}' });
      assert.equal(problems[0] ?? '', problem);
      assert.doesNotMatch(problems.join(), new RegExp(SECRET));
    }
  });

  it('is not inserted into an image name of a development container', async () => {
    const devcontainer = (fields: object) => ({ '.devcontainer/devcontainer.json': JSON.stringify(fields) });
    const image = (text: string) => devcontainer({ image: text });
    await assertWithheld(image('r/x:${localEnv:A_TOKEN}'), [['r/x:${localEnv:A_TOKEN}', 'A_TOKEN']]);
    await assertWithheld(image('r/x:${env:A_TOKEN:1}'), [['r/x:${env:A_TOKEN:1}', 'A_TOKEN']]);
    const build = { build: { dockerfile: '../Dockerfile', args: { V: '${localEnv:A_TOKEN}' } } };
    await assertWithheld({ ...devcontainer(build), Dockerfile: 'ARG V\nFROM r/x:$V\n' }, [['r/x:$V', 'A_TOKEN']]);
    const project = devcontainer({ dockerComposeFile: '../compose.yaml' });
    await assertWithheld({ ...project, 'compose.yaml': compose('r/x:$A_TOKEN') }, [['r/x:$A_TOKEN', 'A_TOKEN']]);
    const { problems } = await read(devcontainer({ dockerComposeFile: '${localEnv:A_TOKEN}.yaml' }));
    assert.deepEqual(problems, [`.devcontainer/devcontainer.json:1:\${localEnv:A_TOKEN}.yaml: ${why('A_TOKEN')}`]);
  });

  it('is not a variable of other files', async () => {
    const others: Files = {
      Dockerfile: 'ARG A_TOKEN\nFROM r/x:$A_TOKEN\n',
      'docker-bake.json': JSON.stringify({
        target: { a: { args: { A_TOKEN: null }, 'dockerfile-inline': 'ARG A_TOKEN\nFROM r/x:$A_TOKEN' } },
      }),
      '.gitlab-ci.yml': 'job: {image: "r/x:$A_TOKEN", script: [a]}\n',
      '.github/workflows/a.yml': 'jobs: {a: {runs-on: x, container: "r/x:${{ env.A_TOKEN }}"}}\n',
      'pod.yaml': 'apiVersion: v1\nkind: Pod\nspec: {containers: [{image: "r/x:$(A_TOKEN)"}]}\n',
    };
    for (const [path, text] of Object.entries(others)) {
      const { images, problems } = await read({ [path]: text });
      assert.doesNotMatch(JSON.stringify([images, problems]), new RegExp(SECRET), path);
      assert.ok(
        images.every(([, reason]) => reason === 'unresolved-variable'),
        path,
      );
    }
  });

  it('is inserted if --allow-env names it, and no other one is', async () => {
    const files = {
      'compose.yaml': compose('r/x:$A_TOKEN', 'r/x:$A', 'r/x:$KAIROS_PULL_PASSWORD'),
      '.env': 'A=v-${A_TOKEN}\n',
    };
    assert.deepEqual(await read(files, { allowEnv: ['A_TOKEN'] }), {
      images: [
        [`r/x:${SECRET}`],
        [`r/x:v-${SECRET}`],
        ['r/x:$KAIROS_PULL_PASSWORD', 'unresolved-variable', why('KAIROS_PULL_PASSWORD')],
      ],
      problems: [],
    });
  });

  it('belongs to the file if it is only in .env', () =>
    assertWithheld({ 'compose.yaml': compose('r/x:$B_TOKEN'), '.env': 'B_TOKEN=3' }, [['r/x:3']]));

  it('is not every variable of the environment', () =>
    assertWithheld(
      { 'compose.yaml': compose('r/x:$TAG', '${AWS_ACCOUNT_ID}.example.com/x', 'r/x:$AUTHENTIK_TAG') },
      [['r/x:1'], ['123.example.com/x'], ['r/x:2']],
      { env: { TAG: '1', AWS_ACCOUNT_ID: '123', AUTHENTIK_TAG: '2' } },
    ));
});

describe('a secret of a file outside the directory', () => {
  const creds = `[default]\naws_access_key_id=${SECRET}\naws_secret_access_key=${SECRET}\nregion=eu\n`;
  const ids = ['aws_secret_access_key', 'aws_access_key_id'];
  const image = (name: string): string => `services: {i: {image: "r/x:$${name}"}}\n`;
  const named = 'p/compose.yaml';

  for (const [what, include, links] of [
    ['env_file', '{path: inc.yaml, env_file: ../creds}', {}],
    ['one of several env_file', '{path: inc.yaml, env_file: [./own.env, ../creds]}', {}],
    ['an absolute path', '{path: inc.yaml, env_file: "ROOT/creds"}', {}],
    ['a link', '{path: inc.yaml, env_file: link.env}', { 'p/link.env': '../creds' }],
    ['a directory that is a link', '{path: inc.yaml, env_file: up/creds}', { 'p/up': '..' }],
    ['.env that is a link', '{path: inc.yaml, project_directory: sub}', { 'p/sub/.env': '../../creds' }],
    ['the .env of another project_directory', '{path: inc.yaml, project_directory: ../other}', {}],
    ['the .env beside an included file', '../other/inc.yaml', {}],
    ['a hidden directory below', '{path: inc.yaml, env_file: .aws/credentials}', {}],
  ] as const) {
    it(`is not read through ${what}`, async () => {
      for (const id of ids) {
        const files = {
          [named]: `include: [${include}]\n`,
          'p/inc.yaml': image(id),
          'p/own.env': 'region=us\n',
          'p/sub/x': '',
          'p/.aws/credentials': creds,
          'other/inc.yaml': image(id),
          'other/.env': creds,
          creds,
        };
        await assertWithheld(files, [[`r/x:$${id}`, id]], { named, links });
      }
    });
  }

  it('is not inserted into another variable', () =>
    assertWithheld(
      {
        [named]: 'include: [{path: inc.yaml, env_file: [../creds, own.env]}]\n',
        'p/inc.yaml': image('A'),
        'p/own.env': 'A=$aws_secret_access_key\n',
        creds,
      },
      [['r/x:$A', 'aws_secret_access_key']],
      { named },
    ));

  it('is inserted if --allow-env names it', async () => {
    const files = {
      [named]: 'include: [{path: inc.yaml, env_file: ../creds}]\n',
      'p/inc.yaml': image('aws_secret_access_key'),
      creds,
    };
    assert.deepEqual(await read(files, { named, allowEnv: ['aws_secret_access_key'] }), {
      images: [[`r/x:${SECRET}`]],
      problems: [],
    });
  });

  it('is not every variable of it', () =>
    assertWithheld(
      {
        [named]: 'include: [{path: inc.yaml, env_file: ../creds}]\n',
        'p/inc.yaml': image('region'),
        creds,
      },
      [['r/x:eu']],
      { named },
    ));

  it('belongs to the file if the user named a directory above both', () =>
    assertWithheld(
      {
        [named]: 'include: [{path: inc.yaml, env_file: ../shared.env}]\n',
        // In a layout that is not read as a file of its own.
        'p/inc.yaml': `{ ${image('APP_KEY').trim()} }`,
        'shared.env': 'APP_KEY=3\n',
      },
      [['r/x:3']],
      { named: '.' },
    ));

  it('is not read from a file of another kind', async () => {
    for (const [path, text, name] of [
      ['passwd', `root:${SECRET}:0:0\n`, 'root'],
      ['.pgpass', `db:5432:*:me:${SECRET}\n`, 'db'],
      ['.git-credentials', `https://me:${SECRET}@git.example.com\n`, 'https'],
      ['.netrc', `machine x login me password ${SECRET}\n`, 'machine'],
      ['id_ed25519', `-----BEGIN KEY-----\n${SECRET}/=\n`, 'key'],
      ['environ', `PATH=/bin\0A=${SECRET}\0`, 'PATH'],
      ['config.json', `{"auths": {"r": {"auth": "${SECRET}"}}}\n`, 'auths'],
    ] as const) {
      const files = {
        [named]: `include: [{path: inc.yaml, env_file: ../${path}}]\n`,
        'p/inc.yaml': image(name),
        [path]: text,
      };
      const { images, problems } = await read(files, { named });
      assert.doesNotMatch(JSON.stringify([images, problems]), new RegExp(SECRET), path);
      assert.equal(images[0]?.[1], 'unresolved-variable', path);
    }
  });

  it('is not in any problem message, in whatever format it is read', async () => {
    const key = `-----BEGIN KEY-----\n${SECRET}\nFROM ${SECRET} ${SECRET}\nservices: {${SECRET}: ${SECRET}}\n`;
    const closed =
      'Cannot be used. The reason is not shown because the file is outside the directory of the file that refers to it.';
    for (const text of [
      'include: [../key]\n',
      'include: [{path: inc.yaml, env_file: ../key}]\n',
      'services: {a: {image: r/a, extends: {file: ../key, service: a}}}\n',
    ]) {
      const { problems } = await read({ [named]: text, 'p/inc.yaml': 'services: {}\n', key }, { named });
      assert.doesNotMatch(problems.join(), new RegExp(SECRET));
      assert.ok(problems[0]?.endsWith(`key:1: ${closed}`), problems.join('\n'));
    }
    const devcontainer = { 'p/devcontainer.json': '{"build": {"dockerfile": "../key"}}', key };
    assert.deepEqual(await read(devcontainer), {
      images: [],
      problems: [`p/devcontainer.json::key:1: ${closed}`],
    });
  });
});

describe('an impossible path', () => {
  it('cannot be read', async () => {
    const { problems } = await read({ 'compose.yaml': 'include: ["a\\0b"]\n' });
    assert.deepEqual(problems, ['compose.yaml:1:a\0b cannot be read: invalid file name.']);
  });
});

describe('a virtual file', { skip: requireLinux() }, () => {
  it('cannot be a linked file', async () => {
    const files = {
      'compose.yaml': 'include: [{path: inc.yaml, env_file: /proc/self/environ}, /proc/self/status]\n',
      'inc.yaml': compose('r/x:${PATH}'),
    };
    assert.deepEqual(await read(files), {
      images: [['r/x:${PATH}', 'unresolved-variable', 'PATH has no value in the environment or in .env.']],
      problems: ['compose.yaml:1:/proc/self/status cannot be read.'],
    });
  });
});
