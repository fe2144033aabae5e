import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Proof } from '../../src/core/result.ts';
import { OCI_INDEX } from '../../src/registry/media-type.ts';
import type { Script } from '../support/fake-send.ts';
import { imageOf } from '../support/images.ts';
import { checkScripted, serves } from '../support/scripted-check.ts';

const IMAGE = imageOf();
const HEAD = 'HEAD /v2/team/app/manifests/1';
const GET = 'GET /v2/team/app/manifests/1';

describe('the proof of a check, and its requests', () => {
  for (const [name, image, proof, script, expected] of [
    ['by default', undefined, undefined, { [GET]: serves(IMAGE) }, ['GET', 'manifest']],
    [
      'by default, on Docker Hub',
      'team/app:1',
      undefined,
      { [HEAD]: serves({ ...IMAGE, mediaType: OCI_INDEX }) },
      ['HEAD', 'head'],
    ],
    ['--proof manifest, on Docker Hub', 'team/app:1', 'manifest', { [GET]: serves(IMAGE) }, ['GET', 'manifest']],
    ['--proof head', undefined, 'head', { [HEAD]: serves(IMAGE) }, ['HEAD', 'head']],
    ['--proof head, on Docker Hub', 'team/app:1', 'head', { [HEAD]: serves(IMAGE) }, ['HEAD', 'head']],
    [
      'if the headers do not suffice',
      undefined,
      'head',
      { [HEAD]: { status: 405 }, [GET]: serves(IMAGE) },
      ['HEAD', 'GET', 'manifest'],
    ],
  ] as readonly [string, string | undefined, Proof | undefined, Script, readonly string[]][]) {
    it(`${name}: ${expected.join(', ')}`, async () => {
      const { result, log } = await checkScripted({ ...(image && { image }), proof, script });
      assert.deepEqual([...log.map((line) => line.split(' ')[0]), result.proof], expected);
      assert.equal(result.digest, IMAGE.digest);
    });
  }

  it('reports the digest of the content, not of the header', async () => {
    const wrong = `sha256:${'0'.repeat(64)}`;
    const { result } = await checkScripted({ script: { [GET]: serves(IMAGE, { 'docker-content-digest': wrong }) } });
    assert.equal(result.digest, IMAGE.digest);
    assert.equal(
      result.warnings[0]?.message,
      `The registry reports digest ${wrong}, but the content's digest is ${IMAGE.digest}: containerd goes by the header, and fails.`,
    );
  });

  it('cleans a header before it shows it', async () => {
    const { result } = await checkScripted({
      script: { [GET]: serves(IMAGE, { 'docker-content-digest': 'sha256:\u001b[31mx' }) },
    });
    assert.match(result.warnings[0]?.message ?? '', /digest sha256: \[31mx, but/);
  });
});
