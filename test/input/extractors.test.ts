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
    ['README.md', '```yaml\nservices:\n  web:\n    image: nginx\n```\n', undefined],
    ['project_test.go', 'const x = `\nservices:\n  web:\n    image: nginx\n`\n', undefined],
    ['compose.yml.example', 'services:\n  web:\n    image: nginx\n', 'compose'],
    ['package.json', '{ "name": "shop", "version": "1.0.0" }\n', undefined],
    ['package-lock.json', '{ "lockfileVersion": 3, "packages": {} }\n', undefined],
    ['.circleci/config.yml', 'version: 2.1\njobs:\n  build:\n    docker:\n      - image: cimg/node\n', 'circleci'],
    ['-', '', undefined],
    // Long data comes before the kind.
    ['web.yaml', `apiVersion: v1\ndata:\n  a: |\n${'    x\n'.repeat(3000)}kind: ConfigMap\n`, 'kubernetes'],
    ['web.yaml', `${'# x\n'.repeat(3000)}apiVersion: v1\nkind: Pod\n`, 'kubernetes'],
    ['web.json', `{\n  "data": "${'x'.repeat(9000)}",\n  "kind": "Pod",\n  "apiVersion": "v1"\n}\n`, 'kubernetes'],
    ['web.yaml', '- apiVersion: v1\n  kind: Pod\n', 'kubernetes'],
    ['web.yaml', `${'a: b\n'.repeat(2000)}c: |\n  apiVersion: v1\n  kind: Pod\n`, undefined],
    ['base/Kustomization', 'resources: [web.yaml]\n', 'kubernetes'],
    [
      '.github/workflows/ci.yml',
      'jobs:\n  a:\n    runs-on: x\n    steps:\n    - run: |\n        apiVersion: v1\n        kind: Pod\n',
      'github-workflow',
    ],
    ['Dockerfile-web', 'ARG A=1 \\\n  B=2\nfrom nginx:$A\n', 'dockerfile'],
    ['Dockerfile_web', 'ARG A=1\nFROM nginx:$A as a\n', 'dockerfile'],
    ['build.txt2', 'from nginx\n', undefined],
    ['letter', 'FROM the desk of the editor\n', undefined],
    ['Dockerfile.go', 'FROM golang:1\n', 'dockerfile'],
    ['dockerfile.go', 'package dockerfile\n', undefined],
    ['dockerfile.ts', 'import { parse } from "x";\n', undefined],
    ['containerfile.py', 'from os import path\n', undefined],
    ['Modelfile', 'FROM llama3.2\n', undefined],
    ['-', 'FROM llama3.2\nPARAMETER temperature 1\n', undefined],
    ['config/services.yaml', 'services:\n  _defaults:\n    autowire: true\n  App\\:\n    resource: x\n', undefined],
    ['shop.services.yml', 'services:\n  shop.cart:\n    class: Cart\n    arguments: ["@x"]\n', undefined],
    ['project.json', '{\n  "name": "shop",\n  "services": {\n    "web": { "image": "x" }\n  }\n}\n', 'compose'],
    ['-', '{"services":{"web":{"build":{"context":"."}}}}', 'compose'],
    ['stack.yaml', `x-a:\n${'  b: c\n'.repeat(3000)}services:\n  web:\n    image: x\n`, 'compose'],
    ['data.json', '{ "services": { "mail": { "url": "x" } } }', undefined],
    [
      'bitbucket-pipelines.yml',
      'image: node:22\npipelines:\n  default:\n    - step:\n        image: x:1\n        script: [make]\n',
      'bitbucket',
    ],
    ['.travis.yml', 'language: node_js\nservices: [docker, redis-server]\nscript: make\n', undefined],
    [
      '.travis.yml',
      'services: [docker]\nbefore_script: x\ndeploy:\n  provider: script\n  script: x\ndist: noble\n',
      undefined,
    ],
    ['values.yaml', 'image:\n  repository: x\n  tag: 1\nhooks:\n  script: x\n', undefined],
    ['values.yaml', 'image:\n  name: x\nreplicas: 1\nhooks:\n  extends: x\n', undefined],
    [
      'ci.yml',
      'stages:\n- stage: a\n  jobs: []\nresources:\n  pipelines:\n  - pipeline: x\n    trigger: true\n',
      'azure-pipelines',
    ],
    ['ci.yml', 'stages: [a]\n.t: &t\n  image: x\na:\n  <<: *t\n  script: [make]\n', 'gitlab-ci'],
    ['ci.yml', 'build: { image: x, script: [make] }\n', 'gitlab-ci'],
    ['ci.yml', 'build:\n  stage: a\n  script: make\n', 'gitlab-ci'],
  ] as const) {
    it(`recognize ${path} ${JSON.stringify(head)} as ${expected ?? 'nothing'}`, () =>
      assert.equal(extractorFor(path, head)?.name, expected));
  }
});
