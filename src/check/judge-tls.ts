// Judges a TLS connection that failed: what the server, or its certificate, and this client could not agree on.

import { formatCount } from '../core/quantity.ts';
import type { HttpFailure } from '../http/failure.ts';
import { matchesHost } from '../http/server-identity.ts';
import type { CertificateFacts, TlsProblem } from '../http/tls-failure.ts';
import { type CheckedImage, capitalize, type Finding, finding, REPORT } from './finding.ts';
import {
  advise,
  both,
  clientCertificateHint,
  type Hint,
  OPTION_HINTS,
  otherClientCertificateHint,
  plainHttpHint,
  trustAuthorityHint,
  trustNamedAuthorityHint,
} from './hint.ts';

interface Judged {
  readonly message: string;
  readonly hint: Hint;
}

/** `server`: as named in a sentence. */
export function judgeTls(image: CheckedImage, failure: HttpFailure, server: string): Finding {
  return finding({ reason: 'unreachable', cause: 'tls', ...describeTls(image, failure, server) });
}

/** What the judges need to know about an image, or a web service. */
export interface TlsSubject extends Pick<CheckedImage, 'host' | 'quote' | 'httpsOnly'> {
  /** null: of a web service. */
  readonly reference: CheckedImage['reference'] | null;
}

/** The message says nothing about images; the hint is about the settings of a registry. */
export function describeTls(image: TlsSubject, failure: HttpFailure, server: string): Judged {
  const { problem = 'other', certificate } = failure.tls ?? {};
  return JUDGES[problem]({ image, failure, server, Server: capitalize(server), facts: certificate });
}

interface Scene {
  readonly image: TlsSubject;
  readonly failure: HttpFailure;
  readonly server: string;
  readonly Server: string;
  readonly facts: CertificateFacts | undefined;
}

const TRUST = OPTION_HINTS.trustAuthority;
const RENEW = advise('check-certificate', "The registry must renew it. Also check this machine's clock.");
const RENEW_CHAIN = advise(
  'check-certificate',
  "Renew the one that expired; if it is your own CA file, replace it. Also check this machine's clock.",
);
const SAME_FOR_GO = 'docker, podman and other clients built with Go 1.22 or later offer no more, so a pull fails too';

const JUDGES: Record<TlsProblem, (scene: Scene) => Judged> = {
  'not-tls': ({ image, failure, Server }) => ({
    message:
      failure.tls?.repliesInHttp === true
        ? `${Server} responds in plain HTTP, not TLS.`
        : `${Server} responded to the TLS handshake with something other than TLS.`,
    hint: failure.host === image.host ? notTlsHint(image) : REPORT,
  }),
  'old-version': ({ Server }) => ({
    message: `${Server} only supports TLS 1.1 or older; this client, docker and containerd require TLS 1.2 or later.`,
    hint: advise('contact-operator', 'No option can change this: its operator must enable TLS 1.2 or later.'),
  }),
  'nothing-in-common': ({ Server }) => ({
    message: `${Server} refused the TLS handshake: it supports none of the cipher suites and key exchanges that this client offers.`,
    hint: advise(
      'contact-operator',
      `${SAME_FOR_GO}: the operator must enable ECDHE cipher suites. RSA and DHE key exchange are not offered.`,
    ),
  }),
  'certificate-required': ({ image, failure, Server }) => ({
    message: `${Server} requires a client certificate, and none was sent.`,
    hint: requiredCertificateHint(image, failure),
  }),
  'certificate-rejected': ({ image, failure, Server }) => ({
    message: `${Server} rejected the client certificate: ${failure.detail}.`,
    hint: otherClientCertificateHint(image.host),
  }),
  'unrecognized-name': ({ failure, Server }) => ({
    message: `${Server} does not serve that host name: it refused the TLS handshake (unrecognized name).`,
    hint: advise('check-name', `Check the name: the server at the address of ${failure.host} serves other host names.`),
  }),
  'no-application-protocol': ({ Server }) => ({
    message: `${Server} refused the TLS handshake: it offers neither HTTP/2 nor HTTP/1.1 on that port (no application protocol).`,
    hint: advise('check-registry', 'Check the host and port of the image.'),
  }),
  untrusted: ({ image, failure, server, facts }) => ({
    message:
      facts === undefined || facts.issuer === ''
        ? `The certificate of ${server} is not signed by a CA that this machine trusts${alsoWrong(image, failure, facts)}.`
        : `The certificate of ${server} is issued by "${image.quote(facts.issuer, 80)}", a CA that this machine does not trust${alsoWrong(image, failure, facts)}.`,
    hint: both(
      facts === undefined || facts.issuer === ''
        ? trustAuthorityHint(failure.host)
        : trustNamedAuthorityHint(failure.host),
      alsoRepair(failure, facts),
    ),
  }),
  'self-signed': ({ image, failure, server, facts }) => ({
    message: `The certificate of ${server} is self-signed, and this machine does not trust it${alsoWrong(image, failure, facts)}.`,
    hint: both(trustAuthorityHint(failure.host), alsoRepair(failure, facts)),
  }),
  expired: ({ image, server, facts }) => ({
    message: `The certificate of ${server} ${expiry(image, facts)}.`,
    hint: isExpired(facts) ? RENEW : RENEW_CHAIN,
  }),
  'not-yet-valid': ({ server, facts }) => ({
    message: `The certificate of ${server} is not valid yet${facts ? day(facts.validFromMs, '; it becomes valid on ') : ''}.`,
    hint: RENEW,
  }),
  'other-name': judgeOtherName,
  'not-for-servers': ({ image, server, facts }) => ({
    message: `The certificate of ${server} is not for servers: its extended key usage allows only ${purposesOf(image, facts)}.`,
    hint: advise('check-certificate', `Have it reissued for server authentication (serverAuth). ${NO_AUTHORITY_HELPS}`),
  }),
  'ca-not-for-servers': ({ server }) => ({
    message: `A CA certificate above the certificate of ${server} is not for servers: its extended key usage excludes server authentication.`,
    hint: advise('check-certificate', `Have the certificate signed by a CA without that limit. ${NO_AUTHORITY_HELPS}`),
  }),
  'unverified-purpose': ({ server }) => ({
    message: `The certificate of ${server} has a key usage that is not for servers, or a CA above it has one that is not for CAs. docker and podman may accept that; this client does not, because the chain has several intermediates or rules of its own.`,
    hint: advise(
      'check-certificate',
      'Have it reissued with the key usage digitalSignature and the extended key usage serverAuth.',
    ),
  }),
  closed: ({ failure, Server }) => ({
    message: `${Server} closed the connection during the TLS handshake, before it showed a certificate${failure.code === null ? '' : ` (${failure.code})`}.`,
    hint: advise(
      'check-connection',
      'This is typical of a firewall that filters by host name, or of a port that does not use TLS. Try from another network.',
    ),
  }),
  other: ({ failure, server }) => {
    const [what, hint] = CERTIFICATE_RULES[failure.code ?? ''] ?? [];
    if (what !== undefined && hint !== undefined) {
      return { message: `The certificate of ${server} is not acceptable: ${what}.`, hint };
    }
    const isAboutCertificate = /^(?:CERT|UNABLE)/.test(failure.code ?? '');
    return {
      message: `The TLS handshake with ${server} failed: ${failure.detail}.`,
      hint: isAboutCertificate
        ? trustAuthorityHint(failure.host)
        : advise('contact-operator', 'Check the TLS settings of the registry, and any proxy in front of it.'),
    };
  },
};

const NO_AUTHORITY_HELPS = 'A CA file does not help: docker and podman reject it as well.';
const REISSUE = advise('check-certificate', `Have the chain reissued. ${NO_AUTHORITY_HELPS}`);

/** By OpenSSL's code: what is wrong, and what to do. */
const CERTIFICATE_RULES: Readonly<Record<string, readonly [what: string, hint: Hint]>> = {
  INVALID_CA: [
    'a certificate above it is not a CA certificate (basicConstraints CA:TRUE), or may not sign other certificates (keyUsage keyCertSign)',
    REISSUE,
  ],
  PATH_LENGTH_EXCEEDED: ['its chain is longer than one of its CAs allows (pathlen)', REISSUE],
  // OpenSSL has a reason, and Node no code for it.
  UNSPECIFIED: [
    'its CA may not sign this name (name constraints), or a key or signature in its chain is too weak',
    REISSUE,
  ],
  CERT_SIGNATURE_FAILURE: ['it was not signed by the CA that it names. The CA may have a new key', TRUST],
};

const PURPOSES: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.2': 'client authentication',
  '1.3.6.1.5.5.7.3.3': 'code signing',
  '1.3.6.1.5.5.7.3.4': 'email protection',
  '1.3.6.1.5.5.7.3.8': 'time stamping',
  '1.3.6.1.5.5.7.3.9': 'OCSP signing',
};

const purposesOf = (image: TlsSubject, facts: CertificateFacts | undefined): string =>
  (facts?.purposes ?? [])
    .slice(0, 3)
    .map((id) => PURPOSES[id] ?? image.quote(id, 40))
    .join(', ') || 'other purposes';

/** A certificate identifies the user: it goes only to the hosts that the user named. */
const requiredCertificateHint = ({ host }: TlsSubject, failure: HttpFailure): Hint =>
  failure.host === host
    ? clientCertificateHint(host)
    : both(advise('contact-operator', `A client certificate is sent only to ${host}, not to another host.`), REPORT);

function notTlsHint({ httpsOnly, reference }: TlsSubject): Hint {
  if (httpsOnly !== undefined) return advise('plain-http', httpsOnly);
  return reference === null ? REPORT : plainHttpHint(reference);
}

function judgeOtherName({ image, failure, server, facts }: Scene): Judged {
  const { names = [], commonName = '' } = facts ?? {};
  const host = hostOf(failure);
  if (facts !== undefined && names.length === 0) {
    const only = commonName === '' ? 'no name at all' : `only the common name ${image.quote(commonName, 80)}`;
    return {
      message: `The certificate of ${server} has no subjectAltName (${only}), the only field that clients check.`,
      hint: advise('check-certificate', `Have it reissued with the subjectAltName ${host}.`),
    };
  }
  const others = names.length === 0 ? 'another host name' : listNames(image, names);
  return {
    message: `The certificate of ${server} is for ${others}, not for ${host}.`,
    hint: advise(
      'check-name',
      `Check that ${failure.addresses?.[0] ?? 'this'} is the right server; if so, use a name in the certificate, or have it reissued.`,
    ),
  };
}

const isExpired = (facts: CertificateFacts | undefined): boolean => facts !== undefined && facts.validToMs < Date.now();

function expiry(image: TlsSubject, facts: CertificateFacts | undefined): string {
  // An authority in its chain may be the one that expired: that certificate is not at hand.
  if (facts === undefined || !isExpired(facts)) return 'or of its CA has expired';
  return `expired${day(facts.validToMs, ' on ')}${daysAgo(facts.validToMs)}${issuedBy(image, facts, '; it was issued by ')}`;
}

const issuedBy = (image: TlsSubject, facts: CertificateFacts | undefined, lead: string): string =>
  facts === undefined || facts.issuer === '' ? '' : `${lead}"${image.quote(facts.issuer, 80)}"`;

const DAY_MS = 86_400_000;

/** `, 2 days ago`; '' within a day, or after years. */
function daysAgo(timeMs: number): string {
  const days = Math.floor((Date.now() - timeMs) / DAY_MS);
  return days >= 1 && days < 1000 ? `, ${formatCount(days, 'day')} ago` : '';
}

/** What would be wrong next: `; it has also expired, and is for a.example, not for registry.example`. */
function alsoWrong(image: TlsSubject, failure: HttpFailure, facts: CertificateFacts | undefined): string {
  if (facts === undefined) return '';
  const host = hostOf(failure);
  const expired = isExpired(facts) ? [`it expired${day(facts.validToMs, ' on ')}`] : [];
  const { names } = facts;
  const other = isNamed(failure, facts)
    ? []
    : [`it is ${names.length === 0 ? 'without a subjectAltName' : `for ${listNames(image, names)}, not for ${host}`}`];
  const problems = [...expired, ...other];
  return problems.length === 0 ? '' : `; also, ${problems.join(', and ')}`;
}

/** Trust alone does not help then. */
function alsoRepair(failure: HttpFailure, facts: CertificateFacts | undefined): Hint | null {
  if (facts === undefined || (isNamed(failure, facts) && !isExpired(facts))) return null;
  if (isNamed(failure, facts)) return advise('check-certificate', 'It must be renewed as well.');
  return advise(
    'check-certificate',
    `The ${isExpired(facts) ? 'name and date' : 'name'} must be fixed as well: have the certificate reissued.`,
  );
}

const isNamed = (failure: HttpFailure, { names }: CertificateFacts): boolean =>
  matchesHost(hostOf(failure), { dns: names, ip: names });

const hostOf = ({ host }: HttpFailure): string => host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');

function listNames(image: TlsSubject, names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => image.quote(name, 80));
  if (names.length > shown.length) return `${shown.join(', ')} and ${names.length - shown.length} more`;
  return shown.length < 2 ? shown.join() : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** `2026-11-26 06:04 UTC`, after `lead`; empty for an unknown time. */
const day = (timeMs: number, lead: string): string =>
  Number.isNaN(timeMs) ? '' : `${lead}${new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
