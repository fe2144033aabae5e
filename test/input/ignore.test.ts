// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the files' own variables.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createIgnore, type IgnoreRule, isExpired } from '../../src/input/ignore.ts';

const rule = (image: string, until?: string): IgnoreRule => ({
  image,
  reason: 'built later',
  location: 'kairos-pull.yaml:2',
  ...(until !== undefined && { until }),
});
const NOW_MS = Date.UTC(2026, 5, 1, 12);

describe('createIgnore', () => {
  const isIgnored = (pattern: string, text: string): boolean =>
    createIgnore([rule(pattern)], NOW_MS)({ text, foundAt: [] }).skip?.reason === 'ignored';

  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    [
      'registry.example.com/dev/*',
      ['registry.example.com/dev/app:1', 'registry.example.com/dev/a/b'],
      ['registry.example.com/devel/app', 'registry.example.com/dev', 'x.registry.example.com/dev/app'],
    ],
    ['nginx', ['nginx', 'nginx:1.27', 'docker.io/library/nginx'], ['org/nginx', 'nginxs', 'ghcr.io/library/nginx']],
    ['nginx:1.*', ['nginx:1.27', 'library/nginx:1.27'], ['nginx', 'nginx:2']],
    ['docker.io/org/*', ['org/app:2', 'index.docker.io/org/app'], ['app', 'quay.io/org/app']],
    ['nginx:latest', ['nginx'], ['nginx:1']],
    ['*:dev', ['quay.io/a/b:dev', 'nginx:dev'], ['nginx:dev2', 'quay.io/dev']],
    ['*/a*a/*', ['quay.io/aa/b', 'quay.io/axa/b'], ['quay.io/a/b']],
    ['*', ['nginx', 'not an image'], []],
    ['shop/web', ['shop/web:${TAG}', 'docker.io/shop/web@${DIGEST}'], ['${REGISTRY}/shop/web:1', 'shop/web-${X}:1']],
    ['${REGISTRY}/*', ['${REGISTRY}/shop/web:1', '${REGISTRY}/a:${TAG}'], ['${OTHER}/a']],
  ];
  for (const [pattern, ignored, checked] of cases) {
    it(pattern, () => {
      for (const text of ignored) assert.equal(isIgnored(pattern, text), true, text);
      for (const text of checked) assert.equal(isIgnored(pattern, text), false, text);
    });
  }

  it('gives the reason of the first rule that matches and has not expired', () => {
    const rules = [rule('n*', '2026-05-31'), { ...rule('nginx'), reason: 'first' }, { ...rule('*'), reason: 'second' }];
    assert.deepEqual(createIgnore(rules, NOW_MS)({ text: 'nginx', foundAt: [{ source: 'a' }] }), {
      text: 'nginx',
      foundAt: [{ source: 'a' }],
      skip: { reason: 'ignored', message: 'first' },
    });
  });

  it('ignores an image with a variable that has no value', () => {
    const skip = { reason: 'unresolved-variable', message: 'TAG has no value.' } as const;
    const target = { text: 'shop/web:${TAG}', foundAt: [], skip };
    assert.deepEqual(createIgnore([rule('shop/*')], NOW_MS)(target).skip, {
      reason: 'ignored',
      message: 'built later',
    });
    assert.deepEqual(createIgnore([rule('other')], NOW_MS)(target), target);
  });

  it('does not change a target that is already skipped', () => {
    const target = { text: 'nginx', foundAt: [], skip: { reason: 'local-build', message: 'It is built.' } } as const;
    assert.deepEqual(createIgnore([rule('*')], NOW_MS)(target), target);
  });
});

describe('isExpired', () => {
  it('starts the day after, in UTC', () => {
    assert.equal(isExpired(rule('*', '2026-05-31'), Date.UTC(2026, 5, 1) - 1), false);
    assert.equal(isExpired(rule('*', '2026-05-31'), Date.UTC(2026, 5, 1)), true);
    assert.equal(isExpired(rule('*'), NOW_MS), false);
  });
});
