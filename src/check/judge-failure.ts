// Judges what never became an HTTP answer: which host, which phase, and what a person can do about it.

import { type HttpFailure, soundsLikePlainHttp } from '../http/failure.ts';
import { type Finding, find, type Question } from './finding.ts';

const UNKNOWN_AUTHORITY = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

export function judgeFailure(question: Question, failure: HttpFailure, from: 'registry' | 'token-service'): Finding {
  const { host, detail, code, kind } = failure;
  const who = subject(question, host, from);
  const because = code === null || detail.includes(code) ? '' : ` (${code})`;
  switch (kind) {
    case 'dns':
      return code === 'EAI_AGAIN'
        ? find(
            'unreachable',
            'dns',
            `The name of ${who} cannot be looked up at the moment (EAI_AGAIN).`,
            'Check the network and its DNS server, then try again.',
          )
        : find(
            'unreachable',
            'dns',
            `No host has the name of ${who}${because}.`,
            `Check the spelling of ${bare(host)}; inside a private network, check the DNS server.`,
          );
    case 'tcp':
      if (code === 'ECONNREFUSED') {
        return find(
          'unreachable',
          'tcp',
          `${capital(who)} refuses connections: nothing listens there (ECONNREFUSED).`,
          'Check that the registry is up and the port is right.',
        );
      }
      return failure.phase === 'tcp'
        ? find(
            'unreachable',
            'tcp',
            `${capital(who)} cannot be reached: ${detail}.`,
            'Check the network between here and there: VPN, firewall, proxy.',
          )
        : find(
            'unreachable',
            'tcp',
            `${capital(who)} closed the connection in the middle of its answer${because}.`,
            'Try again; if it stays, something between here and there cuts connections.',
          );
    case 'timeout':
      return find(
        'unreachable',
        'timeout',
        `${capital(who)} did not answer in time: ${detail}.`,
        'Try again, or allow it more time with --timeout.',
      );
    case 'tls':
      return judgeTls(question, failure, who);
    case 'proxy':
      return find(
        'unreachable',
        'proxy',
        `The proxy does not let us through to ${who}: ${detail}.`,
        code === 'HTTP_407'
          ? 'Put the proxy login into HTTPS_PROXY (http://user:password@proxy:port).'
          : 'Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY.',
      );
    case 'not-http':
      return find(
        'not-a-registry',
        'not-oci',
        `${capital(who)} does not speak HTTP as a registry does: ${detail}.`,
        'Check the host and the port of the reference.',
      );
    case 'blocked-address':
      return from === 'token-service'
        ? find(
            'not-a-registry',
            'bad-challenge',
            `The registry names a token service that we do not ask: ${detail}.`,
            'No login was sent there. If this is meant, the operator can put the realm on the own host of the registry.',
          )
        : find(
            'not-a-registry',
            'insecure-redirect',
            `The registry redirects to an address that we do not follow: ${detail}.`,
            'Check the redirect settings of the registry.',
          );
    case 'redirect-loop':
      return find(
        'not-a-registry',
        'redirect-loop',
        `The registry's redirects do not end: ${detail}.`,
        'Check the address of the registry, and a proxy in front of it.',
      );
    case 'insecure-redirect':
      return find(
        'not-a-registry',
        'insecure-redirect',
        `The registry's answer cannot be trusted: ${detail}.`,
        'Something on the way may have answered in its place: a login page, or a wrongly set up proxy.',
      );
    default:
      kind satisfies never;
      throw new TypeError(`unknown failure: ${kind}`);
  }
}

function judgeTls({ reference }: Question, failure: HttpFailure, who: string): Finding {
  const { code, detail, host } = failure;
  const trust = 'Name its authority with --ca-file <pem>; --insecure accepts any certificate.';
  if (code !== null && UNKNOWN_AUTHORITY.has(code)) {
    return find(
      'unreachable',
      'tls',
      `The certificate of ${who} is not signed by an authority this machine trusts (${code}).`,
      trust,
    );
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    const words = code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet';
    return find(
      'unreachable',
      'tls',
      `The certificate of ${who} ${words} (${code}).`,
      'It must be renewed there; also check the clock of this machine.',
    );
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return find(
      'unreachable',
      'tls',
      `The certificate of ${who} is for another name: ${detail}.`,
      'Use the name the certificate is made for, or have it reissued.',
    );
  }
  if (soundsLikePlainHttp(failure)) {
    return find(
      'unreachable',
      'tls',
      `${capital(who)} does not speak TLS on that port.`,
      host === reference.registry ? 'If the registry speaks plain http, use --plain-http.' : null,
    );
  }
  return find('unreachable', 'tls', `The TLS handshake with ${who} failed: ${detail}.`, trust);
}

/** The host that failed, in its role: after a redirect or for a token it is not the one in the reference. */
function subject({ host: asked }: Question, host: string, from: 'registry' | 'token-service'): string {
  if (from === 'token-service') return `the token service ${host}`;
  return host === asked ? host : `${host}, where the registry redirects to,`;
}

const bare = (host: string): string => host.replace(/:\d+$/, '');

const capital = (text: string): string => (text.startsWith('the ') ? `T${text.slice(1)}` : text);
