// The registry of an image, or the host and port of a service: for metrics, quotas and filters.

import { parseReference } from '../../core/reference.ts';
import type { MonitorResource } from './monitor-resource.ts';

/** `ghcr.io`, `shop.example:443`. */
export function registryOf({ kind, target }: Pick<MonitorResource, 'kind' | 'target'>): string {
  if (kind === 'image') {
    const reference = parseReference(target);
    return reference.ok ? reference.value.registry : '';
  }
  if (kind === 'tcp' || !URL.canParse(target)) return target;
  const { hostname, port, protocol } = new URL(target);
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
}
