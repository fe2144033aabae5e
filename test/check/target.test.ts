// What a target can require besides its text: to be skipped, to have a platform of its own.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createChecker, type ImageChecker } from '../../src/check/checker.ts';
import type { CheckerSettings } from '../../src/check/checker-settings.ts';
import type { Target } from '../../src/core/target.ts';
import { createImage } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';

describe('a target', () => {
  let registry: EmbeddedRegistry;
  const checkers: ImageChecker[] = [];
  before(async () => {
    registry = await startRegistry();
    const images = ['linux/amd64', 'linux/arm64'].map((platform) => createImage({ platform }));
    registry.put('app', '1', createIndex(images));
  });
  after(async () => {
    for (const checker of checkers) await checker.close();
    await registry.close();
  });

  const check = (
    target: Omit<Target, 'text' | 'foundAt'>,
    options: CheckerSettings = {},
    text = `${registry.name}/app:1`,
  ) => {
    const checker = createChecker({ env: {}, anonymous: true, plainHttp: true, ...options });
    checkers.push(checker);
    return checker.check({ text, foundAt: [{ source: 'x', line: 1 }], ...target });
  };

  it('that is skipped is a result with its reason, without a request', async () => {
    const skip = { reason: 'unresolved-variable', message: '$TAG is not filled in.' } as const;
    for (const text of ['$TAG', `${registry.name}/app:1`]) {
      const { verdict, reason, cause, message, hint, proof, requests, foundAt, input } = await check(
        { skip },
        {},
        text,
      );
      assert.deepEqual(
        { verdict, reason, cause, message, hint, proof, requests, foundAt, input },
        {
          verdict: 'skipped',
          reason: 'unresolved-variable',
          cause: null,
          message: '$TAG is not filled in.',
          hint: null,
          proof: null,
          requests: [],
          foundAt: [{ source: 'x', line: 1 }],
          input: text,
        },
      );
    }
  });

  it('must exist for its own platform', async () => {
    const there = await check({ platform: 'linux/aarch64' });
    assert.equal(there.verdict, 'pullable');
    assert.deepEqual(
      there.selected?.map(({ platform }) => platform),
      ['linux/arm64'],
    );
    const { reason, message } = await check({ platform: 'linux/s390x' });
    assert.equal(reason, 'platform-missing');
    assert.match(message, /has no image for linux\/s390x/);
  });

  it('must also exist for the platforms of every image', async () => {
    const { selected } = await check({ platform: 'linux/arm64' }, { platforms: ['linux/amd64', 'linux/arm64/v8'] });
    assert.deepEqual(
      selected?.map(({ platform }) => platform),
      ['linux/amd64', 'linux/arm64'],
    );
    const { reason } = await check({ platform: 'linux/arm64' }, { platforms: ['linux/s390x'] });
    assert.equal(reason, 'platform-missing');
  });

  it('requests no manifest with --proof head', async () => {
    const { verdict, proof, requests } = await check({ platform: 'linux/s390x' }, { proof: 'head' });
    assert.deepEqual([verdict, proof, requests.map(({ method }) => method)], ['pullable', 'head', ['HEAD']]);
  });
});
