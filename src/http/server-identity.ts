// Whether a certificate is for a host, by the rules of Go's crypto/x509, which differ from Node's: `*.internal` counts, a
// wildcard is a whole label, and the common name is ignored.
// https://github.com/golang/go/blob/go1.22.0/src/crypto/x509/verify.go (VerifyHostname)

import { ipVersion } from './address.ts';

export interface CertificateNames {
  readonly dns: readonly string[];
  /** IP addresses. */
  readonly ip: readonly string[];
}

/**
 * The names in the subjectAltName extension. If it is malformed, Node's value is null, or has an empty name: it contains
 * no name.
 */
export function namesOf({ subjectaltname }: { readonly subjectaltname?: string | null | undefined }): CertificateNames {
  const entries = splitEntries(subjectaltname ?? '');
  const ofKind = (prefix: string): string[] =>
    entries
      .filter((entry) => entry.startsWith(prefix) && entry !== prefix)
      .map((entry) => unquote(entry.slice(prefix.length)));
  return { dns: ofKind('DNS:'), ip: ofKind('IP Address:') };
}

/** `host`: a DNS name or an IP address without brackets. */
export function matchesHost(host: string, { dns, ip }: CertificateNames): boolean {
  if (ipVersion(host) !== 0) return ip.some((address) => normalizeAddress(address) === normalizeAddress(host));
  const name = lowerCase(host);
  const isName = isHostName(name.replace(/\.$/, ''));
  return dns.some((pattern) =>
    isName && isPattern(pattern) ? matchesPattern(lowerCase(pattern), name) : isSameText(lowerCase(pattern), name),
  );
}

/** A wildcard covers the whole leftmost label, and exactly one. */
function matchesPattern(pattern: string, name: string): boolean {
  const expected = pattern.split('.');
  const labels = name.replace(/\.$/, '').split('.');
  if (expected.length !== labels.length) return false;
  return expected.every((label, index) => (index === 0 && label === '*') || label === labels[index]);
}

/** For names that are not host names: they may be in use in private networks. */
const isSameText = (pattern: string, name: string): boolean => pattern === name && pattern !== '' && pattern !== '.';

/** Underscores are not allowed in host names, but are in use. */
const LABEL = /^(?!-)[A-Za-z0-9_-]+$/;

const isHostName = (name: string): boolean => name.split('.').every((label) => LABEL.test(label));

function isPattern(text: string): boolean {
  const [first = '', ...rest] = text.split('.');
  if (first === '*') return rest.length > 0 && isHostName(rest.join('.'));
  return isHostName(text);
}

/** ASCII only, as Go does. */
const lowerCase = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** The URL parser has one spelling for each address. */
function normalizeAddress(address: string): string {
  const host = ipVersion(address) === 6 ? `[${address}]` : address;
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : address;
}

/** `DNS:a, IP Address:1.2.3.4, DNS:"odd, text"`: Node quotes a value with special characters as a JSON string. */
function splitEntries(text: string): string[] {
  return [...text.matchAll(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g)].map(([entry]) => entry.trim());
}

function unquote(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}
