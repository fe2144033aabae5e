import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chartExtractor } from '../../src/input/chart.ts';
import { foundLines, NO_OPTIONS } from './found-lines.ts';
import { readFrom } from './linked-files.ts';

const find = (annotations: string) =>
  foundLines(chartExtractor, `apiVersion: v2\nname: shop\nversion: 1.0.0\nannotations:\n${annotations}`);

describe('chart', () => {
  it('finds the images of its annotations on their lines', async () =>
    assert.deepEqual(
      await find(
        '  category: Shop\n  helm.sh/images: |\n    # later\n    - name: web\n      image: shop/web:1\n' +
          '    - image: shop/agent:2\n      condition: agent.enabled\n' +
          '  artifacthub.io/changes: |\n    - kind: added\n      image: no/image:1\n' +
          '  artifacthub.io/images: |-\n\n    - name: operator\n      image: shop/operator:3\n' +
          '      platforms:\n        - linux/amd64\n        - linux/arm64\n' +
          '  images: |\n    - { name: tool, image: "docker.io/shop/tool:4" }\n',
      ),
      [
        '9 shop/web:1 | annotations.helm.sh/images/web',
        '10 shop/agent:2 | annotations.helm.sh/images/[1]',
        '18 shop/operator:3 | annotations.artifacthub.io/images/operator for linux/amd64',
        '18 shop/operator:3 | annotations.artifacthub.io/images/operator for linux/arm64',
        '23 docker.io/shop/tool:4 | annotations.images/tool',
      ],
    ));

  it('gives the line of the annotation if its text has no lines of its own', async () => {
    assert.deepEqual(await find('  helm.sh/images: \'[{"name": "a", "image": "shop/a:1"}]\'\n'), [
      '5 shop/a:1 | annotations.helm.sh/images/a',
    ]);
    assert.deepEqual(await find('  helm.sh/images: >\n    [{image: shop/a:1},\n    {image: shop/b:1}]\n'), [
      '5 shop/a:1 | annotations.helm.sh/images/[0]',
      '5 shop/b:1 | annotations.helm.sh/images/[1]',
    ]);
  });

  it('reports what cannot be read and what is not resolved', async () =>
    assert.deepEqual(
      await find(
        `  helm.sh/images: |\n    - name: a\n    image: shop/a:1\n  artifacthub.io/images: |\n    - image: shop/b:$\{VERSION}\n`,
      ),
      [
        `9 shop/b:$\{VERSION} | annotations.artifacthub.io/images/[0] (unresolved-variable: $\{VERSION} is not resolved.)`,
        '7! annotations.helm.sh/images: Not valid YAML: this text does not belong to the value before it (column 1).',
      ],
    ));

  it('says what to run for a chart that declares no images', async () => {
    const shop =
      '2 shop | Chart (unresolved-variable: The chart is not rendered; check the output of `helm template` instead.)';
    assert.deepEqual(await find('  category: Shop\n'), [shop]);
    assert.deepEqual(await find('  helm.sh/images: none\n'), [shop]);
    assert.deepEqual(await foundLines(chartExtractor, 'apiVersion: v2\nname: shop\ntype: library\n'), []);
  });

  it('reads the values beside it, and guesses neither tags nor registries', async () => {
    const files = {
      'values.yaml':
        'global: { imageRegistry: registry.example.com }\nweb:\n  image: { registry: docker.io, repository: shop/web, tag: "1" }\n' +
        'api: { image: { repository: registry.example.com/api, tag: "2" } }\nside: { image: "shop/side:3" }\n' +
        'job: { image: { repository: registry.example.com/job } }\n',
    };
    const { found, problems } = await chartExtractor.extract('name: shop\n', 'charts/shop/Chart.yaml', {
      ...NO_OPTIONS,
      readFile: readFrom(files),
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(
      found.map(
        ({ source, line, text, skip }) => `${source}:${line} ${text}${skip === undefined ? '' : ` (${skip.message})`}`,
      ),
      [
        'undefined:1 shop (The chart is not rendered; check the output of `helm template` instead.)',
        'charts/shop/values.yaml:3 docker.io/shop/web:1 (global.imageRegistry in the values may replace its registry; check the output of `helm template` instead.)',
        'charts/shop/values.yaml:4 registry.example.com/api:2',
        'charts/shop/values.yaml:5 shop/side:3',
        'charts/shop/values.yaml:6 registry.example.com/job (No tag or digest is set here; the chart or operator adds its own. Check the output of `helm template` instead.)',
      ],
    );
  });

  it('puts imageRegistry and imageTag of the values around the image beside them', async () => {
    const values =
      'image: shop/web\nimageRegistry: registry.example.net\nimageTag: "1.10"\n' +
      'worker:\n  imageRegistry: registry.example.org:5000\n  imageTag: v2\n  image: { repository: shop/worker }\n';
    const { found } = await chartExtractor.extract('name: shop\n', 'Chart.yaml', {
      ...NO_OPTIONS,
      readFile: readFrom({ 'values.yaml': values }),
    });
    assert.deepEqual(
      found.slice(1).map(({ text }) => text),
      ['registry.example.net/shop/web:1.10', 'registry.example.org:5000/shop/worker:v2'],
    );
  });

  it('recognizes Chart.yaml', () => {
    assert.equal(chartExtractor.matches('charts/shop/Chart.yaml', ''), true);
    assert.equal(chartExtractor.matches('chart.yaml', ''), false);
  });
});
