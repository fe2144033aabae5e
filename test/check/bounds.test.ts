// Limits on what a registry can make a check do: entries, depth.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Bundle } from '../../src/demo/content.ts';
import { createImage } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { createChecker } from '../../src/index.ts';

async function checkOf(bundle: Bundle, options: Parameters<typeof createChecker>[0] = {}) {
  await using registry = await startRegistry();
  registry.put('team/app', 'v1', bundle);
  const checker = createChecker({ ...options, env: { HOME: '/nonexistent' }, retries: 0 });
  const result = await checker.check(`${registry.name}/team/app:v1`);
  await checker.close();
  return { result, asked: registry.log.length };
}

describe('an index of 3,000 entries', () => {
  const image = createImage({ platform: 'linux/s390x' });
  const index = createIndex([
    ...Array.from({ length: 2_999 }, () => ({ image, platform: 'linux/amd64' })),
    { image, platform: 'linux/s390x' },
  ]);

  it('takes one request, and one more for a platform', async () => {
    const plain = await checkOf(index);
    assert.deepEqual(
      [plain.result.verdict, plain.result.platforms, plain.asked],
      ['pullable', ['linux/amd64', 'linux/s390x'], 1],
    );
    const asked = await checkOf(index, { platform: 'linux/s390x' });
    assert.deepEqual([asked.result.verdict, asked.asked], ['pullable', 2]);
  });
});

describe('indexes 30 deep', () => {
  let nested: Bundle = createImage();
  for (let depth = 0; depth < 30; depth += 1) nested = createIndex([{ image: nested, platform: null }]);

  it('are not followed to the end', async () => {
    const { result, asked } = await checkOf(nested, { proof: 'layers' });
    assert.equal(result.verdict, 'unpullable');
    assert.ok(asked < 12, `${asked} requests`);
  });
});
