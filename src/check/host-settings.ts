// The settings of single hosts, by the `host[:port]` of their URLs, from the options of registries and of mirrors.

import { bareHost } from '../http/address.ts';
import { apiHostOf } from '../registry/endpoint.ts';
import type { CheckerSettings, RegistryOptions } from './checker-settings.ts';
import { registryOf } from './mirror.ts';

export type HostSettings = RegistryOptions;

/** The options of a registry override those of a mirror on the same host. */
export function hostSettings({
  registries = {},
  mirrors = [],
}: Pick<CheckerSettings, 'registries' | 'mirrors'>): ReadonlyMap<string, HostSettings> {
  const hosts = new Map<string, HostSettings>();
  const add = (registry: string, settings: HostSettings): void => {
    const host = apiHostOf(registry);
    const defined = Object.entries(settings).filter(([, value]) => value !== undefined);
    hosts.set(host, { ...hosts.get(host), ...Object.fromEntries(defined) });
  };
  for (const { mirrors: others, upstream } of mirrors) {
    // A client certificate is for the registries that the user named, not for their mirrors.
    for (const { location, tls } of others) add(registryOf(location), { ...tls, isMirror: true });
    if (upstream?.location !== undefined) add(registryOf(upstream.location), { ...upstream.tls });
  }
  for (const [registry, settings] of Object.entries(registries)) add(registry, settings);
  return hosts;
}

/** By host name: the addresses of a registry do not depend on the port. */
export function privateAddressRule(
  { allowPrivate = false }: Pick<CheckerSettings, 'allowPrivate'>,
  hosts: ReadonlyMap<string, HostSettings>,
): (registry: string) => boolean {
  const allowed = [...hosts].filter(([, settings]) => settings.allowPrivate === true);
  const names = new Set(allowed.map(([host]) => bareHost(new URL(`https://${host}/`))));
  return (registry) => allowPrivate || names.has(registry);
}
