// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of bake.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bakeExtractor } from '../../src/input/bake.ts';

const options = { env: {}, buildArgs: {}, profiles: [], readFile: async () => undefined };
const extract = (text: string) => bakeExtractor.extract(text, 'docker-bake.json', options);

describe('bakeExtractor', () => {
  it('finds named contexts, for each platform', async () => {
    const text = `{
  "group": {"default": {"targets": ["web"]}},
  "target": {
    "web": {
      "context": ".",
      "dockerfile": "Dockerfile",
      "contexts": {
        "base": "docker-image://alpine:3",
        "other": "target:other",
        "local": "./local"
      },
      "platforms": ["linux/amd64", "linux/arm64"],
      "cache-from": ["type=registry,ref=example.com/cache"],
      "tags": ["example.com/web:1"]
    },
    "other": {"contexts": {"x": "docker-image://redis"}}
  }
}`;
    assert.deepEqual(await extract(text), {
      found: [
        { text: 'alpine:3', line: 8, path: 'target.web.contexts.base', platform: 'linux/amd64' },
        { text: 'alpine:3', line: 8, path: 'target.web.contexts.base', platform: 'linux/arm64' },
        { text: 'redis', line: 16, path: 'target.other.contexts.x' },
      ],
      problems: [],
    });
  });

  it('finds the images of an inline Dockerfile', async () => {
    const text = `{"target": {"web": {
  "contexts": {"two": "./two"},
  "args": {"V": "3", "N": null},
  "target": "one",
  "dockerfile-inline": "ARG V\\nFROM alpine:$V AS one\\nCOPY --from=two a b\\nFROM redis"
}}}`;
    assert.deepEqual(await extract(text), {
      found: [{ text: 'alpine:3', line: 5, path: 'target.web.dockerfile-inline' }],
      problems: [],
    });
  });

  it('skips images with expressions that are not evaluated', async () => {
    const { found } = await extract('{"target": {"a": {"contexts": {"b": "docker-image://alpine:${TAG}"}}}}');
    assert.deepEqual(found, [
      {
        text: 'alpine:${TAG}',
        line: 1,
        path: 'target.a.contexts.b',
        skip: {
          reason: 'unresolved-variable',
          message: '${TAG} is not evaluated; pass the output of `docker buildx bake --print`.',
        },
      },
    ]);
  });

  it('reports errors', async () => {
    const text = '{"target": {"a": {\n"platforms": ["a/b/c/d/e"],\n"dockerfile-inline": "FROM Bad"}}';
    assert.deepEqual(
      (await extract(text)).problems.map(({ line, message }) => `${line} ${message.split(':')[0]}`),
      ['1 Not valid JSON', '2 target.a.platforms', '3 target.a.dockerfile-inline, line 1'],
    );
  });

  it('recognizes files by name and by content', () => {
    const { matches } = bakeExtractor;
    assert.equal(matches('docker-bake.json', ''), true);
    assert.equal(matches('x/docker-bake.override.json', ''), true);
    assert.equal(matches('-', '{\n "target": {\n  "a": {\n   "context": "."'), true);
    assert.equal(matches('tsconfig.json', '{"compilerOptions": {"target": "es2023"}}'), false);
    assert.equal(matches('docker-bake.hcl', 'target "a" {}'), false);
  });

  it('never throws', async () => {
    await fc.assert(fc.asyncProperty(fc.string(), async (text) => Array.isArray((await extract(text)).found)));
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const text = JSON.stringify({ target: { a: value, b: { contexts: value, args: value, platforms: value } } });
        assert.ok(Array.isArray((await extract(text)).found));
      }),
    );
  });
});
