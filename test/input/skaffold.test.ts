import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { kubernetesExtractor } from '../../src/input/kubernetes.ts';
import { foundLines } from './found-lines.ts';

describe('skaffold', () => {
  it('does not check artifacts, which are built, wherever they are referred to', async () =>
    assert.deepEqual(
      await foundLines(
        kubernetesExtractor,
        `apiVersion: skaffold/v4beta11
kind: Config
metadata: { name: shop }
build:
  artifacts:
    - image: registry.example.com/shop/web
      context: web
      requires:
        - image: registry.example.com/other/base
    - image: shop-api
      buildpacks:
        builder: registry.example.com/builder:1
test:
  - image: registry.example.com/elsewhere/api
verify:
  - name: smoke
    container: { name: smoke, image: "registry.example.com/smoke:3" }
  - name: own
    container: { name: own, image: shop-api }
customActions:
  - name: migrate
    containers:
      - name: migrate
        image: registry.example.com/migrate:2
profiles:
  - name: dev
    build:
      artifacts:
        - image: shop-dev
`,
      ),
      [
        '17 registry.example.com/smoke:3 | Config/shop/verify[0].container.image',
        '24 registry.example.com/migrate:2 | Config/shop/migrate',
        '6 registry.example.com/shop/web | Config/shop/build.artifacts[0].image (local-build: Built by Skaffold.)',
        '10 shop-api | Config/shop/build.artifacts[1].image (local-build: Built by Skaffold.)',
        '12 registry.example.com/builder:1 | Config/shop/build.artifacts[1].buildpacks.builder',
        '29 shop-dev | Config/shop/profiles[0].build.artifacts[0].image (local-build: Built by Skaffold.)',
      ],
    ));
});
