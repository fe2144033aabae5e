// Whether a request was meant for this server: its Host on a loopback listener, and the Origin of one that changes something.

import type { ListenAddress } from './web-options.ts';

export interface OriginPolicy {
  /** Protects a loopback listener from names that an attacker points at it (DNS rebinding). */
  isOwnHost(host: string): boolean;
  /** No `Origin`, that of `url:`, or the one the request was sent to. */
  isOwnOrigin(origin: string | undefined, host: string): boolean;
}

export interface OriginOptions {
  readonly listen: ListenAddress;
  /** The port that is in use. */
  readonly port: number;
  readonly isLoopback: boolean;
  readonly url: string | null;
}

export function createOriginPolicy({ listen, port, isLoopback, url }: OriginOptions): OriginPolicy {
  const own = ['localhost', '127.0.0.1', '[::1]', bracketed(listen.host)].map((host) =>
    authorityOf(`http://${host}:${port}`),
  );
  const publicUrl = url === null ? null : new URL(url);
  const hosts = new Set([...own, ...(publicUrl === null ? [] : [publicUrl.host])]);
  return {
    isOwnHost: (host) => !isLoopback || hosts.has(authorityOf(`http://${host}`) ?? '') || isPublicHost(host, publicUrl),
    isOwnOrigin: (origin, host) => {
      if (origin === undefined) return true;
      if (publicUrl !== null && origin === publicUrl.origin) return true;
      const from = URL.canParse(origin) ? new URL(origin) : undefined;
      // TLS may end at a proxy, so the scheme cannot be compared.
      return (
        from !== undefined && /^https?:$/.test(from.protocol) && from.host === authorityOf(`${from.protocol}//${host}`)
      );
    },
  };
}

/** With the default port of its own scheme written out or not. */
const isPublicHost = (host: string, url: URL | null): boolean =>
  url !== null && authorityOf(`${url.protocol}//${host}`) === url.host;

const bracketed = (host: string): string => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);

/** `host[:port]` in its normal form; undefined if it is more or less than that. */
function authorityOf(text: string): string | undefined {
  if (!/^https?:\/\/[^/?#@\\\s]+$/i.test(text) || !URL.canParse(text)) return undefined;
  return new URL(text).host;
}

/** The prefix of every path, from `url:`; without a slash at its end. */
export const basePathOf = (url: string | null): string =>
  url === null ? '' : new URL(url).pathname.replace(/\/+$/, '');
