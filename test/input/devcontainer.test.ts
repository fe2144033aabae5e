// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the files.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { devcontainerExtractor } from '../../src/input/devcontainer.ts';
import { readFrom } from './linked-files.ts';

type Files = Readonly<Record<string, string>>;

const extract = (text: string, files: Files = {}, env: Files = {}) =>
  devcontainerExtractor.extract(text, '.devcontainer/devcontainer.json', {
    env,
    buildArgs: {},
    profiles: [],
    readFile: readFrom(files),
  });

describe('devcontainerExtractor', () => {
  it('finds the image, but no features', async () => {
    const text =
      '// comment\n{\n\t"image": "mcr.example.com/base:1", // more\n\t"features": {"ghcr.io/x/node:1": {}},\n}\n';
    assert.deepEqual(await extract(text), {
      found: [{ text: 'mcr.example.com/base:1', line: 3, path: 'image' }],
      problems: [],
    });
  });

  it('inserts variables of the environment', async () => {
    const imagesOf = async (image: string) =>
      (await extract(JSON.stringify({ image }), {}, { V: '1' })).found.map(({ text, skip }) => [text, skip?.message]);
    assert.deepEqual(await imagesOf('x:${localEnv:V}'), [['x:1', undefined]]);
    assert.deepEqual(await imagesOf('x:${localEnv:N:2}'), [['x:2', undefined]]);
    assert.deepEqual(await imagesOf('x:${localEnv:N}'), [['x:${localEnv:N}', 'N has no value here.']]);
    assert.deepEqual(await imagesOf('${devcontainerId}'), [['${devcontainerId}', 'devcontainerId has no value here.']]);
  });

  it('finds the images of its Dockerfile, with their locations', async () => {
    const text = `{"build": {
  "dockerfile": "../docker/Dockerfile",
  "args": {"V": "1", "W": "\${localEnv:W}"},
  "target": "dev"
}}`;
    const files = {
      '../docker/Dockerfile': 'ARG V\nARG W\nFROM x:$V AS dev\nCOPY --from=y:$W a b\nFROM z:$W\nFROM x:$W',
    };
    assert.deepEqual(await extract(text, files), {
      found: [{ text: 'x:1', line: 3, path: 'FROM', source: 'docker/Dockerfile' }],
      problems: [
        {
          message:
            'docker/Dockerfile:4: COPY --from does not support variables, quotes or escapes (y:$W); use FROM y:$W AS name and refer to the name.',
          isLinked: true,
        },
      ],
    });
    const old = await extract('{"dockerFile": "Dockerfile"}', { Dockerfile: 'FROM x' });
    assert.deepEqual(old.found, [{ text: 'x', line: 1, path: 'FROM', source: '.devcontainer/Dockerfile' }]);
    const unknown = await extract('{"build": {"dockerfile": "D", "args": {"W": "${localEnv:W}"}}}', {
      D: 'ARG W=1\nFROM z:$W',
    });
    assert.deepEqual(
      unknown.found.map(({ text: image, skip }) => [image, skip?.message]),
      [['z:$W', 'W has no default and no build argument.']],
    );
  });

  it('finds the images of its Compose files, with later files merged over earlier ones', async () => {
    const text = '{"dockerComposeFile": ["../compose.yaml", "compose.yaml"], "service": "app"}';
    const files = {
      '../compose.yaml':
        'services:\n  app: {image: "x:$V"}\n  db: {image: y, extends: {file: sub/c.yaml, service: c}}\n',
      '../.env': 'V=1',
      '../sub/c.yaml': 'services: {c: {platform: linux/arm64}}',
      'compose.yaml': 'services:\n  app: {command: sleep}\n',
    };
    assert.deepEqual(await extract(text, files), {
      found: [
        { text: 'x:1', line: 2, path: 'services.app.image', source: 'compose.yaml' },
        { text: 'y', line: 3, path: 'services.db.image', platform: 'linux/arm64', source: 'compose.yaml' },
      ],
      problems: [],
    });
    const one = await extract('{"dockerComposeFile": "c.yaml"}', { 'c.yaml': 'services: {a: {image: 1}}' });
    assert.deepEqual(one.problems, [
      {
        message: '.devcontainer/c.yaml:1: services.a.image is 1, which is not a string in YAML; quote it.',
        isLinked: true,
      },
    ]);
  });

  it('reports errors', async () => {
    assert.deepEqual((await extract('{"build": {\n"dockerfile": "D"}}')).problems, [
      { message: 'D cannot be read.', line: 2 },
    ]);
    assert.deepEqual(await extract('{"image": "x",\n"dockerComposeFile": ["a"]}'), {
      found: [{ text: 'x', line: 1, path: 'image' }],
      problems: [{ message: 'a cannot be read.', line: 2 }],
    });
    assert.deepEqual((await extract('')).problems, [{ message: 'A devcontainer.json must be a mapping.' }]);
    assert.deepEqual(await extract('{"image": "x"'), {
      found: [{ text: 'x', line: 1, path: 'image' }],
      problems: [{ message: 'Not valid JSON: this "{" is never closed (column 1).', line: 1 }],
    });
  });

  it('recognizes files by name', () => {
    const { matches } = devcontainerExtractor;
    assert.equal(matches('.devcontainer/devcontainer.json', ''), true);
    assert.equal(matches('.devcontainer.json', ''), true);
    assert.equal(matches('devcontainer-feature.json', '{"image": "x"}'), false);
  });

  it('never throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.string(), async (value, other) => {
        const text = JSON.stringify({ image: value, build: value, dockerComposeFile: [value, 'x', other] });
        assert.ok(Array.isArray((await extract(text, { x: other })).found));
      }),
    );
    await fc.assert(fc.asyncProperty(fc.string(), async (text) => Array.isArray((await extract(text)).found)));
  });
});
