// IP addresses and host names: which kind of network an address belongs to, and whether a host is this machine.

import { BlockList, isIP } from 'node:net';
import { once } from '../core/once.ts';
import { embeddedIPv4, mappedIPv4 } from './embedded-ipv4.ts';

/** `local`: addresses that only exist on one link or in one cloud, and everything that is not an address. */
export type AddressKind = 'public' | 'private' | 'loopback' | 'local';

const subnets = (ranges: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[]): (() => BlockList) =>
  once(() => {
    const list = new BlockList();
    for (const [network, prefix, family] of ranges) list.addSubnet(network, prefix, family);
    return list;
  });

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

// Link-local, unspecified, multicast, broadcast and reserved addresses. For IPv6 also the IPv4-compatible block
// (RFC 4291) and local NAT64 (RFC 8215): only the network knows its prefix length, and so the IPv4 address inside.
// 198.18.0.0/15 is omitted on purpose: local proxies that resolve every name to an address of their own use it.
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

// Metadata and host services of clouds outside these ranges: they hand out the machine's credentials.
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

/** 4, 6, or 0 for any other text. As `isIP` of Node.js, which tries a long expression on every name. */
export const ipVersion = (text: string): number => (/^[\d.]+$|:/.test(text) ? isIP(text) : 0);

/**
 * The kind of an IP address without brackets. An IPv6 address that carries IPv4 addresses (embedded-ipv4.ts) is also
 * judged by those: the most restricted kind counts.
 */
export function addressKind(text: string): AddressKind {
  const address = text.split('%')[0] ?? '';
  const version = ipVersion(address);
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
  if (LOOPBACK().check(address, family)) return 'loopback';
  if (LOCAL().check(address, family) || METADATA().check(address, family)) return 'local';
  return PRIVATE().check(address, family) ? 'private' : 'public';
}

/** The host of a URL without the brackets of an IPv6 address. */
export const bareHost = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

/** `localhost`, a name below it (RFC 6761 section 6.3), or a loopback address, with or without brackets. */
export function isLoopbackHost(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$|\.$/g, '').toLowerCase();
  if (ipVersion(bare) !== 0) return addressKind(bare) === 'loopback';
  return bare === 'localhost' || bare.endsWith('.localhost');
}

/** The address of a host that needs no DNS lookup; undefined for every other name. */
export function addressOf(host: string): string | undefined {
  if (ipVersion(host) !== 0) return host;
  return isLoopbackHost(host) ? '127.0.0.1' : undefined;
}
