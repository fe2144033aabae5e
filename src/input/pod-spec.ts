// The images of a Kubernetes PodSpec: containers, init and ephemeral containers, image volumes.
// https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodSpec

import type { Found } from './extractor.ts';
import { operandImages } from './operand-image.ts';
import { findVariable } from './variable.ts';
import { itemsAt, scalarAt, textAt, type YamlNode, type YamlScalar } from './yaml-node.ts';

/** In the order a pod starts them. */
export const CONTAINER_LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** `owner`: `kind/name`. An image left out is one that something else fills in, and so nothing here. */
export function* podImages(spec: YamlNode | undefined, owner: string): Generator<Found> {
  const platform = nodePlatform(spec);
  for (const list of CONTAINER_LISTS) {
    for (const [index, container] of itemsAt(spec, list).entries()) {
      const image = scalarAt(container, 'image');
      if (image === undefined) continue;
      const path = `${owner}/${textAt(container, 'name') || `${list}[${index}]`}`;
      const found = foundImage(image, {
        path,
        ...platform,
        isLocal: textAt(container, 'imagePullPolicy') === 'Never',
      });
      const isInjected = image.text === 'auto' && textAt(container, 'name') === 'istio-proxy';
      yield isInjected ? { ...found, skip: INJECTED } : found;
      yield* operandImages(container, path);
    }
  }
  for (const [index, volume] of itemsAt(spec, 'volumes').entries()) {
    const image = scalarAt(volume, 'image', 'reference');
    if (image === undefined) continue;
    const path = `${owner}/${textAt(volume, 'name') || `volumes[${index}]`}`;
    yield foundImage(image, { path, ...platform, isLocal: textAt(volume, 'image', 'pullPolicy') === 'Never' });
  }
}

/** https://istio.io/latest/docs/reference/config/analysis/ist0146/ */
const INJECTED = {
  reason: 'unresolved-variable',
  message: 'auto stands for the proxy that Istio puts in when the pod starts.',
} as const;

/** The place, and what is known of the pull there. */
export interface Place {
  readonly path: string;
  readonly platform?: string;
  /** Never pulled: it must be on the node. */
  readonly isLocal?: boolean;
}

export function foundImage({ text, line }: YamlScalar, { path, platform, isLocal = false }: Place): Found {
  const found: Found = { text, line, path };
  const variable = findVariable(text);
  if (variable !== undefined) return { ...found, skip: { reason: 'unresolved-variable', message: advise(variable) } };
  if (text.startsWith('ko://')) {
    return { ...found, skip: { reason: 'local-build', message: 'It is built from source by ko.' } };
  }
  if (isLocal) {
    const message = 'imagePullPolicy is Never: the image is expected on the node already.';
    return { ...found, skip: { reason: 'local-build', message } };
  }
  return { ...found, ...(platform !== undefined && { platform }) };
}

/** An action of a chart; those of workflow engines name their inputs without a dot in front. */
const HELM_ACTION = /^\{\{-?\s*(?:[.$(]|include\b|tpl\b|printf\b|default\b)/;

const advise = (variable: string): string =>
  HELM_ACTION.test(variable)
    ? `${variable} is not filled in: check the output of helm template.`
    : `${variable} is not filled in.`;

/** A pod bound to one architecture needs the image for it. */
function nodePlatform(spec: YamlNode | undefined): { platform?: string } {
  const architecture = textAt(spec, 'nodeSelector', 'kubernetes.io/arch');
  if (architecture === '' || findVariable(architecture) !== undefined) return {};
  return { platform: `${textAt(spec, 'nodeSelector', 'kubernetes.io/os') || 'linux'}/${architecture}` };
}
