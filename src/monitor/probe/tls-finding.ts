// What is wrong with the TLS of a web service: in the words of a check of an image, with what helps a web service.

import { describeTls } from '../../check/judge-tls.ts';
import { cleanText } from '../../core/text.ts';
import type { HttpFailure } from '../../http/failure.ts';
import type { TlsProblem } from '../../http/tls-failure.ts';

export interface TlsFinding {
  readonly message: string;
  readonly hint: string;
  readonly hintCode: string;
}

/** `caFile`: of the resource, as configured. */
export function judgeServiceTls(failure: HttpFailure, caFile: string | null): TlsFinding {
  const { host } = failure;
  const subject = { host, reference: null, quote: cleanText };
  const { message } = describeTls(subject, failure, host);
  const problem = failure.tls?.problem ?? 'other';
  const isUntrusted = problem === 'untrusted' || problem === 'self-signed';
  const hint = isUntrusted ? trustHint(failure, caFile) : (HINTS[problem] ?? CHECK_CERTIFICATE);
  return { message, hint, hintCode: isUntrusted ? 'trust-authority' : 'check-certificate' };
}

function trustHint({ tls }: HttpFailure, caFile: string | null): string {
  const trust =
    caFile === null
      ? "If it is your company's CA, or the server's own, set caFile at this resource to its certificate. If you do not recognize it, a proxy may be intercepting the connection."
      : `The file of caFile at this resource, ${cleanText(caFile)}, does not contain it: add it there if you know it.`;
  const expired = tls?.certificate !== undefined && tls.certificate.validToMs < Date.now();
  return expired ? `${trust} The certificate must be renewed as well.` : trust;
}

const CHECK_CERTIFICATE = 'Check its certificate, and the CA that signed it.';
const REISSUE = 'Have the certificate reissued for server authentication.';

const HINTS: Partial<Readonly<Record<TlsProblem, string>>> = {
  'not-tls': 'If the service uses plain HTTP, use http:// in its URL. Otherwise, check the port.',
  'old-version': 'The service must enable TLS 1.2 or later.',
  'nothing-in-common': 'The service must enable ECDHE cipher suites.',
  'certificate-required': 'The monitor sends no client certificate: name a URL that requires none.',
  'certificate-rejected': 'The monitor sends no client certificate: name a URL that requires none.',
  'unrecognized-name': 'Check the host name in the URL.',
  'no-application-protocol': 'Check the host and the port in the URL.',
  expired: "Renew the certificate. Also check this machine's clock.",
  'not-yet-valid': "Check the dates of the certificate, and this machine's clock.",
  'other-name': 'Use a host name of the certificate in the URL, or have it reissued.',
  'not-for-servers': REISSUE,
  'ca-not-for-servers': REISSUE,
  'unverified-purpose': REISSUE,
  closed: 'This is typical of a firewall that filters by host name, or of a port that does not use TLS.',
};
