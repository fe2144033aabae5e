import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Depth, estimateCosts } from '../../src/cli/cost.ts';
import type { Target } from '../../src/core/target.ts';

const target = (text: string, more: Partial<Target> = {}): Target => ({ text, foundAt: [], ...more });

/** `requests; pulls` of one image, as least-most. */
function cost(image: Target, depth: Partial<Depth>): string {
  const [{ requests, pulls } = assert.fail()] = estimateCosts([image], { platforms: [], ...depth });
  return `${requests.least}-${requests.most}; ${pulls.least}-${pulls.most}`;
}

describe('estimateCosts', () => {
  for (const [image, depth, expected] of [
    ['nginx', {}, '1-3; 0-0'],
    ['nginx', { proof: 'head' }, '1-3; 0-0'],
    ['nginx', { proof: 'manifest' }, '1-3; 1-1'],
    ['nginx', { platforms: ['linux/amd64', 'linux/arm64'] }, '1-5; 1-3'],
    ['nginx', { platforms: ['all'] }, '1-null; 1-null'],
    ['nginx', { proof: 'layers' }, '2-null; 1-null'],
    ['nginx', { proof: 'layers', platforms: ['linux/amd64'] }, '2-null; 1-2'],
    ['quay.io/org/app', {}, '1-3; 0-0'],
    ['quay.io/org/app', { platforms: ['linux/amd64'] }, '1-4; 0-0'],
    ['registry.k8s.io/pause:3.9', {}, '1-1; 0-0'],
    ['mcr.microsoft.com/dotnet/sdk', { proof: 'layers' }, '2-null; 0-0'],
  ] as const) {
    it(`${image} ${JSON.stringify(depth)}: ${expected}`, () => assert.equal(cost(target(image), depth), expected));
  }

  it('counts the platform that the place of an image asks for, unless only its head is asked', () => {
    const image = target('nginx', { platform: 'linux/arm64' });
    assert.equal(cost(image, {}), '1-4; 1-2');
    assert.equal(cost(image, { platforms: ['linux/arm64'] }), '1-4; 1-2');
    assert.equal(cost(image, { proof: 'head' }), '1-3; 0-0');
  });

  it('adds up by registry, in order of appearance', () =>
    assert.deepEqual(
      estimateCosts([target('ghcr.io/a/b'), target('nginx'), target('ghcr.io/a/c')], { platforms: [] }),
      [
        { registry: 'ghcr.io', images: 2, requests: { least: 2, most: 6 }, pulls: { least: 0, most: 0 } },
        { registry: 'docker.io', images: 1, requests: { least: 1, most: 3 }, pulls: { least: 0, most: 0 } },
      ],
    ));

  it('counts nothing for what is not checked', () => {
    const skip = { reason: 'local-build', message: 'It is built here.' } as const;
    assert.deepEqual(estimateCosts([target('app', { skip }), target('NO REFERENCE')], { platforms: [] }), []);
  });
});
