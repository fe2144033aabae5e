import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runningDigest } from '../../src/kubernetes/running-digest.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const HUB = `docker.io/library/nginx@${DIGEST}`;

describe('the digest that a container runs', () => {
  const known: readonly (readonly [name: string, image: string, reported: string, imageId: string])[] = [
    ['containerd', 'nginx:1.27', 'docker.io/library/nginx:1.27', HUB],
    ['CRI-O', 'quay.io/shop/web:1', 'quay.io/shop/web:1', `quay.io/shop/web@${DIGEST}`],
    ['dockershim', 'nginx:1.27', 'nginx:1.27', `docker-pullable://nginx@${DIGEST}`],
    ['a port', 'localhost:5000/web:1', 'localhost:5000/web:1', `localhost:5000/web@${DIGEST}`],
    ['a tag that moved on the node, reported as an id', 'nginx:1.27', `sha256:${'b'.repeat(64)}`, HUB],
    ['a tag that moved on the node, reported as a digest', 'nginx:1.27', HUB, HUB],
    ['no tag', 'nginx', 'docker.io/library/nginx:latest', HUB],
  ];
  for (const [name, image, reported, imageId] of known) {
    it(`is that of ${name}`, () => assert.equal(runningDigest(image, reported, imageId), DIGEST));
  }

  const unknown: readonly (readonly [name: string, image: string, reported: string, imageId: string])[] = [
    ['a bare digest is the id of the image', 'nginx:1.27', 'nginx:1.27', DIGEST],
    ['so is docker://', 'nginx:1.27', 'nginx:1.27', `docker://${DIGEST}`],
    ['and an id without its algorithm', 'nginx:1.27', 'nginx:1.27', 'a'.repeat(64)],
    ['a container that has not started', 'nginx:1.27', 'nginx:1.27', ''],
    ['a pinned image cannot drift', `nginx:1.27@${DIGEST}`, 'nginx:1.27', HUB],
    ['another repository with the same content', 'nginx:1.27', 'nginx:1.27', `quay.io/copy/nginx@${DIGEST}`],
    ['the pod spec was changed meanwhile', 'nginx:1.28', 'docker.io/library/nginx:1.27', HUB],
    ['no digest', 'nginx:1.27', 'nginx:1.27', 'docker.io/library/nginx@sha256:abc'],
    ['another algorithm', 'nginx:1.27', 'nginx:1.27', `nginx@sha512:${'a'.repeat(128)}`],
    ['no reference', 'NGINX', 'nginx', HUB],
  ];
  for (const [name, image, reported, imageId] of unknown) {
    it(`is unknown: ${name}`, () => assert.equal(runningDigest(image, reported, imageId), undefined));
  }
});
