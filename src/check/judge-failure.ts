// Judges a failure without a complete HTTP response: which host, which phase, and what the user can do.

import { formatWait } from '../core/quantity.ts';
import { isDescriptorLack } from '../file/descriptor.ts';
import { type HttpFailure, soundsLikePlainHttp } from '../http/failure.ts';
import { type CauseOf, type CheckedImage, capitalize, type Finding, finding } from './finding.ts';

/** Where the request was sent: the host of a token service is not the one in the reference. */
export type FailedAt = 'registry' | 'token-service';

export function judgeFailure(image: CheckedImage, failure: HttpFailure, from: FailedAt): Finding {
  const { host, detail, code, kind } = failure;
  const server = nameServer(image, host, from);
  if (isDescriptorLack(code)) {
    const message = `${capitalize(server)} was not asked: ${code === 'EMFILE' ? 'this process has' : 'this machine has'} too many open files (${code}).`;
    const hint = 'Check fewer images at once with --concurrency, or raise the limit: ulimit -n.';
    return unreachable(kind === 'dns' ? 'dns' : 'tcp', message, hint);
  }
  const because = code === null || detail.includes(code) ? '' : ` (${code})`;
  switch (kind) {
    case 'dns':
      return judgeDns(failure, server, because);
    case 'tcp':
      return judgeTcp(failure, capitalize(server), because);
    case 'timeout': {
      const message = `${capitalize(server)} did not answer in time: ${detail}.`;
      return unreachable('timeout', message, 'Try again, or allow more time with --timeout.');
    }
    case 'tls':
      return judgeTls(image, failure, server);
    case 'proxy': {
      const hint =
        code === 'HTTP_407'
          ? 'Put the login of the proxy into HTTPS_PROXY: http://user:password@proxy:port.'
          : 'Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY.';
      return unreachable('proxy', `The proxy does not let us through to ${server}: ${detail}.`, hint);
    }
    case 'not-http': {
      const message = `${capitalize(server)} does not answer as a registry does: ${detail}.`;
      return notARegistry('not-oci', message, 'Check the host and port of the image.');
    }
    case 'blocked-address': {
      const message = `${image.host} sends us to an address that is not asked: ${detail}.`;
      const hint = 'Tell the operator of the registry.';
      return from === 'token-service'
        ? notARegistry('bad-challenge', message, `No login was sent there. ${hint}`)
        : notARegistry('insecure-redirect', message, hint);
    }
    case 'redirect-loop': {
      const hint = 'Check the address of the registry, and a proxy in front of it.';
      return notARegistry('redirect-loop', `The redirects of ${server} do not end: ${detail}.`, hint);
    }
    case 'insecure-redirect': {
      const hint =
        'Something may answer in its place: a login page of this network, or a proxy that is set up wrongly.';
      return notARegistry('insecure-redirect', `The answer of ${server} is not trusted: ${detail}.`, hint);
    }
    case 'paused':
      return judgePause(image, failure, capitalize(server));
    default:
      kind satisfies never;
      throw new TypeError(`unknown failure: ${kind}`);
  }
}

const unreachable = (cause: CauseOf<'unreachable'>, message: string, hint: string): Finding =>
  finding({ reason: 'unreachable', cause, message, hint });

const notARegistry = (cause: CauseOf<'not-a-registry'>, message: string, hint: string): Finding =>
  finding({ reason: 'not-a-registry', cause, message, hint });

function judgeDns({ host, code }: HttpFailure, server: string, because: string): Finding {
  if (code === 'EAI_AGAIN') {
    const message = `The name of ${server} cannot be looked up at the moment${because}.`;
    return unreachable('dns', message, 'Check the network and its DNS server, then try again.');
  }
  const name = host.replace(/:\d+$/, '');
  const hint = `Check the spelling of ${name}; inside a private network, check its DNS server.`;
  return unreachable('dns', `There is no host by the name of ${server}${because}.`, hint);
}

function judgeTcp({ phase, code, detail }: HttpFailure, server: string, because: string): Finding {
  if (code === 'ECONNREFUSED') {
    const message = `${server} refuses connections: nothing listens there (ECONNREFUSED).`;
    return unreachable('tcp', message, 'Check that the registry is up and the port is right.');
  }
  if (phase === 'tcp') {
    const hint = 'Check the network between here and there: VPN, firewall, proxy.';
    return unreachable('tcp', `${server} cannot be reached: ${detail}.`, hint);
  }
  const message = `${server} closed the connection before its answer was complete${because}.`;
  return unreachable('tcp', message, 'Try again; if it stays, something on the way cuts connections.');
}

const UNKNOWN_CA = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

function judgeTls({ reference }: CheckedImage, failure: HttpFailure, server: string): Finding {
  const { code, detail, host } = failure;
  const trust = 'Name its authority with --ca-file; --insecure accepts any certificate.';
  if (code !== null && UNKNOWN_CA.has(code)) {
    const message = `The certificate of ${server} is not signed by an authority that this machine trusts (${code}).`;
    return unreachable('tls', message, trust);
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    const state = code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet';
    const hint = 'It must be renewed there; also check the clock of this machine.';
    return unreachable('tls', `The certificate of ${server} ${state} (${code}).`, hint);
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const hint = 'Use the name that the certificate is made for, or have it made for this one.';
    return unreachable('tls', `The certificate of ${server} is made for another name: ${detail}.`, hint);
  }
  if (soundsLikePlainHttp(failure)) {
    const isOurs = host === reference.registry;
    const hint = isOurs ? 'If the registry speaks plain http, use --plain-http.' : 'Tell the operator of the registry.';
    return unreachable('tls', `${capitalize(server)} does not speak TLS on that port.`, hint);
  }
  return unreachable('tls', `The TLS handshake with ${server} failed: ${detail}.`, trust);
}

/** The host asked for a pause, so no request was sent: the image is neither missing nor fine. */
function judgePause(image: CheckedImage, { host, waitMs = 0 }: HttpFailure, server: string): Finding {
  const paused = host === image.host ? host : server;
  return finding({
    reason: 'rate-limited',
    cause: 'too-many-requests',
    message: `${paused} asked for a pause after too many requests, so it was not asked; the image may well be there.`,
    hint: `Try again in ${formatWait(waitMs)}.`,
  });
}

/** By its role: after a redirect, or for a token, it is not the host in the reference. */
function nameServer(image: CheckedImage, host: string, from: FailedAt): string {
  if (from === 'token-service') return `the token service ${host}`;
  return host === image.host ? host : `${host}, where ${image.host} sends us,`;
}
