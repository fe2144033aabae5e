// Why a TLS connection failed: one code for each problem that needs its own advice, and the facts of the certificate.
//
// A server says why it refuses in an alert (RFC 8446 section 6, RFC 5246 section 7.2), which Node reports by number.

import type { PeerCertificate } from 'node:tls';
import { namesOf } from './server-identity.ts';

export type TlsProblem =
  | 'not-tls'
  | 'old-version'
  /** No cipher suite, curve or signature algorithm in common. */
  | 'nothing-in-common'
  | 'certificate-required'
  | 'certificate-rejected'
  | 'unrecognized-name'
  | 'no-application-protocol'
  /** The server's certificate. */
  | 'untrusted'
  | 'self-signed'
  | 'expired'
  | 'not-yet-valid'
  | 'other-name'
  /** Purposes: see certificate-purpose.ts. */
  | 'not-for-servers'
  | 'ca-not-for-servers'
  | 'unverified-purpose'
  | 'closed'
  | 'other';

/** Of the server's certificate. Text from the server: quote it before it is shown. */
export interface CertificateFacts {
  /** Common name or organization of the authority; empty if unknown. */
  readonly issuer: string;
  /** Common name of the subject; empty if there is none. */
  readonly commonName: string;
  /** DNS names and IP addresses. */
  readonly names: readonly string[];
  /** Milliseconds since 1970; NaN if unknown. */
  readonly validFromMs: number;
  readonly validToMs: number;
  /** Object identifiers of the extended key usage; empty if there is none. */
  readonly purposes: readonly string[];
}

export interface TlsFailure {
  readonly problem: TlsProblem;
  /** Only of `not-tls`: its first bytes are those of an HTTP response. */
  readonly repliesInHttp?: true;
  readonly certificate?: CertificateFacts;
  /** As negotiated, if the handshake ended and the certificate was refused. */
  readonly session?: { readonly version: string; readonly protocol: string };
}

/** What is known about a handshake that failed. */
export interface Handshake {
  /** Both sides had agreed on keys: the server accepted what was offered. */
  readonly hasKeys: boolean;
  /** A client certificate was available to it. */
  readonly hasIdentity: boolean;
}

const CERTIFICATE_CODES: Readonly<Record<string, TlsProblem>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'other-name',
  SELF_SIGNED_CERT_IN_CHAIN: 'untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'untrusted',
  ECONNRESET: 'closed',
  EPIPE: 'closed',
};

/** Alerts about the client certificate, or about having none. */
const CERTIFICATE_ALERTS = new Set([42, 43, 44, 45, 46, 48, 49, 116]);

const ALERTS: Readonly<Record<number, TlsProblem>> = {
  70: 'old-version',
  71: 'nothing-in-common',
  112: 'unrecognized-name',
  120: 'no-application-protocol',
};

/** OpenSSL's messages for a response that is not TLS. */
const NOT_TLS = /wrong version number|packet length too long|http request|unknown protocol|record overflow/i;
const OLD_VERSION = /unsupported protocol|version too low|unsupported ssl version/i;
const NOTHING_IN_COMMON = /wrong cipher|no shared cipher|wrong curve|bad ecpoint|wrong signature type|key too small/i;

/** `error`: as Node reports it, before or after the handshake was complete. */
export function tlsProblemOf(error: unknown, { hasKeys, hasIdentity }: Handshake): TlsProblem {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const known = typeof code === 'string' ? CERTIFICATE_CODES[code] : undefined;
  if (known !== undefined) return known;
  const text = String(message);
  const alert = alertOf(error);
  if (alert === undefined) {
    if (NOT_TLS.test(text)) return 'not-tls';
    if (OLD_VERSION.test(text)) return 'old-version';
    return NOTHING_IN_COMMON.test(text) ? 'nothing-in-common' : 'other';
  }
  // Before TLS 1.3, OpenSSL misses a client certificate with a plain "handshake failure", and Go with "bad certificate".
  const isAboutClient = CERTIFICATE_ALERTS.has(alert) || (alert === 40 && hasKeys);
  if (isAboutClient) return hasIdentity && alert !== 116 ? 'certificate-rejected' : 'certificate-required';
  return alert === 40 ? 'nothing-in-common' : (ALERTS[alert] ?? 'other');
}

/** The number of the alert that the server sent; undefined for every other error. */
export function alertOf(error: unknown): number | undefined {
  const number = /SSL alert number (\d{1,3})/.exec(String((error as { message?: unknown }).message))?.[1];
  return number === undefined ? undefined : Number(number);
}

export function factsOf(certificate: PeerCertificate): CertificateFacts {
  const { subject, issuer, valid_from: from, valid_to: to } = certificate;
  const { dns, ip } = namesOf(certificate);
  return {
    issuer: firstOf(issuer?.CN) || firstOf(issuer?.O),
    commonName: firstOf(subject?.CN),
    names: [...dns, ...ip],
    validFromMs: Date.parse(from),
    validToMs: Date.parse(to),
    purposes: certificate.ext_key_usage ?? [],
  };
}

/** A distinguished name may have an attribute several times. */
const firstOf = (attribute: string | string[] | undefined): string => [attribute ?? ''].flat()[0] ?? '';
