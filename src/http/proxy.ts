// Which proxy a URL is asked through: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, as curl and Go read them.

import { BlockList, isIP } from 'node:net';
import { isLoopbackHost } from './address.ts';

type Env = Readonly<Record<string, string | undefined>>;

// curl and Go read the lower-case name too; upper-case HTTP_PROXY is refused only inside CGI, which we are not.
const read = (env: Env, name: string): string => env[name.toLowerCase()] || env[name] || '';

/** The proxy's URL, or undefined for a direct connection. A malformed setting throws a TypeError naming the variable. */
export function selectProxy(url: URL, env: Env): URL | undefined {
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const setting = read(env, name) || read(env, 'ALL_PROXY');
  if (setting === '' || isExempt(url, read(env, 'NO_PROXY'))) return undefined;
  const proxy = parseProxy(setting, name);
  // 127.0.0.1 seen from a proxy on another machine is not our 127.0.0.1.
  return isLoopbackHost(url.hostname) && !isLoopbackHost(proxy.hostname) ? undefined : proxy;
}

function parseProxy(setting: string, name: string): URL {
  const text = setting.includes('://') ? setting : `http://${setting}`;
  if (!URL.canParse(text)) throw new TypeError(`${name} is not a URL`);
  const proxy = new URL(text);
  if (proxy.protocol !== 'http:' && proxy.protocol !== 'https:') {
    throw new TypeError(
      `${name} names a ${proxy.protocol.slice(0, -1)} proxy; only http and https proxies are supported`,
    );
  }
  return proxy;
}

/** NO_PROXY: `*`, or a comma list of hosts (which cover their subdomains), `.suffix`, `host:port`, addresses, CIDR blocks. */
function isExempt(url: URL, setting: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return setting
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry === '*' || (entry !== '' && covers(entry, host, port)));
}

function covers(entry: string, host: string, port: string): boolean {
  const [network = '', prefix] = entry.split('/');
  if (prefix !== undefined) return inBlock(network, Number(prefix), host);
  const bracketed = /^\[(.+)\](?::(\d+))?$/.exec(entry);
  const named = bracketed ?? (isIP(entry) === 6 ? [entry, entry] : /^(.*?)(?::(\d+))?$/.exec(entry));
  const name = (named?.[1] ?? '').replace(/^\*?\./, '');
  if (named?.[2] !== undefined && named[2] !== port) return false;
  return name !== '' && (host === name || (isIP(host) === 0 && host.endsWith(`.${name}`)));
}

function inBlock(network: string, prefix: number, host: string): boolean {
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || !(prefix >= 0 && prefix <= (family === 4 ? 32 : 128))) return false;
  const list = new BlockList();
  list.addSubnet(network, prefix, family === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
