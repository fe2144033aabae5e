// Files that a program completes before they are used: one skip a file, and none beside the skip of a chart.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { collectFiles } from '../support/collect-files.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const pod = (image: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: ${image}\n`;

describe('a template', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kairos-pull-'));
  });
  after(() => rm(folder, { recursive: true }));

  /** As a directory, unless a file is named. */
  async function find(files: Readonly<Record<string, string>>, named = '.'): Promise<string[]> {
    const root = createTemporaryFolder(files, folder).path;
    const { known, problems } = await collectFiles([join(root, named)]);
    return [
      ...known.map(({ text, skip, foundAt: [at] }) => {
        const place = `${relative(root, at?.source ?? '')}:${at?.line}`;
        return `${place} ${text}${skip === undefined ? '' : ` (${skip.reason}: ${skip.message})`}`;
      }),
      ...problems.map(({ source, line, message }) => `${relative(root, source)}:${line}! ${message}`),
    ];
  }

  const skipped = (advice: string) => `(unresolved-variable: Unrendered template ({{ … }}); check ${advice} instead.)`;
  const FILE = skipped('the rendered file');
  const HELM = skipped('the output of `helm template`');

  for (const [title, name, text, expected] of [
    ['an action in a value', 'a.yaml', pod('{{ image }}:1'), [`a.yaml:7 a.yaml ${FILE}`]],
    ['a statement of Jinja', 'a.yaml', `{% if x %}\n${pod('shop/a:1')}{% endif %}\n`, [`a.yaml:1 a.yaml ${FILE}`]],
    [
      'an action of JSON',
      'a.json',
      '{"apiVersion": "v1", "kind": "Pod", "spec": {{ spec }}}',
      [`a.json:1 a.json ${FILE}`],
    ],
    ['the values of a chart, without a chart', 'a.yaml', pod('{{ .Values.image }}:1'), [`a.yaml:7 a.yaml ${HELM}`]],
    [
      'a Dockerfile',
      'Dockerfile',
      '{{ if .x }}\nFROM web:1\n{{ end }}\n',
      [`Dockerfile:1 Dockerfile ${skipped('the rendered Dockerfile')}`, 'Dockerfile:2 web:1'],
    ],
    [
      'a Compose file',
      'compose.yaml',
      'services:\n  a: {image: shop/a:1}\n{% if x %}\n  b: {}\n{% endif %}\n',
      [`compose.yaml:3 compose.yaml ${FILE}`, 'compose.yaml:2 shop/a:1'],
    ],
    [
      'two broken documents of one file',
      'a.yaml',
      `${pod('{{ a }}:1')}---\n${pod('{{ b }}:1')}---\n${pod('shop/c:1')}`,
      [`a.yaml:7 a.yaml ${FILE}`, 'a.yaml:23 shop/c:1'],
    ],
  ] as const) {
    it(`is skipped once, named and in a directory: ${title}`, async () => {
      assert.deepEqual(await find({ [name]: text }), expected);
      assert.deepEqual(await find({ [name]: text }, name), expected);
    });
  }

  it('is none if the text is broken and has no actions, or only those of GitHub in quotes', async () => {
    const broken = `${pod('shop/a:1')}spec: [\n`;
    assert.match((await find({ 'a.yaml': broken })).join(), /^a\.yaml:\d+! Not valid YAML/);
    assert.match((await find({ 'a.yaml': broken }, 'a.yaml')).join(), /^a\.yaml:\d+! Not valid YAML/);
    const workflow = 'jobs:\n  a:\n    runs-on: x\n    container: ${' + '{ matrix.a }}\n    steps: [\n';
    assert.match((await find({ 'a.yaml': workflow })).join(), /^a\.yaml:\d+! Not valid YAML/);
  });

  it('is part of the skip of its chart, which counts it', async () => {
    const files = {
      'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      'web/templates/_helpers.tpl': '{{ define "x" }}{{ end }}\n',
      'web/templates/NOTES.txt': 'x\n',
      'web/templates/a.yaml': `{{- if .Values.a }}\n${pod('{{ .Values.a }}')}{{- end }}\n`,
      'web/templates/b.yaml': pod('"{{ .Values.b }}:1"'),
      'web/templates/tests/c.yaml': pod('shop/test:1'),
    };
    const chart =
      'web/Chart.yaml:2 web (unresolved-variable: The chart is not rendered (3 template files); check the output of `helm template` instead.)';
    assert.deepEqual(await find(files), [chart, 'web/templates/tests/c.yaml:7 shop/test:1']);
    assert.deepEqual(await find(files, 'web/templates/a.yaml'), [`web/templates/a.yaml:1 a.yaml ${HELM}`]);
    const declared = {
      ...files,
      'web/Chart.yaml': `${files['web/Chart.yaml']}annotations:\n  images: "[{image: shop/a:1}]"\n`,
    };
    assert.deepEqual(await find(declared, 'web'), [
      'web/Chart.yaml:5 shop/a:1',
      chart,
      'web/templates/tests/c.yaml:7 shop/test:1',
    ]);
  });

  it('is skipped where a kustomization refers to it', async () =>
    assert.deepEqual(await find({ 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': pod('{{ image }}:1') }), [
      `a.yaml:7 a.yaml ${FILE}`,
    ]));
});
