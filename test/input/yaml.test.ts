// The fallback: YAML of an unknown kind.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { yamlExtractor } from '../../src/input/kubernetes.ts';
import { foundLines } from './found-lines.ts';

const find = (text: string) => foundLines(yamlExtractor, text);

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
    assert.deepEqual(await find('image:\n  repository: shop/web\n  tag: ""\n'), [
      '2 shop/web:{{ tag }} | image (unresolved-variable: {{ tag }} is not resolved.)',
    ]));

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
});
