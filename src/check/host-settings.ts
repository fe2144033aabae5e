// The settings of single hosts, by the `host[:port]` of their URLs, from the options of registries and of mirrors.

import { bareHost } from '../http/address.ts';
import { apiHostOf } from '../registry/endpoint.ts';
import type { CheckerSettings, RegistryOptions } from './checker-settings.ts';
import { registryOf } from './mirror.ts';

type HostSettings = RegistryOptions;

/** By `host[:port]`. */
export type SettingsOfHosts = Pick<ReadonlyMap<string, HostSettings>, 'get'>;

/** The options of a registry override those of a mirror on the same host, and those override the ones of a glob. */
export function hostSettings({
  registries = {},
  mirrors = [],
}: Pick<CheckerSettings, 'registries' | 'mirrors'>): SettingsOfHosts {
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
  // A rule for one host has precedence over every glob, also where it sets nothing.
  const ruled = new Set(hosts.keys());
  for (const [registry, settings] of Object.entries(registries)) add(registry, settings);
  const globs = mirrors
    .filter(({ prefix, upstream }) => prefix.startsWith('*.') && upstream?.location === undefined)
    .sort((a, b) => b.prefix.length - a.prefix.length);
  const settingsOfGlob = (host: string): HostSettings | undefined => {
    const name = host.replace(/:\d+$/, '');
    return globs.find(({ prefix }) => name.endsWith(prefix.slice(1)))?.upstream?.tls;
  };
  return {
    get: (host) => {
      const own = hosts.get(host);
      const common = ruled.has(host) ? undefined : settingsOfGlob(host);
      return common === undefined ? own : { ...common, ...own };
    },
  };
}

/** By host name: the addresses of a registry do not depend on the port. */
export function privateAddressRule({
  allowPrivate = false,
  registries = {},
}: Pick<CheckerSettings, 'allowPrivate' | 'registries'>): (registry: string) => boolean {
  const allowed = Object.entries(registries).filter(([, settings]) => settings.allowPrivate === true);
  const names = new Set(allowed.map(([registry]) => bareHost(new URL(`https://${apiHostOf(registry)}/`))));
  return (registry) => allowPrivate || names.has(registry);
}
