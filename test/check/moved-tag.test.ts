// A tag that is pushed again during its check. A pull gets the image that the tag resolved to, or the next one: both work.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MirrorRule } from '../../src/check/mirror.ts';
import { descriptorOf, imageOf, indexOf, layerOf, linux } from '../support/images.ts';
import { checkScripted, refuses, serves } from '../support/scripted-check.ts';

const BEFORE = imageOf();
const LAYER = layerOf('of the second push');
const AFTER = imageOf(linux('amd64'), [LAYER]);
const TAG = '/v2/team/app/manifests/1';
const MISSING = refuses(404, 'MANIFEST_UNKNOWN', 'manifest unknown');
const CONTAINERD: MirrorRule = { prefix: 'registry.example', mirrors: [], usedBy: 'containerd' };

const byDigest = ({ digest }: { readonly digest: string }): string => `/v2/team/app/manifests/${digest}`;

describe('a tag that moves', () => {
  it('between HEAD and GET is that of the GET, without a warning', async () => {
    const { result, log } = await checkScripted({
      image: 'team/app:1',
      script: { [`HEAD ${TAG}`]: serves(BEFORE), [`GET ${TAG}`]: serves(AFTER) },
    });
    assert.deepEqual([result.verdict, result.digest, result.warnings], ['pullable', AFTER.digest, []]);
    assert.equal(log.length, 2);
  });

  it('between GET and HEAD, in the order of a hosts.toml check, is that of the GET, without a warning', async () => {
    const { result } = await checkScripted({
      mirrors: [CONTAINERD],
      script: { [`GET ${TAG}`]: serves(BEFORE), [`HEAD ${TAG}`]: serves(AFTER) },
    });
    assert.deepEqual([result.verdict, result.digest, result.warnings], ['pullable', BEFORE.digest, []]);
  });

  it('is requested once: its digest and its parts are those of the first response', async () => {
    const index = indexOf([descriptorOf(BEFORE, linux('amd64'))]);
    const { result, log } = await checkScripted({
      platforms: [{ os: 'linux', architecture: 'amd64' }],
      script: { [`GET ${TAG}`]: [serves(index), serves(AFTER)], [byDigest(BEFORE)]: serves(BEFORE) },
    });
    assert.deepEqual([result.verdict, result.digest], ['pullable', index.digest]);
    assert.equal(log.filter((line) => line.endsWith(TAG)).length, 1);
  });

  it('is incomplete if the parts of the first response are gone, as a pull finds', async () => {
    const index = indexOf([descriptorOf(BEFORE, linux('amd64'))]);
    const { result } = await checkScripted({
      platforms: [{ os: 'linux', architecture: 'amd64' }],
      script: { [`GET ${TAG}`]: [serves(index), serves(AFTER)], [byDigest(BEFORE)]: MISSING },
    });
    assert.deepEqual([result.reason, result.cause], ['incomplete', 'child-manifest']);
  });

  it('with a wrong digest in the header of the GET still has its warning', async () => {
    const { result } = await checkScripted({
      image: 'team/app:1',
      script: {
        [`HEAD ${TAG}`]: serves(BEFORE),
        [`GET ${TAG}`]: serves(AFTER, { 'docker-content-digest': BEFORE.digest }),
      },
    });
    assert.ok(result.warnings.some(({ code }) => code === 'digest-header-mismatch'));
  });
});
