import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Depth } from '../../src/cli/cost.ts';
import { createQuotaWarning } from '../../src/cli/quota-warning.ts';

const MANIFEST: Depth = { proof: 'manifest', platforms: [] };

/** A batch of so many images of Docker Hub, and what Docker Hub says of them, one answer after the other. */
function warnings(
  images: number,
  depth: Depth,
  left: readonly number[],
  registry = 'docker.io',
): (string | undefined)[] {
  const quota = createQuotaWarning(depth);
  for (let at = 0; at < images; at += 1) quota.expect({ text: `${registry}/team/app${at}:1`, foundAt: [] });
  return left.map((remaining) =>
    quota.onRateLimit({ registry, rateLimit: { limit: 100, remaining, windowSeconds: 21_600 }, isPull: true }),
  );
}

describe('a batch that may exceed the pulls that Docker Hub grants', () => {
  it('is warned of once, with the first answer', () =>
    assert.deepEqual(warnings(41, MANIFEST, [12, 11, 10]), [
      'Warning: Docker Hub grants 12 more pulls in this window, and this run may still use 40. After those its answers may be 429: log in for more, or use --proof head.',
      undefined,
      undefined,
    ]));

  it('may be known only from a later answer: others pull too', () =>
    assert.deepEqual(
      warnings(41, MANIFEST, [40, 20]).map((warning) => warning !== undefined),
      [false, true],
    ));

  it('does not name --proof head where platforms are asked for', () =>
    assert.match(
      warnings(20, { platforms: ['linux/amd64'] }, [1])[0] ?? '',
      /grants 1 more pull in this window, and this run may still use 39\..*: log in for more\.$/,
    ));

  it('that has used them all is told so', () =>
    assert.match(warnings(3, MANIFEST, [0])[0] ?? '', /grants no more pulls in this window.*Its answers may be 429/));
});

describe('no warning', () => {
  const cases: readonly (readonly [string, number, Depth, number, string?])[] = [
    ['when they are just enough', 41, MANIFEST, 40],
    ['by default, which costs no pulls', 500, { platforms: [] }, 1],
    ['with --proof head', 500, { proof: 'head', platforms: [] }, 0],
    ['of a registry that counts no pulls', 500, MANIFEST, 1, 'ghcr.io'],
  ];
  for (const [name, images, depth, left, registry] of cases) {
    it(name, () => assert.deepEqual(warnings(images, depth, [left], registry), [undefined]));
  }
});
