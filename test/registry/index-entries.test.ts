import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatPlatform } from '../../src/core/platform.ts';
import { publishedPlatforms, sortEntries } from '../../src/registry/index-entries.ts';
import type { Descriptor } from '../../src/registry/manifest-schema.ts';
import { descriptorOf, imageOf, linux } from '../support/images.ts';

const entry = (more: object) => descriptorOf(imageOf(), more) as Descriptor;
const ATTESTATION = { annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } };

describe('sortEntries', () => {
  for (const [name, given, where] of [
    ['an image of a platform', entry(linux('amd64')), 'runnable'],
    ['a platform without an os is one of Linux', entry({ platform: { architecture: 'amd64' } }), 'runnable'],
    ['an image that names no platform', entry({}), 'unspecified'],
    ['a platform of null', entry({ platform: null }), 'unspecified'],
    ['an index in the index', entry({ mediaType: 'application/vnd.oci.image.index.v1+json' }), 'unspecified'],
    ['an attestation', entry({ platform: { os: 'unknown', architecture: 'unknown' }, ...ATTESTATION }), 'nowhere'],
    ['an attestation that names a platform', entry({ ...linux('amd64'), ...ATTESTATION }), 'nowhere'],
    ['an attestation that names none', entry(ATTESTATION), 'nowhere'],
    ['an artifact that names no platform', entry({ artifactType: 'application/spdx+json' }), 'nowhere'],
    ['a platform nobody can read', entry({ platform: { os: [], architecture: 7 } }), 'nowhere'],
    ['an empty platform', entry({ platform: {} }), 'nowhere'],
    ['a media type that is no manifest', entry({ ...linux('amd64'), mediaType: 'text/plain' }), 'nowhere'],
  ] as const) {
    it(`${name}: ${where}`, () => {
      const { runnable, unspecified } = sortEntries({ manifests: [given] });
      assert.deepEqual(
        { runnable: runnable.length, unspecified: unspecified.length },
        { runnable: where === 'runnable' ? 1 : 0, unspecified: where === 'unspecified' ? 1 : 0 },
      );
    });
  }
});

describe('publishedPlatforms', () => {
  it('lists the runnable platforms, in order', () => {
    const manifests = [entry(linux('arm', 'v7')), entry(ATTESTATION), entry(linux('x86_64')), entry({})];
    assert.deepEqual(publishedPlatforms({ manifests }).map(formatPlatform), ['linux/arm/v7', 'linux/amd64']);
  });
});
