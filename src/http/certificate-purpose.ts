// Verifies a chain that OpenSSL refuses for the purpose of a certificate, by the rules of Go's crypto/x509: Go accepts the
// extended key usage "any", and ignores keyUsage and nsCertType of a server.
// https://github.com/golang/go/blob/go1.22.0/src/crypto/x509/verify.go
//
// OpenSSL reports only the last problem it found, and may have found before that no authority signed the chain. So nothing
// it said is relied on here. Only a short chain without rules of its own is accepted: the certificate of the server, at most
// one intermediate, and an authority that the user named. Public authorities never sign for such purposes.

import { X509Certificate } from 'node:crypto';
import { readExtensions, readPathLength } from './certificate-extensions.ts';

export type PurposeVerdict =
  | 'accepted'
  /** No authority that the user named signed it. */
  | 'untrusted'
  /** The server's certificate, or the one of an authority above it, excludes servers: Go refuses it as well. */
  | 'not-for-servers'
  | 'ca-not-for-servers'
  /** Go may accept it. */
  | 'unverified';

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const ANY_PURPOSE = '2.5.29.37.0';
const EXTENDED_KEY_USAGE = '551d25';
const NAME_CONSTRAINTS = '551d1e';
/** keyUsage, subjectAltName, basicConstraints, extendedKeyUsage: the only ones that may be critical here. */
const UNDERSTOOD = new Set(['551d0f', '551d11', '551d13', EXTENDED_KEY_USAGE]);
/** The certificate of the server, an intermediate, an authority. */
const MAX_CHAIN = 3;
/** Of a chain that a server sends; the rest is ignored. */
const MAX_SENT = 10;

/** `peer`: with the chain that the server sent. `authorities`: PEM, one certificate each. The host name is not checked. */
export function verifyPurpose(peer: X509Certificate, authorities: readonly string[]): PurposeVerdict {
  if (!isForServers(peer)) return 'not-for-servers';
  const chain = completeChain([peer], authorities.flatMap(parse), sentWith(peer));
  if (chain === undefined) return 'untrusted';
  if (!chain.every(isForServers)) return 'ca-not-for-servers';
  const isSimple = chain.length <= MAX_CHAIN && chain.every(isCurrent) && hasNoRules(chain);
  return isSimple ? 'accepted' : 'unverified';
}

const isForServers = ({ keyUsage: purposes }: X509Certificate): boolean =>
  purposes === undefined || purposes.includes(SERVER_AUTH) || purposes.includes(ANY_PURPOSE);

/** From the server's certificate to an authority; each one is signed by the next. */
function completeChain(
  chain: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  sent: readonly X509Certificate[],
): readonly X509Certificate[] | undefined {
  const last = chain.at(-1);
  if (last === undefined || chain.length > MAX_SENT) return undefined;
  if (authorities.some(({ raw }) => raw.equals(last.raw))) return chain;
  const issuer = [...authorities, ...sent].find((one) => isSignedBy(last, one));
  return issuer && completeChain([...chain, issuer], authorities, sent);
}

/** `checkIssued` compares names, key identifiers and the key usage of the issuer; `verify` checks the signature. */
const isSignedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

function sentWith({ issuerCertificate }: X509Certificate): readonly X509Certificate[] {
  const sent: X509Certificate[] = [];
  for (let next = issuerCertificate; next !== undefined && sent.length < MAX_SENT; next = next.issuerCertificate) {
    sent.push(next);
  }
  return sent;
}

/** A date that cannot be read is NaN: no comparison holds. */
const isCurrent = ({ validFrom, validTo }: X509Certificate): boolean =>
  Date.parse(validFrom) <= Date.now() && Date.now() <= Date.parse(validTo);

/** Nothing limits the names, the length of the chain, or what is not understood here. */
function hasNoRules(chain: readonly X509Certificate[]): boolean {
  try {
    return chain.every((certificate, at) => {
      const extensions = readExtensions(certificate.raw);
      const ids = extensions.map(({ id }) => id);
      return (
        new Set(ids).size === ids.length &&
        !ids.includes(NAME_CONSTRAINTS) &&
        ids.includes(EXTENDED_KEY_USAGE) === (certificate.keyUsage !== undefined) &&
        extensions.every(({ id, isCritical }) => !isCritical || UNDERSTOOD.has(id)) &&
        (at === 0 || (readPathLength(extensions) ?? at) >= at - 1)
      );
    });
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function parse(pem: string): readonly X509Certificate[] {
  try {
    return [new X509Certificate(pem)];
  } catch {
    // OpenSSL passes over it as well.
    return [];
  }
}
