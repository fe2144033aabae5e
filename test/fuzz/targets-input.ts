// Files that name images: every extractor, and what they are made of.

import assert from 'node:assert/strict';
import { expandWord, splitWords } from '../../src/input/dockerfile-word.ts';
import { parseDotenv } from '../../src/input/dotenv.ts';
import type { Extraction, ExtractOptions } from '../../src/input/extractor.ts';
import { INPUT_FORMATS, type InputFormat } from '../../src/input/extractor.ts';
import { extractorFor, extractorNamed } from '../../src/input/extractors.ts';
import { interpolate } from '../../src/input/interpolation.ts';
import { readList } from '../../src/input/list.ts';
import { createLookup } from '../../src/input/resolved-text.ts';
import { allOf } from '../input/all-of.ts';
import { fixture } from '../input/found-lines.ts';
import { type FuzzTarget, textTarget } from './target.ts';

const SECRET = 'value-of-a-secret';
const ENVIRONMENT = { env: { TAG: '1', REGISTRY_PASSWORD: SECRET, EMPTY: '' } };
const OPTIONS: ExtractOptions = {
  ...ENVIRONMENT,
  buildArgs: { VERSION: '2' },
  profiles: ['p1'],
  search: [{ kind: 'Widget', path: ['spec', 'img'], skip: false, location: 'kairos-pull.yaml:1' }],
  readFile: async (path) =>
    path.length > 3
      ? undefined
      : { text: `A=b\nNPM_TOKEN=${SECRET}\nservices: { x: { image: "a:$NPM_TOKEN" } }\n`, isForeign: true },
};

const YAML = [
  'image: ',
  'nginx:1\n',
  '\n',
  '  ',
  '- ',
  '---\n',
  '{',
  '}',
  '[',
  ']',
  '*a ',
  '&a ',
  '<<: *a\n',
  '{{ .x }}',
  `\${TAG}`,
  `\${REGISTRY_PASSWORD}`,
  '? ',
  '| \n',
  '!reference ',
  '# ',
];

const SOURCES: Readonly<
  Record<Exclude<InputFormat, 'list'>, { readonly seeds: readonly string[]; readonly words: readonly string[] }>
> = {
  devcontainer: {
    seeds: [
      `{ "image": "mcr.example/dev:\${localEnv:TAG:1}", "features": { "ghcr.io/devcontainers/features/node:1": {} }, // c\n}`,
      '{"dockerComposeFile": ["a", "b"], "service": "app"}',
      '{"build": {"dockerfile": "D", "args": {"A": "b"}, "target": "x"}}',
    ],
    words: [
      '"image":',
      '"features":',
      '"build":',
      '{',
      '}',
      ',',
      '//',
      '/*',
      '*/',
      `\${localEnv:REGISTRY_PASSWORD}`,
      '"',
    ],
  },
  dockerfile: {
    seeds: [
      fixture('toolchain.Dockerfile'),
      `ARG V=1\nFROM nginx:\${V:-2} AS a\nCOPY --from=a / /\nFROM a\nRUN <<E\nx\nE\n`,
    ],
    words: [
      'FROM ',
      'ARG ',
      'AS ',
      'COPY --from=',
      'RUN --mount=from=x ',
      '# syntax=',
      '# escape=`\n',
      '\\\n',
      '<<E\n',
      `\${V}`,
      `\${V##*/}`,
      '$',
      '"',
      "'",
      '\n',
    ],
  },
  bake: {
    seeds: [
      '{"group":{"default":{"targets":["a"]}},"target":{"a":{"context":".","contexts":{"b":"docker-image://alpine:3"},"dockerfile-inline":"FROM nginx\\n","args":{"A":"b"},"platforms":["linux/amd64"]}}}',
    ],
    words: [
      '"target":',
      '"contexts":',
      '"docker-image://',
      '"dockerfile-inline":',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      `\${x}`,
    ],
  },
  chart: {
    seeds: [
      'apiVersion: v2\nname: a\nannotations:\n  artifacthub.io/images: |\n    - name: x\n      image: nginx:1\n      platforms: [linux/amd64]\n',
    ],
    words: ['annotations:\n', '  artifacthub.io/images: |\n', ...YAML],
  },
  kubernetes: {
    seeds: [
      fixture('shop.yaml'),
      fixture('custom-resources.yaml'),
      'kind: Pod\nspec: { containers: [{ image: nginx:1 }], initContainers: *a }\n',
      'kind: Widget\nspec: { img: [a, b] }\n',
    ],
    words: ['kind: Pod\n', 'spec:\n', 'containers:\n', 'items:\n', 'apiVersion: v1\n', ...YAML],
  },
  'github-workflow': {
    seeds: [fixture('workflow.yaml')],
    words: ['jobs:\n', 'container: ', 'services:\n', 'uses: docker://', `\${{ matrix.x }}`, ...YAML],
  },
  'gitlab-ci': {
    seeds: [
      fixture('gitlab.yaml'),
      'variables: { V: $W, W: $V }\nj: { extends: [.a, .b], image: { name: "$V", entrypoint: [] } }\n',
    ],
    words: ['variables:\n', 'extends: ', 'services:\n', 'include: ', '$V', '$CI_REGISTRY_IMAGE', '$$', ...YAML],
  },
  circleci: {
    seeds: [fixture('circleci.yaml')],
    words: ['jobs:\n', 'docker:\n', 'executor: ', 'parameters:\n', '<< parameters.x >>', 'matrix:\n', ...YAML],
  },
  bitbucket: {
    seeds: [fixture('bitbucket.yaml')],
    words: ['pipelines:\\n', 'step:\\n', 'image:\\n', 'pipe: docker://', 'script:\\n', ...YAML],
  },
  'azure-pipelines': {
    seeds: [fixture('azure-pipelines.yaml')],
    words: ['steps:\\n', 'image: ', 'services:\\n', 'container: ', 'matrix:\\n', ...YAML],
  },
  woodpecker: {
    seeds: [fixture('woodpecker.yaml')],
    words: ['steps:\\n', 'image: ', 'services:\\n', 'container: ', 'matrix:\\n', ...YAML],
  },
  'cloud-build': {
    seeds: [fixture('cloudbuild.yaml')],
    words: ['steps:\\n', 'image: ', 'services:\\n', 'container: ', 'matrix:\\n', ...YAML],
  },
  buildkite: {
    seeds: [fixture('buildkite.yaml')],
    words: ['steps:\\n', 'image: ', 'plugins:\\n', 'docker#v5:\\n', 'matrix:\\n', ...YAML],
  },
  quadlet: {
    seeds: [fixture('web.container.txt')],
    words: ['[Container]\\n', 'Image=', '\\\\', 'Mount=type=image,source=', ...YAML],
  },
  ecs: {
    seeds: [fixture('ecs.json')],
    words: ['containerDefinitions:\\n', 'taskDefinition:\\n', 'image: ', 'Resources:\\n', ...YAML],
  },
  sbom: {
    seeds: [fixture('cyclonedx.json')],
    words: ['components:\\n', 'purl: ', 'pkg:oci/', 'version: ', '%', ...YAML],
  },
  ansible: {
    seeds: [fixture('ansible.yaml')],
    words: ['tasks:\\n', 'docker_container:\\n', 'docker_image: ', 'name=a image=b', ...YAML],
  },
  compose: {
    seeds: [
      fixture('fragments.txt'),
      fixture('operators.txt'),
      'include: [{ path: inc, env_file: env }]\nservices: { a: { extends: { file: x, service: y }, build: { context: ., dockerfile_inline: "FROM a" } } }\n',
    ],
    words: [
      'services:\n',
      'build:\n',
      'extends: ',
      'profiles: [p1]\n',
      'env_file: ',
      'include:\n',
      `\${X:?no}`,
      `\${X:-a}`,
      `\${`,
      '!reset ',
      '!override ',
      ...YAML,
    ],
  },
  yaml: {
    seeds: [fixture('custom-resources.yaml')],
    words: ['image:\n', 'repository: ', 'tag: ', 'registry: ', ...YAML],
  },
};

function assertExtraction({ found, problems }: Extraction, text: string): void {
  const lines = text.split('\n').length;
  for (const { line } of [...found, ...problems]) {
    assert.ok(
      line === undefined || (Number.isInteger(line) && line >= 1 && line <= lines + 1),
      `line ${line} of ${lines}`,
    );
  }
  assert.ok(!JSON.stringify([found, problems]).includes(SECRET), 'a secret of the environment is in what was found');
}

const EXTRACTORS = INPUT_FORMATS.filter((format) => format !== 'list').map((format) =>
  textTarget(`input-${format}`, { ...SOURCES[format], cost: 4 }, async (text) => {
    extractorFor('-', text.slice(0, 8192));
    const extractor = extractorNamed(format);
    extractor.matches(text.slice(0, 100), text);
    assertExtraction(await extractor.extract(text, 'folder/a file', OPTIONS), text);
  }),
);

const list = textTarget(
  'input-list',
  {
    seeds: ['nginx:1 # c\n\nredis\r\n', '\ufeff# all\nghcr.io/a/b@sha256:x\n'],
    words: ['#', '\n', ' #', 'nginx', '\r\n'],
  },
  async (text) => {
    const chunks = async function* () {
      yield text.slice(0, text.length / 2);
      yield Buffer.from(text.slice(text.length / 2));
    };
    for (const targets of await allOf(readList(chunks(), 'a')))
      for (const { text } of targets) assert.equal(text, text.trim());
  },
);

const lookup = createLookup(ENVIRONMENT);

const dotenv = textTarget(
  'dotenv',
  {
    seeds: [`export A=1\nB="x \${A} \\n" # c\nC='$A'\nD: e\nF\n`, `A=$REGISTRY_PASSWORD\nB=\${A:-x}\n`],
    words: ['=', '"', "'", '\\', '#', '\n', 'export ', `\${`, '}', '$A', ':', ' '],
  },
  (text) => {
    const { values, problem } = parseDotenv(text, { outer: lookup });
    for (const value of values.values()) assert.ok(!value.text.includes(SECRET));
    assert.ok(!problem?.message.includes(SECRET));
  },
);

const interpolation = textTarget(
  'interpolation',
  {
    seeds: [`nginx:\${TAG:-1}`, `\${A:?\${B}} $$ $TAG \${REGISTRY_PASSWORD}`, `\${A:-\${B:-\${C}}}`],
    words: ['$', `\${`, '}', ':-', ':?', ':+', '-', 'TAG', 'A', '[0]'],
  },
  (text) => {
    const value = interpolate(text, lookup);
    assert.ok(!JSON.stringify(value).includes(SECRET));
  },
);

const word = textTarget(
  'dockerfile-word',
  {
    seeds: [`"a \${TAG:-x}"'b'\\ c`, `\${TAG##*/}\${TAG%%:*}\${TAG//a/b}`],
    words: ['$', `\${`, '}', '#', '%', '/', '*', '?', '[', '\\', '"', "'", 'TAG'],
  },
  (text) => {
    const value = expandWord(text, '\\', lookup);
    assert.ok(!JSON.stringify(value).includes(SECRET));
    splitWords(text);
  },
);

export const INPUT_TARGETS: readonly FuzzTarget[] = [list, dotenv, interpolation, word, ...EXTRACTORS];
