import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckOptions } from '../../../src/check/checker.ts';
import type { Result } from '../../../src/core/result.ts';
import { compareRunning, type KnownIndexes } from '../../../src/monitor/probe/compare-running.ts';

const [INDEX, CHILD, OLD] = ['a', 'b', 'c'].map((digit) => `sha256:${digit.repeat(64)}`) as [string, string, string];
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const reference = { registry: 'r.example', repository: 'app', tag: '1', digest: null, canonical: 'r.example/app:1' };

function checked(fields: Partial<Result> = {}) {
  return { verdict: 'pullable', reference, digest: INDEX, mediaType: OCI_INDEX, ...fields } as Result;
}

/** A registry whose index lists CHILD. */
function registry({ verdict = 'pullable' } = {}) {
  const asked: string[] = [];
  const indexes: KnownIndexes = new Map();
  const check = async (text: string, { onIndex }: CheckOptions): Promise<Result> => {
    asked.push(text);
    if (verdict === 'pullable') onIndex?.([CHILD]);
    return { verdict } as Result;
  };
  return { asked, indexes, check };
}

describe('what runs, compared with what the tag serves', () => {
  it('is the same by the digest of the index: nothing more is requested', async () => {
    const scene = registry();
    assert.deepEqual(await compareRunning([INDEX], checked(), undefined, scene), []);
    assert.deepEqual(scene.asked, []);
  });

  it('is the same by the digest of the manifest for a platform', async () => {
    const scene = registry();
    assert.deepEqual(await compareRunning([CHILD], checked(), [CHILD], scene), []);
    assert.deepEqual(scene.asked, []);
    assert.deepEqual(await compareRunning([CHILD, OLD, INDEX], checked(), [CHILD], scene), [OLD]);
  });

  it('asks once for the entries of an index that only a HEAD found', async () => {
    const scene = registry();
    assert.deepEqual(await compareRunning([CHILD], checked(), undefined, scene), []);
    assert.deepEqual(await compareRunning([OLD], checked(), undefined, scene), [OLD]);
    assert.deepEqual(scene.asked, [`r.example/app@${INDEX}`]);
  });

  it('is another one where the tag serves a single manifest', async () => {
    const scene = registry();
    const single = checked({ digest: CHILD, mediaType: OCI_MANIFEST });
    assert.deepEqual(await compareRunning([CHILD], single, undefined, scene), []);
    assert.deepEqual(await compareRunning([OLD], single, undefined, scene), [OLD]);
    assert.deepEqual(scene.asked, []);
  });

  it('is not known where nothing runs, the image cannot be pulled, or the index cannot be read', async () => {
    const scene = registry({ verdict: 'undetermined' });
    assert.equal(await compareRunning([], checked(), undefined, scene), null);
    for (const verdict of ['unpullable', 'undetermined'] as const) {
      assert.equal(await compareRunning([OLD], checked({ verdict } as Partial<Result>), undefined, scene), null);
    }
    assert.equal(await compareRunning([OLD], checked({ digest: null }), undefined, scene), null);
    assert.deepEqual(scene.asked, []);
    assert.equal(await compareRunning([OLD], checked(), undefined, scene), null);
  });
});
