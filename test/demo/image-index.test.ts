import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';

const amd64 = createImage();
const arm = createImage({ platform: 'linux/arm/v7' });

interface Entry {
  readonly digest: string;
  readonly platform?: object;
  readonly annotations?: Record<string, string>;
}
const entriesOf = (bytes: Uint8Array): Entry[] => JSON.parse(Buffer.from(bytes).toString()).manifests;

describe('createIndex', () => {
  it('lists images with their own platforms, or with given ones', () => {
    const { manifest } = createIndex([
      arm,
      { image: amd64, platform: 'windows/amd64' },
      { image: amd64, platform: null },
      { image: amd64, platform: { os: 'linux', architecture: 'amd64', 'os.version': '1' } },
    ]);
    assert.deepEqual(
      entriesOf(manifest.bytes).map(({ digest, platform }) => [digest, platform]),
      [
        [arm.manifest.digest, { os: 'linux', architecture: 'arm', variant: 'v7' }],
        [amd64.manifest.digest, { os: 'windows', architecture: 'amd64' }],
        [amd64.manifest.digest, undefined],
        [amd64.manifest.digest, { os: 'linux', architecture: 'amd64', 'os.version': '1' }],
      ],
    );
  });

  it('adds an unknown/unknown attestation for every image on request', () => {
    const { manifest, children } = createIndex([amd64, arm], { attestations: true });
    const attestations = entriesOf(manifest.bytes).slice(2);
    assert.deepEqual(
      attestations.map(({ platform, annotations }) => [platform, annotations?.['vnd.docker.reference.digest']]),
      [amd64, arm].map((image) => [{ os: 'unknown', architecture: 'unknown' }, image.manifest.digest]),
    );
    assert.deepEqual(
      children?.map((child) => child.manifest.digest),
      entriesOf(manifest.bytes).map(({ digest }) => digest),
    );
  });

  it('is a docker manifest list on request', () => {
    const { manifest } = createIndex([createImage({ flavor: 'docker' })], { flavor: 'docker' });
    assert.equal(manifest.mediaType, 'application/vnd.docker.distribution.manifest.list.v2+json');
  });

  it('may be empty', () => assert.deepEqual(entriesOf(createIndex([]).manifest.bytes), []));
});
