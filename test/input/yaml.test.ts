// The fallback: YAML of an unknown kind.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { yamlExtractor } from '../../src/input/kubernetes.ts';
import { foundLines } from './found-lines.ts';

const find = (text: string) => foundLines(yamlExtractor, text);

const UNKNOWN =
  '(unresolved-variable: No tag or digest is set here; the chart or operator adds its own. Check the output of `helm template` instead.)';

describe('yaml', () => {
  it('finds images in the values of a chart, composed if they are written in parts', async () =>
    assert.deepEqual(
      await find(
        'web:\n  image:\n    registry: ghcr.io\n    repository: shop/web\n    tag: "1.4"\n' +
          `db:\n  image:\n    repository: postgres\n    digest: sha256:${'0'.repeat(64)}\n` +
          'sidecar:\n  image: envoyproxy/envoy\n  imageTag: v1.31\nlegacy: { image: redis, tag: 7 }\n',
      ),
      [
        '4 ghcr.io/shop/web:1.4 | web.image',
        `8 postgres@sha256:${'0'.repeat(64)} | db.image`,
        '11 envoyproxy/envoy:v1.31 | sidecar.image',
        '13 redis:7 | legacy.image',
      ],
    ));

  it('skips an image with an empty tag, which the chart sets', async () =>
    assert.deepEqual(await find('image:\n  repository: shop/web\n  tag: ""\n'), [`2 shop/web | image ${UNKNOWN}`]));

  it('finds images in pipelines of other CI services', async () => {
    assert.deepEqual(
      await find('version: 2.1\njobs:\n  build:\n    docker:\n      - image: cimg/node:22.1\n      - image: redis\n'),
      ['5 cimg/node:22.1 | jobs.build.docker[0].image', '6 redis | jobs.build.docker[1].image'],
    );
    assert.deepEqual(await find('steps:\n  - name: test\n    image: golang\n    commands: [go test]\n'), [
      '3 golang | steps[0].image',
    ]);
    assert.deepEqual(await find('image:\n  name: atlassian/default-image:4\n'), [
      '2 atlassian/default-image:4 | image',
    ]);
  });

  it('does not report pictures, disks, addresses and switches as images', async () =>
    assert.deepEqual(
      await find(
        'a: { image: logo.png }\nb: { image: https://example.com/x }\nc: { image: projects/x/global/images/y }\n' +
          'd: { image: true }\ne: { image: disk.qcow2 }\nf: { image: Some Title }\ng: { image: [a, b] }\nh: { heroImage: sea }\n',
      ),
      [],
    ));

  const DIGEST = `sha256:${'0'.repeat(64)}`;
  const parts: readonly (readonly [title: string, text: string, ...found: string[]])[] = [
    [
      'an image beside its registry, tag and digest',
      `image:\n  registry: registry.example.net\n  image: ingress/controller\n  tag: v1.2\n  digest: ${DIGEST}\n`,
      `3 registry.example.net/ingress/controller:v1.2@${DIGEST} | image.image`,
    ],
    [
      'an image beside its registry, without a map of its own',
      'web:\n  registry: registry.example.net\n  image: shop/web\n  tag: "1.4"\n',
      '3 registry.example.net/shop/web:1.4 | web.image',
    ],
    [
      'fields that begin with the name of the image field',
      `web:\n  image: shop/web\n  imageRegistry: registry.example.net\n  imageTag: "1.10"\n  imageDigest: ${DIGEST}\n`,
      `2 registry.example.net/shop/web:1.10@${DIGEST} | web.image`,
    ],
    [
      'a registry and a tag beside the map',
      'web:\n  registry: registry.example.net:5000\n  tag: 7\n  image:\n    repository: shop/web\n',
      '5 registry.example.net:5000/shop/web:7 | web.image',
    ],
    [
      'a repository that the image completes',
      'driver:\n  repository: registry.example.net/gpu\n  image: driver\n  version: "550"\n',
      '3 registry.example.net/gpu/driver:550 | driver.image',
    ],
    [
      'a registry, a repository and an image',
      'driver:\n  image: {registry: registry.example.net, repository: gpu, image: driver, tag: v1}\n',
      '2 registry.example.net/gpu/driver:v1 | driver.image.image',
    ],
    [
      'a sha beside the tag',
      `image:\n  repository: shop/charts\n  tag: 10.1.0\n  sha: "${'0'.repeat(64)}"\n`,
      `2 shop/charts:10.1.0@${DIGEST} | image`,
    ],
    [
      'a sha that is a commit',
      'image:\n  repository: shop/charts\n  tag: 10.1.0\n  sha: 0123abc\n',
      '2 shop/charts:10.1.0 | image',
    ],
    ['a digest as the tag', `image:\n  repository: shop/charts\n  tag: ${DIGEST}\n`, `2 shop/charts@${DIGEST} | image`],
    [
      'a tag with a suffix',
      'image: {repository: shop/web, tag: "1", tagSuffix: -alpine}\n',
      '1 shop/web:1-alpine | image',
    ],
    [
      'an image that has a registry already',
      'image: {registry: docker.io, image: registry.example.net/shop/web, tag: v1}\n',
      '1 registry.example.net/shop/web:v1 | image.image',
    ],
    [
      'a registry with a variable',
      'web: {registry: $(REGISTRY), image: shop/web, tag: v1}\n',
      '1 $(REGISTRY)/shop/web:v1 | web.image (unresolved-variable: $(REGISTRY) is not resolved.)',
    ],
    [
      'a registry that is the name of a setting',
      'web: {registry: internal, image: shop/web, tag: v1}\n',
      '1 shop/web:v1 | web.image (unresolved-variable: The registry is internal, which is not the name of a host.)',
    ],
    ['a source repository', 'web: {repository: github.com/shop/web, image: node:22}\n', '1 node:22 | web.image'],
    ['no tag', 'image:\n  repository: registry.example.com/dns\n', `2 registry.example.com/dns | image ${UNKNOWN}`],
    [
      'no tag, with a registry',
      'image:\n  registry: registry.example.com\n  image: dns\n',
      `3 registry.example.com/dns | image.image ${UNKNOWN}`,
    ],
    ['an empty tag beside the image', 'web: {image: shop/web, tag: ""}\n', `1 shop/web | web.image ${UNKNOWN}`],
    ['an image without any other part', 'web: {image: shop/web}\n', '1 shop/web | web.image'],
  ];
  for (const [title, text, ...found] of parts) {
    it(`composes an image: ${title}`, async () => assert.deepEqual(await find(text), found));
  }

  it('reads each item of a list as a document', async () => {
    assert.deepEqual(
      await find('- image: redis:7\n- steps:\n  - image: golang\n- - image: { repository: x, tag: 1 }\n'),
      ['1 redis:7 | [0].image', '3 golang | [1].steps[0].image', '4 x:1 | [2][0].image'],
    );
    assert.deepEqual(
      await find(
        '[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"b","image":"x"}]}}]',
      ),
      ['1 x | Pod/a/b'],
    );
    const pod = (name: string) =>
      `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"${name}"},\n"spec":{"containers":[{"name":"b","image":"x:${name}"}]}}`;
    for (const between of ['\n', '', ' ']) {
      assert.deepEqual(
        (await find(pod('a') + between + pod('b'))).map((line) => line.replace(/^\d+ /, '')),
        ['x:a | Pod/a/b', 'x:b | Pod/b/b'],
        between,
      );
    }
  });

  it('reads a list of images, and no list of other words', async () => {
    assert.deepEqual(await find('- nginx\n- redis:7\n'), ['1 nginx | [0]', '2 redis:7 | [1]']);
    assert.deepEqual(await find('["registry.example.com/web:1",\n"db:2"]'), [
      '1 registry.example.com/web:1 | [0]',
      '2 db:2 | [1]',
    ]);
    assert.deepEqual(await find('- src/main\n- docs\n'), []);
    assert.deepEqual(await find('- registry.example.com/web:1\n- Some text\n'), ['1 registry.example.com/web:1 | [0]']);
  });
});
