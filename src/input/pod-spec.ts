// The images of a Kubernetes PodSpec: containers, init and ephemeral containers, image volumes.
// https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodSpec

import type { SkipNote } from '../core/target.ts';
import type { Found } from './extractor.ts';
import { composedImage, type ImageScalar, withSiblingParts } from './image-parts.ts';
import { findVariable } from './image-text.ts';
import { operatorImages } from './operator-image.ts';
import { itemsAt, nodeAt, scalarAt, textAt, type YamlNode } from './yaml-node.ts';

/** In the order a pod starts them. */
export const CONTAINER_LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** `owner`: `kind/name`. A container without an image gets one from a controller later. */
export function* podImages(spec: YamlNode | undefined, owner: string): Generator<Found> {
  const platform = nodePlatform(spec);
  for (const list of CONTAINER_LISTS) {
    for (const [index, container] of itemsAt(spec, list).entries()) {
      const image = imageOf(container);
      if (image === undefined) continue;
      const path = `${owner}/${textAt(container, 'name') || `${list}[${index}]`}`;
      const found = foundImage(image, {
        path,
        ...platform,
        isLocal: textAt(container, 'imagePullPolicy') === 'Never',
      });
      const isInjected = image.text === 'auto' && textAt(container, 'name') === 'istio-proxy';
      yield isInjected ? { ...found, skip: INJECTED } : found;
      yield* operatorImages(container, path);
    }
  }
  for (const [index, volume] of itemsAt(spec, 'volumes').entries()) {
    const image = scalarAt(volume, 'image', 'reference');
    if (image === undefined) continue;
    const path = `${owner}/${textAt(volume, 'name') || `volumes[${index}]`}`;
    yield foundImage(image, { path, ...platform, isLocal: textAt(volume, 'image', 'pullPolicy') === 'Never' });
  }
}

/** A text; in custom resources also parts, in the container or in a map. */
function imageOf(container: YamlNode): ImageScalar | undefined {
  const image = nodeAt(container, 'image');
  const parts = image?.kind === 'map' ? image : container;
  const text = scalarAt(parts, 'image');
  if (text !== undefined && parts.kind === 'map') return withSiblingParts('image', text, parts);
  return image?.kind === 'map' ? composedImage(image) : undefined;
}

/** https://istio.io/latest/docs/reference/config/analysis/ist0146/ */
const INJECTED = {
  reason: 'unresolved-variable',
  cause: 'incomplete-name',
  message: "auto is replaced with Istio's proxy image when the pod starts.",
} as const;

export interface FoundOptions {
  readonly path: string;
  readonly platform?: string;
  /** Never pulled: it must be on the node. */
  readonly isLocal?: boolean;
}

export function foundImage(
  { text, line, source, unresolved }: ImageScalar,
  { path, platform, isLocal = false }: FoundOptions,
): Found {
  const found: Found = { text, line, path, ...(source !== undefined && { source }) };
  const variable = findVariable(text);
  if (variable !== undefined) return { ...found, skip: unresolvedSkip(variable) };
  if (unresolved !== undefined)
    return { ...found, skip: { reason: 'unresolved-variable', cause: 'incomplete-name', message: unresolved } };
  if (text.startsWith('ko://')) {
    return { ...found, skip: { reason: 'local-build', message: 'Built from source by ko.' } };
  }
  if (isLocal) {
    const message = 'imagePullPolicy is Never: the image must already be on the node.';
    return { ...found, skip: { reason: 'local-build', message } };
  }
  return { ...found, ...(platform !== undefined && { platform }) };
}

/** An action of a chart; actions of workflow engines have no dot before their inputs. */
const HELM_ACTION = /^\{\{-?\s*(?:[.$(]|include\b|tpl\b|printf\b|default\b)/;

function unresolvedSkip(variable: string): SkipNote {
  const message = `${variable} is not resolved`;
  if (!HELM_ACTION.test(variable)) return { reason: 'unresolved-variable', message: `${message}.` };
  const advice = 'check the output of `helm template` instead.';
  return { reason: 'unresolved-variable', cause: 'not-rendered', message: `${message}; ${advice}` };
}

/** A pod bound to one architecture needs the image for it. */
function nodePlatform(spec: YamlNode | undefined): { platform?: string } {
  const architecture = textAt(spec, 'nodeSelector', 'kubernetes.io/arch');
  if (architecture === '' || findVariable(architecture) !== undefined) return {};
  return { platform: `${textAt(spec, 'nodeSelector', 'kubernetes.io/os') || 'linux'}/${architecture}` };
}
