import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { INPUT_FORMATS } from '../../src/input/extractor.ts';
import { extractorFor, extractorNamed } from '../../src/input/extractors.ts';

describe('extractors', () => {
  it('exist for every input format', () => {
    for (const format of INPUT_FORMATS) if (format !== 'list') assert.equal(extractorNamed(format).name, format);
  });

  for (const [path, head, expected] of [
    ['Dockerfile', 'FROM nginx\n', 'dockerfile'],
    ['web.Dockerfile', '# syntax=docker/dockerfile:1\nFROM nginx\n', 'dockerfile'],
    ['-', 'ARG V=1\nFROM nginx:$V\n', 'dockerfile'],
    ['compose.yaml', 'services:\n  web:\n    image: nginx\n', 'compose'],
    ['docker-compose.yml', 'include: [a.yaml]\nservices:\n  web:\n    extends: x\n', 'compose'],
    ['-', 'services:\n  web:\n    image: nginx\n', 'compose'],
    [
      '-',
      '{\n  "name": "shop",\n  "services": {\n    "web": {\n      "command": null,\n      "image": "shop/web"',
      'compose',
    ],
    ['-', '{"services":{"web":{"build":{"context":"."}}}}', 'compose'],
    ['app.json', '{"services": {"web": {"url": "https://example.com"}}}', undefined],
    ['.devcontainer/devcontainer.json', '// x\n{ "image": "nginx" }\n', 'devcontainer'],
    ['docker-bake.json', '{ "target": { "app": { "context": "." } } }\n', 'bake'],
    ['charts/shop/Chart.yaml', 'apiVersion: v2\nname: shop\n', 'chart'],
    ['web.yaml', 'apiVersion: v1\nkind: Pod\n', 'kubernetes'],
    ['kustomization.yaml', 'images: []\n', 'kubernetes'],
    ['-', '---\n# Source: shop/templates/web.yaml\napiVersion: v1\nkind: Pod\n', 'kubernetes'],
    [
      '.github/workflows/ci.yml',
      'on: push\njobs:\n  a:\n    services:\n      db:\n        image: postgres\n',
      'github-workflow',
    ],
    ['-', 'on: push\njobs:\n  a:\n    runs-on: x\n', 'github-workflow'],
    ['.gitlab-ci.yml', 'services:\n  - redis\na:\n  script: x\n', 'gitlab-ci'],
    ['-', 'image: node\nservices:\n  - redis\na:\n  script: x\n', 'gitlab-ci'],
    ['values.yaml', 'image:\n  repository: nginx\n', undefined],
    ['README.md', '# Shop\n', undefined],
    ['package.json', '{ "name": "shop", "version": "1.0.0" }\n', undefined],
    ['package-lock.json', '{ "lockfileVersion": 3, "packages": {} }\n', undefined],
    ['.circleci/config.yml', 'version: 2.1\njobs:\n  build:\n    docker:\n      - image: cimg/node\n', 'circleci'],
    ['-', '', undefined],
  ] as const) {
    it(`recognize ${path} ${JSON.stringify(head)} as ${expected ?? 'nothing'}`, () =>
      assert.equal(extractorFor(path, head)?.name, expected));
  }
});
