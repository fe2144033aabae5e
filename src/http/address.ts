// What kind of network an IP address lies in, and whether a registry may send us there.

import { BlockList, isIP } from 'node:net';
import { embeddedIPv4, mappedIPv4 } from './embedded-ipv4.ts';

export type AddressKind = 'public' | 'private' | 'loopback' | 'local';

const subnets = (ranges: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[]): BlockList => {
  const list = new BlockList();
  for (const [network, prefix, family] of ranges) list.addSubnet(network, prefix, family);
  return list;
};

const LOOPBACK = subnets([
  ['127.0.0.0', 8, 'ipv4'],
  ['::1', 128, 'ipv6'],
]);

// RFC 1918, RFC 6598 (carrier-grade NAT), RFC 4193 (unique local).
const PRIVATE = subnets([
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['fc00::', 7, 'ipv6'],
]);

// Link-local, unspecified, multicast, broadcast, reserved; of IPv6 also the IPv4-compatible block (RFC 4291) and local
// NAT64 (RFC 8215), whose prefix length, and so the IPv4 address inside, is known to the network alone.
// 198.18.0.0/15 is left out on purpose: local proxies that answer every name with an address of theirs use it.
const LOCAL = subnets([
  ['169.254.0.0', 16, 'ipv4'],
  ['0.0.0.0', 8, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['224.0.0.0', 4, 'ipv4'],
  ['240.0.0.0', 4, 'ipv4'],
  ['fe80::', 10, 'ipv6'],
  ['fec0::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
  ['::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
]);

// Metadata and host services of clouds that lie in none of these: they hand out credentials of the machine.
const METADATA = subnets([
  ['168.63.129.16', 32, 'ipv4'], // Azure
  ['100.100.100.200', 32, 'ipv4'], // Alibaba Cloud
  ['fd00:100::100:200', 128, 'ipv6'],
  ['fd00:ec2::', 32, 'ipv6'], // AWS
  ['fd20:ce::254', 128, 'ipv6'], // Google Cloud
  ['fd00:c1::a9fe:a9fe', 128, 'ipv6'], // Oracle Cloud
  ['fd00:a9fe:a9fe::1', 128, 'ipv6'], // Akamai
  ['fd00:42::42', 128, 'ipv6'], // Scaleway
]);

/**
 * An IP address without brackets. Anything else is `local`, the kind that is never reached on a registry's word. An
 * IPv6 address that carries IPv4 addresses (embedded-ipv4.ts) is judged by them too: the most restricted kind counts.
 */
export function addressKind(text: string): AddressKind {
  const address = text.split('%')[0] ?? '';
  const version = isIP(address);
  if (version === 0) return 'local';
  if (version === 4) return kindIn(address, 'ipv4');
  const mapped = mappedIPv4(address);
  if (mapped !== undefined) return kindIn(mapped, 'ipv4');
  const own = kindIn(address, 'ipv6');
  const carried = embeddedIPv4(address).map((inner) => kindIn(inner, 'ipv4'));
  // A loopback address at the end of a tunnel is that of another machine.
  if (carried.includes('local') || carried.includes('loopback')) return 'local';
  return own === 'public' && carried.includes('private') ? 'private' : own;
}

function kindIn(address: string, family: 'ipv4' | 'ipv6'): AddressKind {
  if (LOOPBACK.check(address, family)) return 'loopback';
  if (LOCAL.check(address, family) || METADATA.check(address, family)) return 'local';
  return PRIVATE.check(address, family) ? 'private' : 'public';
}

const STANDARD_LOOPBACKS = new Set(['127.0.0.1', '::1']);

/**
 * Whether a registry that was reached at its `own` addresses may name that address as its token service (`realm`) or
 * as the place of its content (`redirect`). Public addresses always; private ones only by a registry that is itself in
 * a private network; loopback ones only by a loopback registry, and as a realm only the registry's own; others never.
 */
export function mayReach(address: string, own: ReadonlySet<string>, as: 'realm' | 'redirect'): boolean {
  if (own.has(address)) return true;
  const kind = addressKind(address);
  if (kind === 'public') return true;
  if (kind === 'local') return false;
  const kin = [...own].filter((other) => addressKind(other) === kind);
  if (kind === 'private' || as === 'redirect') return kin.length > 0;
  // `localhost` is both of these, whichever of them answered.
  return STANDARD_LOOPBACKS.has(address) && kin.some((other) => STANDARD_LOOPBACKS.has(other));
}

/** The host of a URL without the brackets of an IPv6 address. */
export const bareHost = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

/** `localhost`, a name below it (RFC 6761 section 6.3), or a loopback address, brackets allowed. */
export function isLoopbackHost(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$|\.$/g, '').toLowerCase();
  if (isIP(bare) !== 0) return addressKind(bare) === 'loopback';
  return bare === 'localhost' || bare.endsWith('.localhost');
}

/** The address that a host stands for without asking anybody; undefined for a name that must be looked up. */
export function addressOf(host: string): string | undefined {
  if (isIP(host) !== 0) return host;
  return isLoopbackHost(host) ? '127.0.0.1' : undefined;
}
