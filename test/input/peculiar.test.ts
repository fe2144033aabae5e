// Layouts found in manifests, Dockerfiles and Compose files of well-known projects, in fixtures of our own. They are
// called .txt so that no formatter changes the layout.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { composeExtractor } from '../../src/input/compose.ts';
import { dockerfileExtractor } from '../../src/input/dockerfile.ts';
import type { ExtractOptions, Extractor } from '../../src/input/extractor.ts';
import { kubernetesExtractor } from '../../src/input/kubernetes.ts';
import { fixture, formatFound, NO_OPTIONS } from './found-lines.ts';

async function find(extractor: Extractor, name: string, options: Partial<ExtractOptions> = {}): Promise<string[]> {
  const { found, problems } = await extractor.extract(fixture(name), name, { ...NO_OPTIONS, ...options });
  assert.deepEqual(problems, []);
  return found.map(formatFound);
}

describe('peculiar files', () => {
  it('of operators and their resources', async () =>
    assert.deepEqual(await find(kubernetesExtractor, 'operators.txt'), [
      '40 registry.example.com/shop/operator:v1.2 | Deployment/operator/manager',
      '22 registry.example.com/shop/solver:v1.2 | Deployment/operator/manager/solver-image',
      `27 registry.example.com:5000/shop/sidecar@sha256:${'0'.repeat(64)} | Deployment/operator/manager/sidecar-image`,
      '31 registry.example.com/shop/store:7.1 | Deployment/operator/manager/RELATED_IMAGE_STORE',
      "55 auto | Deployment/gateway/istio-proxy (unresolved-variable: auto is replaced with Istio's proxy image when the pod starts.)",
      '63 registry.example.com/shop/store:7 | StoreCatalog/versions/spec.images[0].image',
      '65 registry.example.com/shop/store:6 | StoreCatalog/versions/spec.images[1].image',
      '77 registry.example.com/shop/plugin:24h | Plugin/made-here/spec.build.output.image (local-build: Build output.)',
      '91 registry.example.com/shop/report:3 | Flow/nightly-/spec.steps[1].container.image',
      '102 registry.example.com/shop/mail:4 | Flow/nightly-/spec.steps[2].container.image',
    ]));

  it('of builders that build builders', async () => {
    const expected = [
      '1 docker/dockerfile:1.7 | # syntax',
      '11 registry.example.com/tests:1 | FROM',
      '18 registry.example.com/cross:1.2 | FROM',
      '20 registry.example.com/go:1.2-os3 | FROM',
      '39 registry.example.com/sdk:extras | RUN --mount',
      `53 registry.example.com/emulators:v7-30@sha256:${'2'.repeat(64)} | COPY --from`,
      `60 registry.example.com/base:26.04@sha256:${'1'.repeat(64)} | FROM`,
    ];
    assert.deepEqual(await find(dockerfileExtractor, 'toolchain.Dockerfile'), expected);
    const debug = await find(dockerfileExtractor, 'toolchain.Dockerfile', { buildArgs: { DEBUG: '1' } });
    assert.deepEqual(debug, expected.toSpliced(5, 0, '49 registry.example.com/store:2.8.3 | FROM'));
  });

  it('of services composed of fragments', async () => {
    const others = [
      '49 registry.example.com/note | services.note.image',
      '61 made | services.made.build (local-build: Built by services.made.)',
    ];
    assert.deepEqual(await find(composeExtractor, 'fragments.txt'), [
      '20 registry.example.com/store:13 | services.store.image',
      '7 registry.example.com/worker:2.9 | services.web.image',
      '7 registry.example.com/worker:2.9 | services.init.image',
      ...others,
    ]);
    const options = { profiles: ['debug'], env: { WORKER_IMAGE: 'registry.example.com/mine:1' } };
    assert.deepEqual(await find(composeExtractor, 'fragments.txt', options), [
      '20 registry.example.com/store:13 | services.store.image',
      '7 registry.example.com/mine:1 | services.web.image',
      '7 registry.example.com/mine:1 | services.init.image',
      others[0],
      '7 registry.example.com/mine:1 | services.debug.image',
      others[1],
    ]);
  });

  it('with text that ends in the column of its key, as Kubernetes and Compose accept it', async () => {
    const lines = async (extractor: Extractor, text: string) => {
      const { found, problems } = await extractor.extract(text, 'a file', NO_OPTIONS);
      return [...found.map(formatFound), ...problems.map(({ line, message }) => `${line}! ${message}`)];
    };
    for (const [open, end] of [
      ['["', '"]'],
      ["'", "'"],
      ['"', '"'],
    ]) {
      const text = (key: string) => `    ${key}: ${open}\n      one\n    ${end}\n    image: web:1\n`;
      assert.deepEqual(await lines(composeExtractor, `services:\n  a:\n${text('command')}`), [
        '6 web:1 | services.a.image',
      ]);
      const flow = `apiVersion: example.com/v1\nkind: Flow\nspec:\n  container:\n${text('args')}`;
      assert.deepEqual(await lines(kubernetesExtractor, flow), ['8 web:1 | Flow/spec.container.image']);
    }
    assert.deepEqual(await lines(kubernetesExtractor, 'kind: Flow\nspec:\n  a:\n    b: "\n  c: x"\n'), []);
    assert.deepEqual(await lines(kubernetesExtractor, 'kind: Flow\nspec:\n  a:\n    b: "\n  c: x\n'), [
      '4! Not valid YAML: this quote (") is never closed (column 8).',
    ]);
  });

  it('with any indentation inside quotes and brackets, as libyaml and go-yaml read it', async () => {
    const texts = [
      "'first\n\n    second'",
      "'first\n\nsecond'",
      '"first\nsecond: third\n  - fourth"',
      '"first\n# no comment\n"',
      '[\n    "sh"\n    ]',
      '[\n"sh",\n{ a: b,\nc: [d\n] }\n]',
      '[{ name: a },\n    { name: b }]',
      '{ a: b,\nc: d # comment\n,\n}',
      '[a b\nc, d]',
      '[a,# comment\nb]',
      "[ '\n]' ]",
    ];
    for (const text of texts) {
      const lines = 5 + text.split('\n').length;
      const yaml = `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - note: ${text}\n    image: web:1\n    name: a\n`;
      const { found, problems } = await kubernetesExtractor.extract(yaml, 'a file', NO_OPTIONS);
      assert.deepEqual([found.map(formatFound), problems], [[`${lines} web:1 | Pod/a`], []], text);
    }
  });

  it('with carriage returns as line ends', async () => {
    const text = 'apiVersion: v1\rkind: Pod\rspec:\r  containers:\r  - image: web:1\r    name: a\r';
    const { found } = await kubernetesExtractor.extract(text, 'a file', NO_OPTIONS);
    assert.deepEqual(found.map(formatFound), ['5 web:1 | Pod/a']);
  });

  it('never with the edge of a document inside quotes and brackets', async () => {
    for (const open of ['"', "'", '[', '{ a: ']) {
      const text = `apiVersion: v1\nkind: Pod\nspec:\n  note: ${open}x\n---\n"']}\n`;
      const { problems } = await kubernetesExtractor.extract(text, 'a file', NO_OPTIONS);
      assert.match(problems[0]?.message ?? '', /^Not valid YAML: /, open);
    }
  });
});
