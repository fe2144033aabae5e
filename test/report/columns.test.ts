import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatColumns } from '../../src/report/columns.ts';

const LONG = `registry.example/team/${'a'.repeat(70)}:1`;
const rows = [
  ['nginx', 'compose.yaml:2 services.web.image'],
  [LONG, 'compose.yaml:3'],
  ['ghcr.io/org/app:2', 'compose.yaml:4 services.app.image, deploy/web.yaml:17 spec.template.spec.containers'],
  ['redis', ''],
];

describe('rows in columns', () => {
  it('are a line each in a pipe', () =>
    assert.equal(
      formatColumns(rows),
      `nginx              compose.yaml:2 services.web.image
${LONG}  compose.yaml:3
ghcr.io/org/app:2  compose.yaml:4 services.app.image, deploy/web.yaml:17 spec.template.spec.containers
redis
`,
    ));

  it('wrap their last column on a terminal, and go below a long first text', () =>
    assert.equal(
      formatColumns(rows, 60),
      `nginx              compose.yaml:2 services.web.image
${LONG.replace('team/', 'team/\n    ').replace(':1', '\n    :1')}
    compose.yaml:3
ghcr.io/org/app:2  compose.yaml:4 services.app.image,
                   deploy/web.yaml:17
                   spec.template.spec.containers
redis
`,
    ));

  it('are all stacked if the terminal is too narrow for them', () =>
    assert.equal(
      formatColumns(
        [
          ['registry.gitlab.example.com', '12 images', 'up to 36 requests', 'up to 12 pulls'],
          ['docker.io', '1 image', 'up to 3 requests', '0 pulls'],
        ],
        60,
      ),
      `registry.gitlab.example.com
    12 images, up to 36 requests, up to 12 pulls
docker.io
    1 image, up to 3 requests, 0 pulls
`,
    ));

  it('leave their columns to the others if one of them is too wide', () => {
    const resource = (name: string) => [`image-${name}`, '5m', `ghcr.io/${name}`, 'kairos-pull.yaml:3'];
    const names = ['a:1', 'b:2', 'c:3'];
    const short = formatColumns(names.map(resource), 80);
    const name = `team/${'platform/'.repeat(4)}`;
    for (const wide of [`${name}app:2`, `${name}${name}app:2026.01.15-alpine`]) {
      const all = formatColumns([...names, wide].map(resource), 80);
      assert.ok(all.startsWith(`${short}image-team/`), all);
      for (const line of all.split('\n')) assert.ok(line.length <= 80, line);
      assert.ok(all.replace(/\s+/g, '').includes(`5m,ghcr.io/${wide},kairos-pull.yaml:3`));
    }
  });

  it('are nothing without rows', () => assert.equal(formatColumns([], 80), ''));
});
