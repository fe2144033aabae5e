// Which proxy a request goes through: HTTP_PROXY, HTTPS_PROXY and NO_PROXY as Go's net/http reads them.

import { BlockList, isIP } from 'node:net';
import type { Env } from '../core/env.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { bareHost, isLoopbackHost } from './address.ts';
import { ConnectError, type ProxyFacts } from './failure.ts';

export interface ProxyChoice {
  readonly url: URL;
  /** The environment variable that names it, as spelled. */
  readonly variable: string;
}

const spellingOf = (env: Env, name: string): string => (env[name] ? name : name.toLowerCase());
const read = (env: Env, name: string): string => env[spellingOf(env, name)] || '';

/** The proxy, undefined for a direct connection; the error names the invalid variable. */
export function selectProxy(url: URL, env: Env): Outcome<ProxyChoice | undefined, string> {
  const name = spellingOf(env, url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  const setting = read(env, name);
  if (setting === '' || isExempt(url, read(env, 'NO_PROXY'))) return success(undefined);
  const proxy = parseProxy(setting, name);
  // On a proxy's machine, 127.0.0.1 is not this machine.
  const isRemote = !(proxy.ok && isLoopbackHost(proxy.value.hostname));
  if (isRemote && isLoopbackHost(url.hostname)) return success(undefined);
  return proxy.ok ? success({ url: proxy.value, variable: name }) : proxy;
}

/** A setting of a proxy as a URL; the scheme may be missing. */
export function proxyAddress(setting: string): URL | undefined {
  const text = setting.includes('://') ? setting : `http://${setting}`;
  return URL.canParse(text) ? new URL(text) : undefined;
}

function parseProxy(setting: string, name: string): Outcome<URL, string> {
  const proxy = proxyAddress(setting);
  if (proxy === undefined) return failure(`${name} is not a URL`);
  if (proxy.protocol === 'http:' || proxy.protocol === 'https:') return success(proxy);
  return failure(`${name} is a ${proxy.protocol.slice(0, -1)} URL; only http and https proxies are supported`);
}

/**
 * NO_PROXY: `*`, or a comma-separated list of `host` (includes its subdomains), `.host` or `*.host` (only its
 * subdomains), addresses, and CIDR blocks. All but CIDR blocks may end with `:port`.
 */
function isExempt(url: URL, setting: string): boolean {
  const host = bareHost(url);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return setting
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry === '*' || (entry !== '' && covers(entry, host, port)));
}

function covers(entry: string, host: string, port: string): boolean {
  const block = /^([^/]+)\/(\d{1,3})$/.exec(entry);
  if (block !== null) return isInBlock(host, block[1] ?? '', Number(block[2]));
  const [, bracketed, plain = '', onlyPort] = (isIP(entry) === 6 && [entry, entry]) || (HOST_PORT.exec(entry) ?? []);
  const name = bracketed ?? plain;
  if (name === '' || (onlyPort !== undefined && onlyPort !== port)) return false;
  if (isIP(name) !== 0) return isInBlock(host, name, isIP(name) === 4 ? 32 : 128);
  if (isIP(host) !== 0) return false;
  const domain = name.replace(/^\*?\./, '');
  return host.endsWith(`.${domain}`) || host === name;
}

const HOST_PORT = /^(?:\[(.+)\]|([^:]*))(?::(\d+))?$/;

function isInBlock(host: string, network: string, prefix: number): boolean {
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || prefix > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, prefix, family === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

/** `error`: why a request through it failed. */
export const proxyFacts = ({ url, variable }: ProxyChoice, error: unknown): ProxyFacts => ({
  host: url.host,
  variable,
  hasLogin: url.username !== '' || url.password !== '',
  schemes: (error instanceof ConnectError ? error.facts.proxySchemes : undefined) ?? [],
});
