// The digest that a container runs, as far as its runtime tells it: what a tag serves now can be compared with it.
// https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ContainerStatus
//
// containerd and CRI-O report `repository@sha256:…`: the digest of the index, or of the manifest for their platform.
// dockershim and cri-dockerd report `docker-pullable://repository@sha256:…`. A bare `sha256:…`, with or without
// `docker://`, is the id of the image, which no registry knows.

import { formatReference, parseReference, type Reference } from '../core/reference.ts';

const PULLABLE = /^(?:docker-pullable:\/\/)?([^@]+@sha256:[0-9a-f]{64})$/;

/**
 * `image`: of the pod spec; `reported` and `imageId`: of the container status. undefined if the digest is unknown, not
 * comparable, or that of another image than the tag.
 */
export function runningDigest(image: string, reported: string, imageId: string): string | undefined {
  const [, pulled = ''] = PULLABLE.exec(imageId) ?? [];
  const [wanted, ran] = [parseReference(image), parseReference(pulled)];
  if (!wanted.ok || !ran.ok || wanted.value.digest !== undefined) return undefined;
  if (!isSameRepository(wanted.value, ran.value) || !mayBeTag(wanted.value, reported)) return undefined;
  return ran.value.digest;
}

const isSameRepository = (a: Reference, b: Reference): boolean =>
  a.registry === b.registry && a.repository === b.repository;

/** A runtime reports an id or a digest when the tag has moved on its node. Another tag: the pod spec was changed meanwhile. */
function mayBeTag(wanted: Reference, reported: string): boolean {
  if (reported === '' || /^(?:sha256:)?[0-9a-f]{64}$/.test(reported)) return true;
  const parsed = parseReference(reported);
  if (!parsed.ok) return false;
  if (parsed.value.digest !== undefined) return isSameRepository(wanted, parsed.value);
  return formatReference(parsed.value) === formatReference(wanted);
}
