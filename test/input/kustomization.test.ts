// Overlays with their bases, as `kubectl kustomize` renders them.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { collectFiles } from '../support/collect-files.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;
const deployment = (name: string, image: string, more = '') =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}}\nspec:\n  template:\n    spec:\n      containers:\n` +
  `      - name: ${name}\n        image: ${image}\n${more}`;
const web = deployment('web', 'web:1.4', '      - {name: log, image: "shop/log:2"}\n');

describe('kustomization', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kairos-pull-'));
  });
  after(() => rm(folder, { recursive: true }));

  const write = (files: Readonly<Record<string, string>>): string => createTemporaryFolder(files, folder).path;

  async function find(root: string, path = '.'): Promise<string[]> {
    const { known, problems } = await collectFiles([join(root, path)]);
    const place = ({ source, line }: { source: string; line?: number }) =>
      `${relative(root, source)}${line === undefined ? '' : `:${line}`}`;
    return [
      ...known.map(
        ({ text, skip, foundAt }) => `${text}${skip === undefined ? '' : ' (skipped)'} ${foundAt.map(place).join(' ')}`,
      ),
      ...problems.map((problem) => `${place(problem)}! ${problem.message}`),
    ];
  }

  const base = { 'base/kustomization.yaml': 'resources: [web.yaml]\n', 'base/web.yaml': web };
  const overlay = (text: string) => ({ ...base, 'overlays/prod/kustomization.yaml': text });
  const log = 'shop/log:2 base/web.yaml:10';

  const cases: readonly (readonly [title: string, files: Readonly<Record<string, string>>, ...found: string[]])[] = [
    [
      'keeps the tag of the resource',
      overlay('resources: [../../base]\nimages:\n- name: web\n  newName: registry.example.com/web\n'),
      log,
      'registry.example.com/web:1.4 overlays/prod/kustomization.yaml:4',
    ],
    [
      'replaces a tag, also with a digest',
      overlay(
        `resources: [../../base]\nimages:\n- {name: web, newTag: "2"}\n- {name: shop/log, digest: "${DIGEST}"}\n`,
      ),
      'web:2 overlays/prod/kustomization.yaml:3',
      `shop/log@${DIGEST} overlays/prod/kustomization.yaml:4`,
    ],
    [
      'adds a suffix',
      overlay('resources: [../../base]\nimages:\n- {name: web, tagSuffix: -slim}\n'),
      log,
      'web:1.4-slim overlays/prod/kustomization.yaml:3',
    ],
    [
      'drops an entry that matches nothing',
      overlay('resources: [../../base]\nimages:\n- {name: other, newTag: "2"}\n'),
      'web:1.4 base/web.yaml:9',
      log,
    ],
    [
      'merges a patch',
      {
        ...overlay('resources: [../../base]\npatches:\n- path: patch.yaml\n'),
        'overlays/prod/patch.yaml': deployment('web', 'web:patched'),
      },
      'web:patched overlays/prod/patch.yaml:9',
      log,
    ],
    [
      'merges an inline patch that adds and deletes containers',
      overlay(
        'resources: [../../base]\npatches:\n- patch: |\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: web}\n' +
          '    spec:\n      template:\n        spec:\n          containers:\n          - {name: log, $patch: delete}\n' +
          '          - {name: proxy, image: "shop/proxy:1"}\n',
      ),
      'web:1.4 base/web.yaml:9',
      'shop/proxy:1 overlays/prod/kustomization.yaml:12',
    ],
    [
      'applies a JSON patch',
      overlay(
        'resources: [../../base]\npatches:\n- target: {kind: Deployment, name: "w.*"}\n  patch: |-\n    - op: replace\n' +
          '      path: /spec/template/spec/containers/0/image\n      value: shop/web:9\n',
      ),
      'shop/web:9 overlays/prod/kustomization.yaml:7',
      log,
    ],
    [
      'applies a component to the resources',
      {
        ...overlay('resources: [../../base]\ncomponents: [../../part]\n'),
        'part/kustomization.yaml':
          'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nimages:\n- {name: web, newTag: part}\n',
      },
      'web:part part/kustomization.yaml:4',
      log,
    ],
    [
      'applies the images of an overlay after those of its base',
      {
        ...overlay('resources: [../../base]\nimages:\n- {name: registry.example.com/web, newTag: "3"}\n'),
        'base/kustomization.yaml': 'resources: [web.yaml]\nimages:\n- {name: web, newName: registry.example.com/web}\n',
      },
      'registry.example.com/web:3 overlays/prod/kustomization.yaml:3',
      log,
    ],
    [
      'reads a base that two overlays share',
      {
        ...overlay('resources: [../../base]\nimages:\n- {name: web, newTag: "2"}\n'),
        'overlays/test/kustomization.yaml': 'resources: [../../base]\nimages:\n- {name: web, newTag: "3"}\n',
      },
      'web:2 overlays/prod/kustomization.yaml:3',
      log,
      'web:3 overlays/test/kustomization.yaml:3',
    ],
    [
      'finds images by a pattern',
      overlay('resources: [../../base]\nimages:\n- {name: "(web|shop/.*)", newTag: "5"}\n'),
      'web:5 overlays/prod/kustomization.yaml:3',
      'shop/log:5 overlays/prod/kustomization.yaml:3',
    ],
    [
      'patches the targets that a pattern and labels select',
      {
        ...overlay(
          `resources: [../../base]\npatches:\n${['name: "^(web|x)$"', 'labelSelector: "!tier, app notin (web)"'].map((target, index) => `- target: {kind: "Deploy(ment)?", ${target}}\n  patch: |\n    - {op: replace, path: /spec/template/spec/containers/${index}/image, value: "shop/p${index}:1"}\n`).join('')}`,
        ),
      },
      'shop/p0:1 overlays/prod/kustomization.yaml:5',
      'shop/p1:1 overlays/prod/kustomization.yaml:8',
    ],
    [
      'copies containers as a JSON patch does',
      overlay(
        'resources: [../../base]\npatches:\n- target: {kind: Deployment}\n  patch: |\n' +
          '    - {op: copy, from: /spec/template/spec/containers/0, path: /spec/template/spec/containers/-}\n' +
          '    - {op: replace, path: /spec/template/spec/containers/2/image, value: "shop/copy:1"}\n' +
          '    - {op: replace, path: /spec/template/spec/containers/2/name, value: copy}\n',
      ),
      'web:1.4 base/web.yaml:9',
      log,
      'shop/copy:1 overlays/prod/kustomization.yaml:6',
    ],
    [
      'replaces images, and parts of them, with fields of other objects',
      {
        ...overlay(
          'resources: [../../base, values.yaml]\nconfigMapGenerator:\n- name: made\n  literals: ["image=shop/made:3"]\nreplacements:\n' +
            '- source: {kind: ConfigMap, name: values, fieldPath: data.tag}\n  targets:\n  - select: {kind: Deployment}\n' +
            '    fieldPaths: ["spec.template.spec.containers.[name=log].image"]\n    options: {delimiter: ":", index: 1}\n' +
            '- source: {kind: ConfigMap, name: made, fieldPath: data.image}\n  targets:\n  - select: {name: web}\n' +
            '    fieldPaths: ["spec.template.spec.containers.0.image"]\n',
        ),
        'overlays/prod/values.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: values}\ndata: {tag: "9"}\n',
      },
      'shop/log:9 overlays/prod/values.yaml:4',
      'shop/made:3 overlays/prod/kustomization.yaml:4',
    ],
    [
      'reads fields of images in configurations, and built-in transformers',
      {
        ...overlay(
          'resources: [../../base, app.yaml]\nconfigurations: [fields.yaml]\ntransformers: [tag.yaml]\nimages:\n- {name: shop/app, newTag: "5"}\n',
        ),
        'overlays/prod/app.yaml':
          'apiVersion: example.com/v1\nkind: App\nmetadata: {name: app}\nspec: {runner: {image: "shop/app:1"}}\n',
        'overlays/prod/fields.yaml': 'images:\n- {path: spec/runner/image, kind: App}\n',
        'overlays/prod/tag.yaml':
          'apiVersion: builtin\nkind: ImageTagTransformer\nmetadata: {name: tag}\nimageTag: {name: web, newTag: "8"}\nfieldSpecs:\n- {path: "spec/template/spec/containers[]/image"}\n',
      },
      'web:8 overlays/prod/tag.yaml:4',
      log,
      'shop/app:5 overlays/prod/kustomization.yaml:5',
    ],
    [
      'patches an object by the names that layers below gave it',
      {
        ...overlay(
          'resources: [../mid]\npatches:\n' +
            ['kind: Deployment, name: dev-web, namespace: shop', 'name: "dev-.*", labelSelector: "tier=front"']
              .map(
                (target, index) =>
                  `- target: {${target}}\n  patch: |\n    - {op: replace, path: /spec/template/spec/containers/${index}/image, value: "shop/n${index}:1"}\n`,
              )
              .join(''),
        ),
        'overlays/mid/kustomization.yaml':
          'resources: [../../base]\nnamePrefix: dev-\nnamespace: shop\nlabels: [{pairs: {tier: front}}]\n',
      },
      'shop/n0:1 overlays/prod/kustomization.yaml:5',
      'shop/n1:1 overlays/prod/kustomization.yaml:8',
    ],
    ...['metadata: {name: dev-web, namespace: shop}', 'metadata: {name: web}'].map(
      (metadata): readonly [string, Readonly<Record<string, string>>, ...string[]] => [
        `merges a patch of an outer layer with ${metadata}`,
        {
          ...overlay('resources: [../mid]\npatches: [{path: patch.yaml}]\n'),
          'overlays/prod/patch.yaml': `apiVersion: apps/v1\nkind: Deployment\n${metadata}\nspec: {template: {spec: {containers: [{name: web, image: "web:9"}]}}}\n`,
          'overlays/mid/kustomization.yaml': 'resources: [../../base]\nnamePrefix: dev-\nnamespace: shop\n',
        },
        log,
        'web:9 overlays/prod/patch.yaml:4',
      ],
    ),
    [
      'keeps the names of two uses of a base',
      {
        ...overlay(
          'resources: [../../base, ../mid]\npatches:\n- target: {name: dev-web}\n  patch: |\n    - {op: replace, path: /spec/template/spec/containers/0/image, value: "web:9"}\n',
        ),
        'overlays/mid/kustomization.yaml': 'resources: [../../base]\nnamePrefix: dev-\n',
      },
      'web:1.4 base/web.yaml:9',
      log,
      'web:9 overlays/prod/kustomization.yaml:5',
    ],
  ];
  for (const [title, files, ...found] of cases) {
    it(title, async () => assert.deepEqual((await find(write(files))).sort(), [...found].sort()));
  }

  // Debian's kubectl is too old for directories under resources; where there is no newer one, the lists above stand alone.
  const version = spawnSync('kubectl', ['version', '--client', '--output=json'], { encoding: 'utf8' }).stdout ?? '';
  const hasKubectl = Number(/"minor": "(\d+)/.exec(version)?.[1] ?? 0) >= 24;

  (hasKubectl ? it : () => {})('finds what kubectl kustomize renders', async () => {
    let compared = 0;
    for (const [title, files] of cases) {
      // Some versions of kustomize add the suffix twice.
      if (title === 'adds a suffix') continue;
      const root = write(files);
      // Old versions refuse some of the fields.
      const { status, stdout } = spawnSync('kubectl', ['kustomize', join(root, 'overlays/prod')], { encoding: 'utf8' });
      if (status !== 0) continue;
      compared += 1;
      const images = [...stdout.matchAll(/image: "?([^\s"]+)/g)].map(([, image]) => image ?? '');
      const found = (await find(root, 'overlays/prod')).map((line) => line.split(' ')[0] ?? '');
      assert.deepEqual(found.sort(), [...new Set(images)].sort(), title);
    }
    assert.ok(compared >= 3, `${compared} cases were compared`);
  });

  it('skips a tag that only the resource has, if the resource is not here', async () => {
    const text =
      'resources: [https://example.com/web.yaml]\nimages:\n- name: web\n  newName: registry.example.com/web\n';
    assert.deepEqual(await find(write({ 'kustomization.yaml': text })), [
      'https://example.com/web.yaml (skipped) kustomization.yaml:1',
      'registry.example.com/web (skipped) kustomization.yaml:4',
    ]);
  });

  it('keeps the images of a patch without its target', async () => {
    const text =
      'resources: [https://example.com/web.yaml]\npatches:\n- target: {kind: Deployment}\n  patch: |\n    - op: add\n' +
      '      path: /spec/template/spec/containers/-\n      value: {name: proxy, image: "shop/proxy:1"}\n';
    assert.deepEqual(await find(write({ 'kustomization.yaml': text })), [
      'https://example.com/web.yaml (skipped) kustomization.yaml:1',
      'shop/proxy:1 kustomization.yaml:7',
    ]);
  });

  it('finds the images in the values of a chart, and says that the chart is not rendered', async () => {
    const text =
      'helmCharts:\n- name: shop\n  valuesFile: values.yaml\n  valuesInline:\n    web: {image: {repository: shop/web, tag: "1"}}\n';
    assert.deepEqual(await find(write({ 'kustomization.yaml': text, 'values.yaml': 'image: shop/api:1\n' })), [
      'shop (skipped) kustomization.yaml:2',
      'shop/web:1 kustomization.yaml:5',
      'shop/api:1 values.yaml:1',
    ]);
  });

  it('says which file of values, of a generator or of crds is missing, and finds the rest', async () => {
    const text =
      'resources: [web.yaml]\nhelmCharts:\n- name: shop\n  valuesFile: nope.yaml\n  additionalValuesFiles: [more.yaml]\n' +
      'configMapGenerator:\n- name: a\n  files: [key=nope.txt, there.txt]\n  envs: [nope.env]\n' +
      'secretGenerator:\n- name: b\n  env: secret.env\ncrds: [crd.yaml]\n';
    const root = write({ 'kustomization.yaml': text, 'web.yaml': deployment('web', 'web:1'), 'there.txt': 'a' });
    assert.deepEqual(await find(root), [
      'shop (skipped) kustomization.yaml:3',
      'nope.yaml (skipped) kustomization.yaml:4',
      'more.yaml (skipped) kustomization.yaml:5',
      'crd.yaml (skipped) kustomization.yaml:13',
      'nope.txt (skipped) kustomization.yaml:8',
      'nope.env (skipped) kustomization.yaml:9',
      'secret.env (skipped) kustomization.yaml:12',
      'web:1 web.yaml:9',
    ]);
  });

  it('reads a resource of any file name', async () =>
    assert.deepEqual(await find(write({ 'kustomization.yaml': 'resources: [web.txt]\n', 'web.txt': web })), [
      'web:1.4 web.txt:9',
      'shop/log:2 web.txt:10',
    ]));

  it('reports what does not exist, with its place', async () => {
    const fields = ['resources', 'bases', 'components', 'patchesStrategicMerge', 'configurations', 'transformers'];
    for (const field of fields) {
      const missing = field === 'components' ? 'is not a directory with a kustomization.' : 'does not exist.';
      const root = write(
        overlay(
          `resources:\n- ../../base\n${field}:\n- nope\n`.replace(
            'resources:\n- ../../base\nresources:',
            'resources:\n- ../../base',
          ),
        ),
      );
      const lines = await find(root, 'overlays/prod');
      const line = field === 'resources' ? 3 : 4;
      assert.ok(lines.includes(`overlays/prod/kustomization.yaml:${line}! nope ${missing}`), `${field}: ${lines}`);
      assert.ok(lines.includes('web:1.4 base/web.yaml:9'), field);
    }
    for (const entry of ['patches: [{path: nope.yaml}]', 'replacements: [{path: nope.yaml}]']) {
      const lines = await find(write(overlay(`resources: [../../base]\n${entry}\n`)), 'overlays/prod');
      assert.deepEqual(lines.at(-1), 'overlays/prod/kustomization.yaml:2! nope.yaml does not exist.');
    }
    const inBase = write({
      ...overlay('resources: [../../base]\n'),
      'base/kustomization.yaml': 'resources: [nope.yaml]\n',
    });
    assert.deepEqual((await find(inBase)).slice(2), ['base/kustomization.yaml:1! nope.yaml does not exist.']);
    const remote = write(overlay('resources: [../../base]\npatches: [{path: "https://example.com/patch.yaml"}]\n'));
    assert.ok(
      (await find(remote)).includes('https://example.com/patch.yaml (skipped) overlays/prod/kustomization.yaml:2'),
    );
  });

  it('reports a resource that is there twice, as kubectl does, and keeps its images', async () => {
    for (const [resources, entry] of [
      ['[../../base, ../../base]', '../../base'],
      ['[../../base, web.yaml]', 'web.yaml'],
    ]) {
      const root = write({
        ...overlay(`resources: ${resources}\n`),
        'overlays/prod/web.yaml': deployment('web', 'web:2'),
      });
      const lines = await find(root, 'overlays/prod');
      const message = `${entry} ${entry === 'web.yaml' ? 'has Deployment/web of apps/v1 once more' : 'is there twice'}; kubectl kustomize refuses it.`;
      assert.ok(lines.includes(`overlays/prod/kustomization.yaml:1! ${message}`), lines.join('\n'));
      assert.ok(lines.some((line) => line.startsWith('web:1.4 ')));
      if (entry === 'web.yaml') assert.ok(lines.some((line) => line.startsWith('web:2 ')));
    }
  });

  it('skips what a plugin or a missing object decides', async () => {
    const text =
      'resources: [web.yaml]\ntransformers: [plugin.yaml]\nreplacements:\n- source: {kind: ConfigMap, name: v, fieldPath: data.image}\n' +
      '  targets:\n  - {select: {name: web}, fieldPaths: [spec.template.spec.containers.0.image]}\n';
    const plugin = 'apiVersion: example.com/v1\nkind: Rename\nmetadata: {name: r}\n';
    assert.deepEqual(await find(write({ 'kustomization.yaml': text, 'web.yaml': web, 'plugin.yaml': plugin })), [
      'transformers (skipped) kustomization.yaml:2',
      '<data.image of ConfigMap/v> (skipped) kustomization.yaml:4',
      'shop/log:2 web.yaml:10',
    ]);
  });

  it('keeps files that refer to each other', async () =>
    assert.deepEqual(
      await find(
        write({
          'a/kustomization.yaml': 'resources: [../b, web.yaml]\n',
          'a/web.yaml': web,
          'b/kustomization.yaml': 'resources: [../a]\n',
        }),
      ),
      ['web:1.4 a/web.yaml:9', 'shop/log:2 a/web.yaml:10'],
    ));
});
