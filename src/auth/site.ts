// Whether two hosts belong to the same site: the same registrable domain by the Public Suffix List, https://publicsuffix.org/.

import { ipVersion } from '../http/address.ts';

type SuffixList = Pick<typeof import('tldts'), 'getDomain'>;

/** Loaded only when needed: most checks send no credentials to another host. */
const loadSuffixList = (): Promise<SuffixList> => import('tldts');

/**
 * Host names as in URLs. Addresses and single-label names are their own sites. undefined if the list cannot be loaded,
 * for example for lack of file descriptors.
 */
export async function isSameSite(one: string, other: string, load = loadSuffixList): Promise<boolean | undefined> {
  const hosts = [one, other].map((host) => host.toLowerCase().replace(/\.$/, ''));
  const [first = '', second = ''] = hosts;
  if (first === second) return true;
  if (hosts.some((host) => !host.includes('.') || ipVersion(host) !== 0)) return false;
  try {
    const { getDomain } = await load();
    const [domain, otherDomain] = hosts.map((host) => getDomain(host, { allowPrivateDomains: true }));
    // A public suffix has no registrable domain: it is its own site.
    return domain !== null && domain === otherDomain;
  } catch {
    return undefined;
  }
}
