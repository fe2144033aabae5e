// An embedded registry under the name of a real one: TLS by the private authority, reached through a test proxy.

import type { Dialect, Refused } from '../../src/demo/dialect.ts';
import { type EmbeddedRegistry, type EmbeddedRegistryOptions, startRegistry } from '../../src/demo/registry.ts';
import { authority, filesOf, serverIdentity } from './certificates.ts';
import { startProxy, type TestProxy } from './proxy.ts';

export interface NamedServer {
  readonly registry: EmbeddedRegistry;
  /** For the proxy: the names to the address they mean. */
  readonly routes: Readonly<Record<string, string>>;
}

export interface NamedRegistry extends AsyncDisposable {
  readonly registry: EmbeddedRegistry;
  readonly proxy: TestProxy;
  /** The environment and options that lead there. */
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

export interface NamedRegistryOptions extends Omit<EmbeddedRegistryOptions, 'tls' | 'tokens' | 'dialect'> {
  /** Host of the API, with its port unless that is 443: `registry-1.docker.io`. */
  readonly host: string;
  readonly dialect: Dialect;
  /** Host of the token service, when it is another one: `auth.docker.io`. It is the same server here. */
  readonly tokenHost?: string;
}

/** Every request to `host` goes to the embedded registry; every other host is refused. */
export async function startNamedRegistry(options: NamedRegistryOptions): Promise<NamedRegistry> {
  const { registry, routes } = await startNamedServer(options);
  const proxy = await startProxy({ routes });
  return {
    registry,
    proxy,
    env: { HTTPS_PROXY: proxy.origin },
    args: ['--ca-file', filesOf(authority()).cert],
    async [Symbol.asyncDispose]() {
      await proxy.close();
      await registry.close();
    },
  };
}

/** The registry alone; who starts several gives all their routes to one proxy. */
export async function startNamedServer(options: NamedRegistryOptions): Promise<NamedServer> {
  const { host, tokenHost = host, dialect, ...rest } = options;
  const { tokenPath = '/token', challenge } = dialect;
  let own = '';
  // The realm that the registry would write names the port it listens on.
  const rename = (text: string): string => text.replace(own, `https://${tokenHost}`);
  const renamed: Dialect = {
    ...dialect,
    tokenPath,
    challenge: (refused: Refused) => {
      const here = { ...refused, standard: rename(refused.standard) };
      return challenge === undefined ? here.standard : challenge(here);
    },
  };
  const tls = serverIdentity(...new Set([host, tokenHost].map(withoutPort)));
  const registry = await startRegistry({ ...rest, dialect: renamed, tls });
  own = registry.origin;
  return { registry, routes: Object.fromEntries([host, tokenHost].map((name) => [withPort(name), registry.name])) };
}

const withoutPort = (name: string): string => name.replace(/:\d+$/, '');
const withPort = (name: string): string => (withoutPort(name) === name ? `${name}:443` : name);
