// Judges what never became an HTTP answer: which host, which phase, and what a person can do about it.

import { isDescriptorLack } from '../file/descriptor.ts';
import { type HttpFailure, soundsLikePlainHttp } from '../http/failure.ts';
import { capital, type Finding, find, type Question } from './finding.ts';
import { formatWait } from './judge-limit.ts';

export function judgeFailure(question: Question, failure: HttpFailure, from: 'registry' | 'token-service'): Finding {
  const { host, detail, code, kind } = failure;
  const who = nameHost(question, host, from);
  const Who = capital(who);
  if (isDescriptorLack(code)) {
    const message = `${Who} was not asked: ${code === 'EMFILE' ? 'this process has' : 'this machine has'} too many open files (${code}).`;
    const hint = 'Check fewer images at once with --concurrency, or raise the limit: ulimit -n.';
    return find('unreachable', kind === 'dns' ? 'dns' : 'tcp', message, hint);
  }
  const because = code === null || detail.includes(code) ? '' : ` (${code})`;
  switch (kind) {
    case 'dns': {
      const isPassing = code === 'EAI_AGAIN';
      const message = isPassing
        ? `The name of ${who} cannot be looked up at the moment${because}.`
        : `There is no host by the name of ${who}${because}.`;
      const hint = isPassing
        ? 'Check the network and its DNS server, then try again.'
        : `Check the spelling of ${bare(host)}; inside a private network, check its DNS server.`;
      return find('unreachable', 'dns', message, hint);
    }
    case 'tcp':
      return judgeTcp(failure, Who, because);
    case 'timeout': {
      const message = `${Who} did not answer in time: ${detail}.`;
      return find('unreachable', 'timeout', message, 'Try again, or allow more time with --timeout.');
    }
    case 'tls':
      return judgeTls(question, failure, who);
    case 'proxy': {
      const hint =
        code === 'HTTP_407'
          ? 'Put the login of the proxy into HTTPS_PROXY: http://user:password@proxy:port.'
          : 'Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY.';
      return find('unreachable', 'proxy', `The proxy does not let us through to ${who}: ${detail}.`, hint);
    }
    case 'not-http': {
      const message = `${Who} does not answer as a registry does: ${detail}.`;
      return find('not-a-registry', 'not-oci', message, 'Check the host and port of the image.');
    }
    case 'blocked-address': {
      const message = `${question.host} sends us to an address that is not asked: ${detail}.`;
      return from === 'token-service'
        ? find(
            'not-a-registry',
            'bad-challenge',
            message,
            'No login was sent there. Tell the operator of the registry.',
          )
        : find('not-a-registry', 'insecure-redirect', message, 'Tell the operator of the registry.');
    }
    case 'redirect-loop': {
      const hint = 'Check the address of the registry, and a proxy in front of it.';
      return find('not-a-registry', 'redirect-loop', `The redirects of ${who} do not end: ${detail}.`, hint);
    }
    case 'insecure-redirect': {
      const hint =
        'Something may answer in its place: a login page of this network, or a proxy that is set up wrongly.';
      return find('not-a-registry', 'insecure-redirect', `The answer of ${who} is not trusted: ${detail}.`, hint);
    }
    case 'paused': {
      // Not "missing", not "fine", and not asked in vain either: the host has said that it would not answer.
      const asked = host === question.host ? host : Who;
      const message = `${asked} asked for a pause after too many requests, so it was not asked; the image may well be there.`;
      return find('rate-limited', 'too-many-requests', message, `Try again in ${formatWait(failure.waitMs ?? 0)}.`);
    }
    default:
      kind satisfies never;
      throw new TypeError(`unknown failure: ${kind}`);
  }
}

function judgeTcp({ phase, code, detail }: HttpFailure, who: string, because: string): Finding {
  if (code === 'ECONNREFUSED') {
    const message = `${who} refuses connections: nothing listens there (ECONNREFUSED).`;
    return find('unreachable', 'tcp', message, 'Check that the registry is up and the port is right.');
  }
  if (phase === 'tcp') {
    const hint = 'Check the network between here and there: VPN, firewall, proxy.';
    return find('unreachable', 'tcp', `${who} cannot be reached: ${detail}.`, hint);
  }
  const message = `${who} closed the connection before its answer was complete${because}.`;
  return find('unreachable', 'tcp', message, 'Try again; if it stays, something on the way cuts connections.');
}

const UNKNOWN_AUTHORITY = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

function judgeTls({ reference }: Question, failure: HttpFailure, who: string): Finding {
  const { code, detail, host } = failure;
  const tls = (message: string, hint: string): Finding => find('unreachable', 'tls', message, hint);
  const trust = 'Name its authority with --ca-file; --insecure accepts any certificate.';
  if (code !== null && UNKNOWN_AUTHORITY.has(code)) {
    return tls(`The certificate of ${who} is not signed by an authority that this machine trusts (${code}).`, trust);
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    const words = code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet';
    const hint = 'It must be renewed there; also check the clock of this machine.';
    return tls(`The certificate of ${who} ${words} (${code}).`, hint);
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const hint = 'Use the name that the certificate is made for, or have it made for this one.';
    return tls(`The certificate of ${who} is made for another name: ${detail}.`, hint);
  }
  if (soundsLikePlainHttp(failure)) {
    const hint =
      host === reference.registry
        ? 'If the registry speaks plain http, use --plain-http.'
        : 'Tell the operator of the registry.';
    return tls(`${capital(who)} does not speak TLS on that port.`, hint);
  }
  return tls(`The TLS handshake with ${who} failed: ${detail}.`, trust);
}

/** The host that failed, in its role: after a redirect or for a token it is not the one in the reference. */
function nameHost(question: Question, host: string, from: 'registry' | 'token-service'): string {
  if (from === 'token-service') return `the token service ${host}`;
  return host === question.host ? host : `${host}, where ${question.host} sends us,`;
}

const bare = (host: string): string => host.replace(/:\d+$/, '');
