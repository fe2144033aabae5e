// Argo CD, Flux and k3s objects, and other custom resources with images in lists and texts.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { kubernetesExtractor } from '../../src/input/kubernetes.ts';
import { foundLines } from './found-lines.ts';

const find = (text: string) => foundLines(kubernetesExtractor, text);
const TAG_UNKNOWN =
  '(unresolved-variable: The tag is that of the resource, which is not here; check the output of kubectl kustomize instead.)';

const object = (apiVersion: string, kind: string, spec: string) =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: it}\nspec:\n${spec}`;
const argo = (source: string) => object('argoproj.io/v1alpha1', 'Application', `  source:\n${source}`);

describe('gitops', () => {
  it('finds the images of a Flux Kustomization', async () =>
    assert.deepEqual(
      await find(
        object(
          'kustomize.toolkit.fluxcd.io/v1',
          'Kustomization',
          '  images:\n  - name: web\n    newName: registry.example.com/web\n    newTag: "6"\n  - name: api\n    newName: registry.example.com/api\n' +
            '  - { name: shop/db, newTag: "7" }\n  patches:\n  - patch: |\n      - op: replace\n' +
            '        path: /spec/template/spec/containers/0/image\n        value: shop/log:2\n    target: { kind: Deployment }\n' +
            '  - patch: |\n      apiVersion: apps/v1\n      kind: Deployment\n      metadata: { name: web }\n' +
            '      spec: { template: { spec: { containers: [{ name: proxy, image: "shop/proxy:3" }] } } }\n',
        ),
      ),
      [
        '7 registry.example.com/web:6 | Kustomization/it/spec/images[0]',
        `10 registry.example.com/api | Kustomization/it/spec/images[1] ${TAG_UNKNOWN}`,
        '11 shop/db:7 | Kustomization/it/spec/images[2]',
        '16 shop/log:2 | Kustomization/it/spec.patches[0].patch[0].image',
        '22 shop/proxy:3 | Kustomization/it/proxy',
      ],
    ));

  it('finds the images of an Argo CD Application', async () => {
    assert.deepEqual(
      await find(
        argo(
          '    kustomize:\n      images:\n      - web=registry.example.com/web:6\n      - shop/api:7\n      - db=shop/db\n',
        ),
      ),
      [
        '8 registry.example.com/web:6 | Application/it/spec.source.kustomize.images[0]',
        '9 shop/api:7 | Application/it/spec.source.kustomize.images[1]',
        `10 shop/db | Application/it/spec.source.kustomize.images[2] ${TAG_UNKNOWN}`,
      ],
    );
    assert.deepEqual(
      await find(
        argo(
          '    helm:\n      values: |\n        # all\n        web:\n          image:\n            repository: shop/web\n            tag: "5"\n',
        ),
      ),
      ['11 shop/web:5 | Application/it/spec.source.helm.values.web.image'],
    );
    assert.deepEqual(
      await find(
        argo(
          '    helm:\n      valuesObject: { image: { repository: shop/web } }\n      parameters:\n      - { name: image.tag, value: "8" }\n',
        ),
      ),
      ['7 shop/web:8 | Application/it/spec.source.helm.valuesObject.image'],
    );
  });

  it('finds the images of several sources, and in the template of an ApplicationSet', async () =>
    assert.deepEqual(
      await find(
        object(
          'argoproj.io/v1alpha1',
          'ApplicationSet',
          '  template:\n    spec:\n      sources:\n      - kustomize: { images: ["shop/api:7"] }\n      - helm: { values: "image: shop/web:1" }\n',
        ),
      ),
      [
        '8 shop/api:7 | ApplicationSet/it/spec.template.spec.sources[0].kustomize.images[0]',
        '9 shop/web:1 | ApplicationSet/it/spec.template.spec.sources[1].helm.values.image',
      ],
    ));

  it('finds the images of a HelmRelease, with those of its post-renderers', async () =>
    assert.deepEqual(
      await find(
        object(
          'helm.toolkit.fluxcd.io/v2',
          'HelmRelease',
          '  values: { image: { repository: registry.example.com/dns } }\n  postRenderers:\n  - kustomize:\n' +
            '      images: [{ name: web, newName: shop/web, newTag: "2" }]\n',
        ),
      ),
      [
        '8 shop/web:2 | HelmRelease/it/spec.postRenderers[0].kustomize/images[0]',
        '5 registry.example.com/dns | HelmRelease/it/spec.values.image (unresolved-variable: No tag or digest is set here; the chart or operator adds its own. Check the output of `helm template` instead.)',
      ],
    ));

  it('finds the images of a HelmChart of k3s', async () =>
    assert.deepEqual(
      await find(
        object(
          'helm.cattle.io/v1',
          'HelmChart',
          '  set: { image.tag: "4" }\n  valuesContent: |\n    image:\n      repository: shop/web\n',
        ),
      ),
      ['8 shop/web:4 | HelmChart/it/spec.valuesContent.image'],
    ));

  it('skips what OpenShift replaces, and finds the images of streams and builds', async () => {
    const pod =
      'template: { spec: { containers: [{ name: web, image: "web:latest" }, { name: log, image: "shop/log:1" }] } }';
    assert.deepEqual(
      await find(
        object(
          'apps.openshift.io/v1',
          'DeploymentConfig',
          `  triggers: [{ type: ImageChange, imageChangeParams: { containerNames: [web] } }]\n  ${pod}\n`,
        ),
      ),
      [
        '6 web:latest | DeploymentConfig/it/web (unresolved-variable: An ImageChange trigger replaces it with the image of an image stream.)',
        '6 shop/log:1 | DeploymentConfig/it/log',
      ],
    );
    assert.deepEqual(
      await find(
        object(
          'image.openshift.io/v1',
          'ImageStream',
          '  tags:\n  - name: "1"\n    from: { kind: DockerImage, name: "shop/web:1" }\n',
        ),
      ),
      ['7 shop/web:1 | ImageStream/it/spec.tags[0].from.name'],
    );
    const build =
      '  output: { to: { kind: DockerImage, name: "shop/out:1" } }\n  strategy: { dockerStrategy: { from: { kind: DockerImage, name: "shop/base:1" } } }\n';
    assert.deepEqual(await find(object('build.openshift.io/v1', 'BuildConfig', build)), [
      '5 shop/out:1 | BuildConfig/it/spec.output.to.name (local-build: Build output.)',
      '6 shop/base:1 | BuildConfig/it/spec.strategy.dockerStrategy.from.name',
    ]);
  });

  it('finds lists of images in custom resources, and nothing that is none', async () => {
    assert.deepEqual(
      await find(
        object(
          'example.com/v1',
          'ImageCache',
          '  images: [shop/web:1, registry.example.com/api, logo.png, web, assets/logo]\n' +
            '  extraImages:\n  - name: shop/db:2\n  - name: web\n  parts: { images: { a: shop/a:1, tag: x } }\n',
        ),
      ),
      [
        '5 shop/web:1 | ImageCache/it/spec.images[0]',
        '5 registry.example.com/api | ImageCache/it/spec.images[1]',
        '7 shop/db:2 | ImageCache/it/spec.extraImages[0]',
        '9 shop/a:1 | ImageCache/it/spec.parts.images.a',
      ],
    );
  });
});
