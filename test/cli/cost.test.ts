import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CheckDepth, createQuotaWatch, estimateCosts } from '../../src/cli/cost.ts';
import { formatQuotaWarning } from '../../src/cli/notes.ts';
import type { Target } from '../../src/core/target.ts';

const target = (text: string, more: Partial<Target> = {}): Target => ({ text, foundAt: [], ...more });

/** `requests; pulls` of one image, as least-most. */
function cost(image: Target, depth: Partial<CheckDepth>): string {
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

  it('counts the platform that the file requires, except with --proof head', () => {
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

  it('counts nothing for skipped images', () => {
    const skip = { reason: 'local-build', message: 'It is built here.' } as const;
    assert.deepEqual(estimateCosts([target('app', { skip }), target('NO REFERENCE')], { platforms: [] }), []);
  });
});

const MANIFEST: CheckDepth = { proof: 'manifest', platforms: [] };

/** A batch of so many images of Docker Hub, and what Docker Hub says of them, one answer after the other. */
function warnings(
  images: number,
  depth: CheckDepth,
  left: readonly number[],
  registry = 'docker.io',
): (string | undefined)[] {
  const quota = createQuotaWatch(depth);
  for (let at = 0; at < images; at += 1) quota.expect({ text: `${registry}/team/app${at}:1`, foundAt: [] });
  return left.map((remaining) => {
    const rateLimit = { limit: 100, remaining, windowSeconds: 21_600 };
    const shortage = quota.onRateLimit({ registry, rateLimit, isPull: true });
    return shortage && formatQuotaWarning(shortage);
  });
}

describe("a run that may exceed Docker Hub's pull quota", () => {
  it('causes one warning, at the first response', () =>
    assert.deepEqual(warnings(41, MANIFEST, [12, 11, 10]), [
      'warning: Docker Hub allows 12 more pulls in this window, but this run may need 40. Later requests may be rate limited (429): log in for a higher limit, or use --proof head.',
      undefined,
      undefined,
    ]));

  it('may cause it at a later response, because others pull as well', () =>
    assert.deepEqual(
      warnings(41, MANIFEST, [40, 20]).map((warning) => warning !== undefined),
      [false, true],
    ));

  it('does not suggest --proof head if platforms are required', () =>
    assert.match(
      warnings(20, { platforms: ['linux/amd64'] }, [1])[0] ?? '',
      /allows 1 more pull in this window, but this run may need 39\..*: log in for a higher limit\.$/,
    ));

  it('says so if no pulls are left', () =>
    assert.match(
      warnings(3, MANIFEST, [0])[0] ?? '',
      /allows no more pulls in this window.*Later requests may be rate limited \(429\)/,
    ));
});

describe('no warning', () => {
  const cases: readonly (readonly [string, number, CheckDepth, number, string?])[] = [
    ['if the quota is just enough', 41, MANIFEST, 40],
    ['by default, which costs no pulls', 500, { platforms: [] }, 1],
    ['with --proof head', 500, { proof: 'head', platforms: [] }, 0],
    ['for a registry that does not count pulls', 500, MANIFEST, 1, 'ghcr.io'],
  ];
  for (const [name, images, depth, left, registry] of cases) {
    it(name, () => assert.deepEqual(warnings(images, depth, [left], registry), [undefined]));
  }
});
