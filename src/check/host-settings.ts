// What holds for single hosts, by the `host[:port]` of their URLs: out of what was said of registries and of mirrors.

import { endpointOf } from '../registry/endpoint.ts';
import type { CheckerOptions, RegistryOptions } from './checker-options.ts';
import { registryOf } from './mirror.ts';

export type HostSettings = RegistryOptions;

/** Where a registry is spoken to: `docker.io` has another name there, and https leaves out its port. */
export function hostOf(registry: string): string {
  const endpoint = endpointOf(registry, false);
  return endpoint.ok ? endpoint.value.base.host : registry;
}

/** What is said of a registry stands before what is said of a mirror on the same host. */
export function hostSettings({
  registries = {},
  mirrors = [],
}: Pick<CheckerOptions, 'registries' | 'mirrors'>): ReadonlyMap<string, HostSettings> {
  const hosts = new Map<string, HostSettings>();
  const add = (registry: string, settings: HostSettings): void => {
    const host = hostOf(registry);
    const said = Object.entries(settings).filter(([, value]) => value !== undefined);
    hosts.set(host, { ...hosts.get(host), ...Object.fromEntries(said) });
  };
  for (const { mirrors: places, upstream } of mirrors) {
    // A certificate for the registries that a person names was not given for their mirrors.
    for (const { location, tls } of places) add(registryOf(location), { ...tls, isMirror: true });
    if (upstream !== undefined) add(registryOf(upstream.location), { ...upstream.tls });
  }
  for (const [registry, settings] of Object.entries(registries)) add(registry, settings);
  return hosts;
}
