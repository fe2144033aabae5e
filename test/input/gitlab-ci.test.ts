import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gitlabCiExtractor } from '../../src/input/gitlab-ci.ts';
import { fixture, formatFound, foundLines, NO_OPTIONS } from './found-lines.ts';
import { readFrom } from './linked-files.ts';

const find = (text: string) => foundLines(gitlabCiExtractor, text);
const later = (variable: string, pattern?: string) =>
  `(unresolved-variable: ${variable} is only known at run time.${pattern === undefined ? '' : ` To leave it out: --ignore '${pattern}'.`})`;

describe('gitlab-ci', () => {
  it('finds the image and the services of each job', async () =>
    assert.deepEqual(await find(fixture('gitlab.yaml')), [
      '16 registry.example.com/builder:5 | .docker.image',
      '19 docker:27-dind | .docker.services[0]',
      '16 registry.example.com/builder:4 | .docker.image',
      '10 node:22 | default.image',
      '12 redis:7 | default.services[0]',
      '42 alpine:3.20 | arm.image for linux/arm64/v8',
      `49 $CI_REGISTRY_IMAGE/app:$CI_COMMIT_SHA | own.image ${later('$CI_REGISTRY_IMAGE', '$CI_REGISTRY_IMAGE/*')}`,
      '52 shop/local:1 | own.services[1] (local-build: pull_policy is never: the image must already be on the runner.)',
      `57 node:$NODE_VERSION | matrix.image ${later('$NODE_VERSION')}`,
    ]));

  it('follows local includes, which share templates, variables and defaults', async () => {
    const files = {
      'ci/build.yml':
        'include: ci/templates.yml\nbuild: { image: "shop/builder:$V", script: [make] }\ntest: { script: [make test] }\n',
      'ci/templates.yml': '.node:\n  image: node:22\n  services: [redis:7]\n',
      'deploy.yml': 'deploy: { extends: .node, script: [x] }\nbroken: "\n',
    };
    const text =
      'include:\n  - local: /ci/build.yml\n  - deploy.yml\n  - remote: https://example.com/x.yml\n  - project: shop/ci\n    file: a.yml\n' +
      'variables: { V: "5" }\ndefault: { image: alpine:3 }\nbuild: { services: [db:1] }\n';
    const { found, problems, covers } = await gitlabCiExtractor.extract(text, 'shop/.gitlab-ci.yml', {
      ...NO_OPTIONS,
      readFile: readFrom(files),
    });
    assert.deepEqual(
      found.map((image) => `${image.source ?? ''}:${formatFound(image)}`),
      [
        'shop/ci/build.yml:2 shop/builder:5 | build.image',
        ':9 db:1 | build.services[0]',
        ':8 alpine:3 | default.image',
        'shop/ci/templates.yml:2 node:22 | .node.image',
        'shop/ci/templates.yml:3 redis:7 | .node.services[0]',
      ],
    );
    assert.deepEqual(
      problems.map(({ message }) => message),
      ['shop/deploy.yml:2: Not valid YAML: this quote (") is never closed (column 9).'],
    );
    assert.deepEqual(covers, ['ci/build.yml', 'ci/templates.yml', 'deploy.yml']);
  });

  it('follows includes with wildcards and lists of paths', async () => {
    const job = (name: string) => `${name}: { image: "shop/${name}:1", script: x }\n`;
    const files = Object.fromEntries(
      ['ci/a.yml', 'ci/deep/b.yml', 'ci/c.txt', 'one.yml', 'two.yml'].map((path) => [
        path,
        job(path.replace(/\W/g, '-')),
      ]),
    );
    const read = async (include: string) => {
      const { covers } = await gitlabCiExtractor.extract(`include: ${include}\n`, '.gitlab-ci.yml', {
        ...NO_OPTIONS,
        readFile: readFrom(files),
        listFiles: async (path) => Object.keys(files).filter((file) => path === '.' || file.startsWith(path)),
      });
      return covers;
    };
    assert.deepEqual(await read('/ci/*.yml'), ['ci/a.yml']);
    assert.deepEqual(await read('ci/**.yml'), ['ci/a.yml', 'ci/deep/b.yml']);
    assert.deepEqual(await read('{ local: "/ci/**/*.yml" }'), ['ci/a.yml', 'ci/deep/b.yml']);
    assert.deepEqual(await read('[{ local: "*.yml" }]'), ['one.yml', 'two.yml']);
    assert.deepEqual(await read('[{ local: [one.yml, /two.yml] }]'), ['one.yml', 'two.yml']);
    assert.deepEqual(await read('../*.yml'), undefined);
  });

  it('follows includes that form a cycle once', async () => {
    const files = {
      'a.yml': 'include: .gitlab-ci.yml\na: { image: a:1, script: [x] }\n',
      '.gitlab-ci.yml': 'include: a.yml\n',
    };
    const { found } = await gitlabCiExtractor.extract('include: a.yml\n', '.gitlab-ci.yml', {
      ...NO_OPTIONS,
      readFile: readFrom(files),
    });
    assert.deepEqual(
      found.map(({ text }) => text),
      ['a:1'],
    );
  });

  it('reads the old globals as defaults', async () =>
    assert.deepEqual(await find('image: ruby:3\nservices: [redis]\na: { script: [x] }\n'), [
      '1 ruby:3 | image',
      '2 redis | services[0]',
    ]));

  it('finds defaults and templates that no job uses, because other files may', async () =>
    assert.deepEqual(await find('default: { image: a }\n.t: { image: b }\njob: { image: c, script: [x] }\n'), [
      '3 c | job.image',
      '2 b | .t.image',
      '1 a | default.image',
    ]));

  for (const [what, text, expected] of [
    [
      'expands variables in variables',
      `variables: { A: a, B: "$A/b", C: "\${B}:1" }\nj: { image: $C }\n`,
      '2 a/b:1 | j.image',
    ],
    [
      'gives a job precedence over the pipeline',
      'variables: { V: "1" }\nj: { image: "a:$V", variables: { V: "2" } }\n',
      '2 a:2 | j.image',
    ],
    ['reads $$ as a dollar sign', 'j: { image: "a:1$$" }\n', '1 a:1$ | j.image'],
    [
      'does not resolve predefined variables, even if the file sets them',
      'variables: { CI_X: a }\nj: { image: $CI_X }\n',
      `2 $CI_X | j.image ${later('$CI_X', '$CI_X')}`,
    ],
    [
      'does not resolve what rules may set',
      'variables: { V: a }\nj: { image: $V, rules: [{ variables: { V: b } }] }\n',
      `2 $V | j.image ${later('$V')}`,
    ],
    [
      'does not resolve what the rules of the workflow may set',
      'variables: { V: a }\nworkflow: { rules: [{ variables: { V: b } }] }\nj: { image: $V }\n',
      `3 $V | j.image ${later('$V')}`,
    ],
    [
      'does not resolve a variable inside itself',
      'variables: { A: $B, B: $A }\nj: { image: $A }\n',
      `2 $A | j.image ${later('$A')}`,
    ],
    [
      'does not resolve inputs',
      'j: { image: "a:$[[ inputs.v ]]" }\n',
      `1 a:$[[ inputs.v ]] | j.image ${later('$[[ inputs.v ]]')}`,
    ],
    [
      'does not resolve globals that a template in another file may set',
      'variables: { V: a }\nj: { extends: .theirs, image: $V }\n',
      `2 $V | j.image ${later('$V')}`,
    ],
    [
      'does not resolve globals that a job does not inherit',
      'variables: { V: a }\nj: { image: $V, inherit: { variables: false } }\n',
      `2 $V | j.image ${later('$V')}`,
    ],
  ] as const) {
    it(what, async () => assert.deepEqual(await find(text), [expected]));
  }

  it('gives the last of several templates precedence', async () =>
    assert.deepEqual(
      await find(
        '.a: { image: "a:$V", variables: { V: "1" } }\n.b: { variables: { V: "2" } }\nj: { extends: [.a, .b] }\n',
      ),
      ['1 a:2 | .a.image'],
    ));

  it('accepts templates that extend each other in a cycle', async () =>
    assert.deepEqual(await find('.a: { extends: .b, image: a }\n.b: { extends: .a }\nj: { extends: .a }\n'), [
      '1 a | .a.image',
    ]));

  it('does not give a job the defaults it does not inherit', async () =>
    assert.deepEqual(
      await find(
        'default: { image: "a:$V" }\nj: { variables: { V: "1" }, inherit: { default: false } }\n' +
          'k: { variables: { V: "2" }, inherit: { default: [image] } }\n',
      ),
      ['1 a:2 | default.image'],
    ));

  for (const [path, head, expected] of [
    ['.gitlab-ci.yml', '', true],
    ['ci/deploy.gitlab-ci.yml', '', true],
    ['gitlab-ci.yml', '', true],
    ['templates/gitlab-ci.yaml', '', true],
    ['.gitlab-ci-deploy.yml', '', true],
    ['.gitlab-ci/deploy.yml', '', true],
    ['ci/gitlab-ci.sh', '', false],
    ['ci/build.yml', 'build:\n  stage: build\n  script:\n    - make\n', true],
    ['ci/build.yml', '.travis:\njobs:\n  include:\n    - stage: a\n      script: x\n', false],
    ['ci/build.yml', 'steps:\n  - script: x\n', false],
    ['.gitlab/ci/build.yml', '', true],
    ['-', 'stages: [a]\nj:\n  script: [x]\n', true],
    ['ci.yml', 'image: a\nj:\n  extends: .b\n', true],
    ['azure-pipelines.yml', 'pool: x\nstages:\n- stage: a\n  script: x\n', false],
    ['README.md', 'image: a\nj:\n  script: x\n', false],
    ['compose.yaml', 'include: [a.yaml]\nservices:\n  # web\n\n  web:\n    extends: a\n', false],
    ['-', 'image: a\nservices:\n  - redis\nj:\n  script: x\n', true],
  ] as const) {
    it(`${expected ? 'is' : 'is not'} ${path}: ${JSON.stringify(head)}`, () =>
      assert.equal(gitlabCiExtractor.matches(path, head), expected));
  }
});

describe('predefined variables in a pipeline', () => {
  const ENV = {
    ...{ GITLAB_CI: 'true', CI_REGISTRY_IMAGE: 'registry.example.com/acme/shop', CI_COMMIT_SHA: 'c0ffee' },
    ...{ CI_JOB_TOKEN: 's3cret', CI_REGISTRY_PASSWORD: 's3cret', CI_DEPLOY_PASSWORD: 's3cret' },
    ...{ CI_REPOSITORY_URL: 'https://gitlab-ci-token:s3cret@gitlab.example.com/a.git', CI_JOB_ID: '7' },
  };
  const imageIn = async (image: string, env: Readonly<Record<string, string>> = ENV) => {
    const { found } = await gitlabCiExtractor.extract(`j: { image: "${image}" }\n`, '-', { ...NO_OPTIONS, env });
    return found.map(({ text, skip }) => (skip === undefined ? text : `skipped ${text}`));
  };

  it('have their values in the same pipeline, and nowhere else', async () => {
    const image = `$CI_REGISTRY_IMAGE/web:\${CI_COMMIT_SHA}`;
    assert.deepEqual(await imageIn(image), ['registry.example.com/acme/shop/web:c0ffee']);
    assert.deepEqual(await imageIn(image, { ...ENV, GITLAB_CI: '' }), [`skipped ${image}`]);
  });

  it('are in variables of the file, which they do not replace', async () => {
    const text = 'variables: { IMAGE: "$CI_REGISTRY_IMAGE/web" }\nj: { image: "$IMAGE:1" }\n';
    const { found } = await gitlabCiExtractor.extract(text, '-', { ...NO_OPTIONS, env: ENV });
    assert.deepEqual(
      found.map((one) => one.text),
      ['registry.example.com/acme/shop/web:1'],
    );
    const own = 'variables: { CI_COMMIT_SHA: a }\nj: { image: "web:$CI_COMMIT_SHA" }\n';
    const { found: skipped } = await gitlabCiExtractor.extract(own, '-', { ...NO_OPTIONS, env: ENV });
    assert.equal(skipped[0]?.skip?.reason, 'unresolved-variable');
  });

  it('never include a secret, nor what differs from job to job', async () => {
    for (const name of ['JOB_TOKEN', 'REGISTRY_PASSWORD', 'DEPLOY_PASSWORD', 'REPOSITORY_URL', 'JOB_ID']) {
      const image = `evil.example/$CI_${name}`;
      assert.deepEqual(await imageIn(image), [`skipped ${image}`]);
    }
  });

  it('that are not in the environment stay unknown', async () =>
    assert.deepEqual(await imageIn('web:$CI_COMMIT_TAG'), ['skipped web:$CI_COMMIT_TAG']));
});
