import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { kubernetesExtractor } from '../../src/input/kubernetes.ts';
import { fixture, foundLines, NO_OPTIONS } from './found-lines.ts';

const find = (text: string) => foundLines(kubernetesExtractor, text);

const object = (kind: string, body: string, apiVersion = 'v1') =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: it\n${body}`;

describe('kubernetes', () => {
  it('finds the images in the output of helm template, each with kind/name/container and line', async () =>
    assert.deepEqual(await find(fixture('shop.yaml')), [
      '33 ghcr.io/shop/web:1.4 | Deployment/web/migrate',
      '36 envoyproxy/envoy:v1.31.0 | Deployment/web/proxy',
      '40 ghcr.io/shop/web:1.4 | Deployment/web/web',
      '43 busybox | Deployment/web/containers[1]',
      '49 ghcr.io/shop/model:2 | Deployment/web/model',
      `67 ghcr.io/shop/report@sha256:${'0'.repeat(64)} | CronJob/report/report for linux/arm64`,
      '93 curlimages/curl:8.10.1 | Pod/shop-test/curl (local-build: imagePullPolicy is Never: the image must already be on the node.)',
    ]));

  it('finds the images of custom resources, and nothing that only resembles one', async () =>
    assert.deepEqual(await find(fixture('custom-resources.yaml')), [
      '10 ghcr.io/shop/api:7 | Rollout/api/api',
      '17 quay.io/prometheus/prometheus:v2.55.0 | Prometheus/main/spec.image',
      '26 quay.io/prometheus/alertmanager:v0.27.0 | Alertmanager/old/spec.baseImage',
      '34 ghcr.io/cloudnative-pg/postgresql:16.4 | Cluster/pg/spec.imageName',
      '47 golang | Task/build/compile',
      '50 alpine | Task/build/publish',
      '60 {{inputs.parameters.image}} | Workflow/nightly-/spec.templates[0].container.image (unresolved-variable: {{inputs.parameters.image}} is not resolved.)',
      '63 python:3.13-slim | Workflow/nightly-/spec.templates[1].script.image',
      '65 alpine | Workflow/nightly-/spec.templates[2].container.image',
      '74 registry.example.com/shop/portal:1.10 | Portal/front/spec.image',
      '109 shop/train:3 | Job/train/worker',
      '119 ko://github.com/shop/fn | Service/fn/containers[0] (local-build: Built from source by ko.)',
    ]));

  const pod = 'containers: [{ name: a, image: nginx:1 }]';
  const template = `spec: { template: { spec: { ${pod} } } }\n`;
  for (const [kind, apiVersion, body] of [
    ['Pod', 'v1', `spec: { ${pod} }\n`],
    ['Deployment', 'apps/v1', template],
    ['ReplicaSet', 'apps/v1', template],
    ['StatefulSet', 'apps/v1', template],
    ['DaemonSet', 'apps/v1', template],
    ['Job', 'batch/v1', template],
    ['CronJob', 'batch/v1', `spec: { jobTemplate: { ${template.trim()} } }\n`],
    ['ReplicationController', 'v1', template],
    ['PodTemplate', 'v1', `template: { spec: { ${pod} } }\n`],
  ] as const) {
    it(`finds the images of a ${kind}`, async () =>
      assert.deepEqual(await find(object(kind, body, apiVersion)), [`5 nginx:1 | ${kind}/it/a`]));
  }

  it('finds all kinds of containers in the order they start', async () =>
    assert.deepEqual(
      await find(
        object(
          'Pod',
          'spec:\n  containers:\n  - {name: c, image: c}\n  ephemeralContainers:\n  - {name: e, image: e}\n' +
            '  initContainers:\n  - {name: i, image: i}\n',
        ),
      ),
      ['11 i | Pod/it/i', '7 c | Pod/it/c', '9 e | Pod/it/e'],
    ));

  it('skips the status of a live object', async () =>
    assert.deepEqual(
      await find(
        object(
          'Pod',
          'spec: { containers: [{ name: a, image: nginx }] }\nstatus: { containerStatuses: [{ image: docker.io/library/nginx:old }] }\n',
        ),
      ),
      ['5 nginx | Pod/it/a'],
    ));

  it('expands lists, typed lists and lists of lists', async () => {
    const item = (name: string, kind = 'kind: Pod, ') =>
      `{ ${kind}metadata: { name: ${name} }, spec: { containers: [{ name: c, image: ${name} }] } }`;
    assert.deepEqual(await find(`apiVersion: v1\nkind: List\nitems:\n- ${item('a')}\n- ${item('b')}\n`), [
      '4 a | Pod/a/c',
      '5 b | Pod/b/c',
    ]);
    assert.deepEqual(await find(`apiVersion: v1\nkind: PodList\nitems:\n- ${item('a', '')}\n`), ['4 a | Pod/a/c']);
    assert.deepEqual(await find(`kind: List\nitems:\n- kind: List\n  items:\n  - ${item('a')}\n`), ['5 a | Pod/a/c']);
  });

  it('reads JSON as kubectl writes it', async () => {
    const items = [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'a' },
        spec: { containers: [{ name: 'c', image: 'nginx:1' }] },
      },
    ];
    const list = { apiVersion: 'v1', items, kind: 'List' };
    assert.deepEqual(await find(JSON.stringify(list)), ['1 nginx:1 | Pod/a/c']);
    assert.deepEqual(await find(JSON.stringify(list, null, 4)), ['14 nginx:1 | Pod/a/c']);
    assert.deepEqual(await find(JSON.stringify(list, null, '\t')), ['14 nginx:1 | Pod/a/c']);
  });

  it('supports anchors, aliases and merge keys', async () =>
    assert.deepEqual(
      await find(
        object(
          'Pod',
          'x: &defaults\n  image: &web nginx:1\n  imagePullPolicy: Always\nspec:\n  containers:\n  - name: a\n' +
            '    <<: *defaults\n  - name: b\n    <<: *defaults\n    image: redis:7\n  - name: c\n    image: *web\n',
        ),
      ),
      ['6 nginx:1 | Pod/it/a', '14 redis:7 | Pod/it/b', '16 nginx:1 | Pod/it/c'],
    ));

  it('uses the platform of a node selector only if it is fixed', async () => {
    const bound = (selector: string) =>
      find(object('Pod', `spec: { nodeSelector: { ${selector} }, containers: [{ name: a, image: nginx }] }\n`));
    assert.deepEqual(await bound('kubernetes.io/arch: arm64'), ['5 nginx | Pod/it/a for linux/arm64']);
    assert.deepEqual(await bound('kubernetes.io/arch: amd64, kubernetes.io/os: windows'), [
      '5 nginx | Pod/it/a for windows/amd64',
    ]);
    assert.deepEqual(await bound('kubernetes.io/os: linux'), ['5 nginx | Pod/it/a']);
  });

  it('finds images in parts in the containers of a custom resource', async () =>
    assert.deepEqual(
      await find(
        object(
          'Database',
          'spec:\n  initContainers:\n  - name: init\n    image:\n      repository: registry.example.com/init\n      tag: "1"\n' +
            '  - image: { repository: registry.example.com/later }\n  containers:\n  - image: shop/db:2\n' +
            '  - { name: proxy, image: { registry: registry.example.com, image: proxy, tag: v3 } }\n',
          'example.com/v1',
        ),
      ),
      [
        '9 registry.example.com/init:1 | Database/it/init',
        '11 registry.example.com/later | Database/it/initContainers[1] (unresolved-variable: No tag or digest is set here; the chart or operator adds its own. Check the output of `helm template` instead.)',
        '13 shop/db:2 | Database/it/containers[0]',
        '14 registry.example.com/proxy:v3 | Database/it/proxy',
      ],
    ));

  it('finds the images that the flags and variables of an operator name', async () => {
    const args = (...items: string[]) =>
      find(
        object(
          'Pod',
          `spec:\n  containers:\n  - image: shop/operator:1\n    args:\n${items.map((item) => `    - ${item}\n`).join('')}`,
        ),
      ).then((lines) => lines.slice(1));
    const named = (line: number, text: string, flag: string) => [`${line} ${text} | Pod/it/containers[0]/${flag}`];
    const image = 'registry.example.com/shop/exec:1';
    assert.deepEqual(await args('--executor-image', image), named(10, image, 'executor-image'));
    assert.deepEqual(await args(`--config-reloader=${image}`), named(9, image, 'config-reloader'));
    assert.deepEqual(await args('-reloader', image), named(10, image, 'reloader'));
    assert.deepEqual(await args('--images=a=shop/a:1,b=shop/b:2'), [
      ...named(9, 'shop/a:1', 'images'),
      ...named(9, 'shop/b:2', 'images'),
    ]);
    for (const other of [
      ['--push-image', image],
      [`--destination=${image}`],
      ['--listen=registry.example.com:8080'],
      ['--module=github.com/shop/exec:v1'],
      ['--name=shop/exec:v1'],
      ['--verbose', '--', image],
    ]) {
      assert.deepEqual(await args(...other), [], other.join(' '));
    }
    const env =
      'env: [{ name: PROXY_IMAGE, value: shop/proxy:1 }, { name: BASE_IMAGE, value: shop/base:1 }, { name: X, value: shop/x:1 }]';
    assert.deepEqual(await find(object('Pod', `spec: { containers: [{ name: a, image: shop/a:1, ${env} }] }\n`)), [
      '5 shop/a:1 | Pod/it/a',
      '5 shop/proxy:1 | Pod/it/a/PROXY_IMAGE',
    ]);
  });

  it('finds the images that a kustomization sets', async () =>
    assert.deepEqual(
      await find(
        'resources: [base]\nimages:\n- name: app\n  newName: ghcr.io/shop/app\n  newTag: "7"\n- name: redis\n  newTag: 7.4\n- name: same\n',
      ),
      ['4 ghcr.io/shop/app:7 | Kustomization/images[0]', '6 redis:7.4 | Kustomization/images[1]'],
    ));

  it('finds the digests of a kustomization without a kind, and the images of a component', async () => {
    const images = `images:\n- name: app\n  digest: sha256:${'0'.repeat(64)}\n`;
    assert.deepEqual(await find(images), [`2 app@sha256:${'0'.repeat(64)} | Kustomization/images[0]`]);
    const component = 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n';
    assert.deepEqual(await find(`${component}images:\n- name: app\n  newTag: "7"\n`), [
      '4 app:7 | Kustomization/images[0]',
    ]);
  });

  it('does not guess the tag of a kustomization', async () => {
    const message =
      'The tag is that of the resource, which is not here; check the output of kubectl kustomize instead.';
    assert.deepEqual(await find('kind: Kustomization\nimages:\n- name: app\n  newName: shop/app\n'), [
      `4 shop/app | Kustomization/images[0] (unresolved-variable: ${message})`,
    ]);
    assert.deepEqual(await find('kind: Kustomization\nimages:\n- name: app\n  tagSuffix: -slim\n'), [
      `3 app | Kustomization/images[0] (unresolved-variable: ${message})`,
    ]);
  });

  it('finds nothing in comments, empty documents and objects without images', async () => {
    assert.deepEqual(await find(''), []);
    assert.deepEqual(await find('# only\n---\n\n---\n# comments\n'), []);
    assert.deepEqual(await find(object('Service', 'spec: { ports: [{ port: 80 }] }\n')), []);
    assert.deepEqual(await find(object('Pod', 'spec: { containers: [{ name: injected }, { image: "" }] }\n')), []);
  });

  it('names the unresolved variable', async () => {
    const image = (text: string) => find(object('Pod', `spec:\n  containers:\n  - name: a\n    image: ${text}\n`));
    for (const [text, shown, variable] of [
      ['$' + '{REGISTRY}/app:1', '$' + '{REGISTRY}/app:1', '$' + '{REGISTRY}'],
      ['app:$TAG', 'app:$TAG', '$TAG'],
      ['"#{Image}#"', '#{Image}#', '#{Image}#'],
      ['<your image>', '<your image>', '<your image>'],
    ] as const) {
      assert.deepEqual(await image(text), [
        `8 ${shown} | Pod/it/a (unresolved-variable: ${variable} is not resolved.)`,
      ]);
    }
    for (const text of ['"{{ .Values.image }}:1"', "'{{ .Values.image }}:1'"]) {
      assert.deepEqual(await image(text), [
        '8 {{ .Values.image }}:1 | Pod/it/a (unresolved-variable: {{ .Values.image }} is not resolved; check the output of `helm template` instead.)',
      ]);
    }
    const text = object('Pod', 'spec: { containers: [{ name: a, image: "{{ .Values.image }}:1" }] }\n');
    const { found } = await kubernetesExtractor.extract(text, 'templates/pod.yaml', NO_OPTIONS);
    assert.equal(found[0]?.skip?.cause, 'not-rendered');
    // Without quotes it is valid YAML by chance.
    assert.deepEqual(await image('{{ .Values.image }}'), [
      '8 {{ .Values.image }} | Pod/it/a (unresolved-variable: {{ .Values.image }} is not resolved; check the output of `helm template` instead.)',
    ]);
  });

  it('keeps references that Kubernetes would reject, for the check to judge', async () =>
    assert.deepEqual(await find(object('Pod', 'spec: { containers: [{ name: a, image: NGINX }] }\n')), [
      '5 NGINX | Pod/it/a',
    ]));
});

describe('kubernetes, in a broken document', () => {
  const good = object('Pod', 'spec: { containers: [{ name: a, image: nginx }] }\n');

  it('gives the line and reads the other documents', async () => {
    for (const [broken, line, message] of [
      ['a: [1,\n', 7, 'Not valid YAML: this "[" is never closed (column 4).'],
      ['a: b: c\n', 7, 'Not valid YAML: there are two ": " on this line; put the value in quotes (column 4).'],
      ['a:\n\tb: 1\n', 8, 'Not valid YAML: there is a tab in the indentation; use spaces (column 1).'],
      ['a: "x\n', 7, 'Not valid YAML: this quote (") is never closed (column 4).'],
      ['a: *nothing\n', 7, 'Alias (*) without an anchor (&) before it.'],
    ] as const) {
      const lines = await find(`${good}---\n${broken}---\n${good}`);
      const after = 5 + 6 + broken.split('\n').length;
      assert.deepEqual(lines, ['5 nginx | Pod/it/a', `${after} nginx | Pod/it/a`, `${line}! ${message}`]);
    }
  });

  it('reports a duplicate key only if it hides an image', async () => {
    const labels = 'labels: { a: x, a: y }\nspec: { containers: [{ name: a, image: nginx, tty: true, tty: false }] }\n';
    assert.deepEqual(await find(object('Pod', labels)), ['6 nginx | Pod/it/a']);
    const twice = 'spec:\n  containers: [{ name: a, image: lost }]\n  containers: [{ name: b, image: kept }]\n';
    assert.deepEqual(await find(object('Pod', twice)), ['7 kept | Pod/it/b', '7! Duplicate key "containers".']);
    const harmless =
      'metadata: { annotations: { a: b }, annotations: { c: d }, labels: {}, labels: {} }\n' +
      'spec: { selector: { a: b }, selector: { a: b }, containers: [{ name: a, image: nginx }] }\nstatus: { a: {} }\nstatus: {}\n';
    assert.deepEqual(await find(`apiVersion: v1\nkind: Pod\n${harmless}`), ['4 nginx | Pod/a']);
    const declared = 'apiVersion: v2\nannotations: { images: "[]" }\nannotations: { a: b }\n';
    assert.deepEqual(await find(declared), ['3! Duplicate key "annotations".']);
    const merged = 'x: &x { image: a }\nspec: { containers: [{ <<: *x, image: b }] }\n';
    assert.deepEqual(await find(object('Pod', merged)), ['6 b | Pod/it/containers[0]']);
  });

  it('reports an unrendered chart template', async () => {
    const message = 'Unrendered template ({{ … }}); check the output of `helm template` instead.';
    assert.deepEqual(await find(`{{- if .Values.web }}\n${good}{{- end }}\n`), [`1! ${message}`]);
    assert.deepEqual(await find(object('Pod', 'spec:\n  image: {{ .Values.image }}:{{ .Values.tag }}\n')), [
      `6! ${message}`,
    ]);
  });

  it('reports an unrendered template that is valid YAML, unless an image with a variable was found', async () => {
    const message = 'Unrendered template ({{ … }}); check the output of `helm template` instead.';
    assert.deepEqual(await find('# x\n{{ include "shop.web" . }}\n'), [`2! ${message}`]);
    assert.deepEqual(await find(object('Pod', 'spec:\n  containers: {{ .Values.containers }}\n')), [`6! ${message}`]);
    const replicas = 'spec: { replicas: {{ .Values.replicas }}, containers: [{ name: a, image: nginx }] }\n';
    assert.deepEqual(await find(object('Pod', replicas)), ['5 nginx | Pod/it/a']);
    // Rendered documents have braces in quotes.
    assert.deepEqual(await find(object('PrometheusRule', 'spec: { text: "{{ $labels.pod }} is down" }\n')), []);
  });

  it('does not quote the text', async () => {
    const lines = await find('kind: List\nitems:\n- password: hunter2\n  b: "hunter2" hunter2: hunter2\n');
    assert.equal(lines.length, 1);
    assert.doesNotMatch(lines.join(), /hunter2/);
  });
});

describe('kubernetes, recognized by name and content', () => {
  for (const [path, head, expected] of [
    ['web.yaml', 'apiVersion: v1\nkind: Pod\n', true],
    ['web.yml', '# Source: x\n---\nkind: Pod\napiVersion: v1\n', true],
    ['list.json', '{"apiVersion":"v1","items":[{"kind":"Pod"', true],
    ['list.json', '{\n    "apiVersion": "v1",\n    "kind": "Pod"', true],
    ['-', 'apiVersion: v1\nkind: Pod\n', true],
    ['templates/web.yaml', '{{- if .x }}\napiVersion: {{ .v }}\nkind: Pod\n', true],
    ['kustomization.yaml', 'resources: []\n', true],
    ['README.md', 'apiVersion: v1\nkind: Pod\n', false],
    ['Chart.yaml', 'apiVersion: v2\nname: shop\n', false],
    ['values.yaml', 'image:\n  repository: x\n', false],
    ['package.json', '{"name":"kind"}', false],
  ] as const) {
    it(`${expected ? 'is' : 'is not'} ${path}: ${JSON.stringify(head)}`, () =>
      assert.equal(kubernetesExtractor.matches(path, head), expected));
  }
});
