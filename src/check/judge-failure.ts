// Judges a failure without a complete HTTP response: which host, which phase, and what the user can do.

import { formatDuration, formatWait } from '../core/quantity.ts';
import { isOpenFileLimit } from '../file/open-file-limit.ts';
import {
  AUTHORITIES_LATE,
  CONTRADICTORY_LENGTH,
  HEADERS_TOO_LARGE,
  type HttpFailure,
  type Phase,
  SPEAKS_TLS,
} from '../http/failure.ts';
import { type CauseOf, type CheckedImage, capitalize, type Finding, finding, REPORT } from './finding.ts';
import { advise, allowPrivateHint, both, type Hint, OPTION_HINTS } from './hint.ts';
import { judgeProxy, nameProxy } from './judge-proxy.ts';
import { judgeTls } from './judge-tls.ts';
import { describeAttempts } from './response-words.ts';

/** Where the request was sent: the host of a token service is not the one in the reference. */
export type FailedAt = 'registry' | 'token-service';

export function judgeFailure(image: CheckedImage, failure: HttpFailure, from: FailedAt): Finding {
  const { detail, code, kind } = failure;
  const server = nameServer(image, failure, from);
  if (isOpenFileLimit(code)) {
    const message = `No request was sent to ${server}: ${code === 'EMFILE' ? 'this process has' : 'this machine has'} too many open files (${code}).`;
    return unreachable(kind === 'dns' ? 'dns' : 'tcp', message, OPTION_HINTS.openFiles);
  }
  if (code === 'ENOMEM') {
    const message = `This process does not have enough memory for the connection to ${server} (ENOMEM).`;
    return unreachable(kind === 'dns' ? 'dns' : 'tcp', message, OPTION_HINTS.memory);
  }
  switch (kind) {
    case 'dns':
      return judgeDns(image, failure, server);
    case 'tcp':
      return judgeTcp(image, failure, server, otherServerHint(image, failure, from));
    case 'timeout':
      return judgeTimeout(failure, server);
    case 'tls':
      return judgeTls(image, failure, server);
    case 'proxy':
      return judgeProxy(failure, server);
    case 'not-http': {
      if (code === CONTRADICTORY_LENGTH) {
        const hint = advise(
          'contact-operator',
          'docker and podman fail too. The registry, or a proxy in front of it, must send exactly one valid length.',
        );
        return notARegistry('not-oci', `${capitalize(server)} sent an invalid HTTP response: ${detail}.`, hint);
      }
      if (code === HEADERS_TOO_LARGE) {
        const message = `${capitalize(server)} sent more than 1 MiB of response headers.`;
        const hint = advise('contact-operator', 'Have the registry, or a proxy in front of it, send smaller headers.');
        return notARegistry('not-oci', message, hint);
      }
      const message = `${capitalize(server)} does not respond like a registry: ${detail}.`;
      const hint = image.isPlainHttp && detail === SPEAKS_TLS ? OPTION_HINTS.omitPlainHttp : CHECK_HOST;
      return notARegistry('not-oci', message, hint);
    }
    case 'blocked-address': {
      const message = `${image.host} points to an address that is not allowed: ${detail}.`;
      return from === 'token-service'
        ? notARegistry(
            'bad-challenge',
            message,
            both(advise('contact-operator', 'No credentials were sent there.'), REPORT),
          )
        : notARegistry('insecure-redirect', message, REPORT);
    }
    case 'private-address':
      return judgePrivateAddress(image, failure, from);
    case 'redirect-loop': {
      const cause = detail.includes(' to itself ')
        ? ' This is typical of a proxy that terminates TLS in front of a server that redirects http to https: the proxy must send X-Forwarded-Proto: https.'
        : '';
      const hint = advise('contact-operator', `No client can pull from it: contact its operator.${cause}`);
      return notARegistry('redirect-loop', `${capitalize(server)} ${detail}.`, hint);
    }
    case 'insecure-redirect': {
      const message = `${capitalize(server)} does not keep the connection encrypted: ${detail}.`;
      return notARegistry('insecure-redirect', message, OPTION_HINTS.keepHttps);
    }
    case 'paused':
      return judgePause(image, failure, server);
    default:
      kind satisfies never;
      throw new TypeError(`unknown failure: ${kind}`);
  }
}

/** It works where the network sends the registry's own clients there: a VPC endpoint, or DNS with two views. */
function judgePrivateAddress(image: CheckedImage, { host, detail }: HttpFailure, from: FailedAt): Finding {
  const { registry } = image.reference;
  const address = detail.split(' ').at(-1) ?? '';
  const isLiteral = host === address || host.startsWith(`${address}:`) || host.startsWith(`[${address}]`);
  const where = isLiteral ? `${host}, which is not a public address` : `${host}, which has ${detail}`;
  const [what, nothing] =
    from === 'token-service'
      ? [`names the token service ${where}`, 'no credentials were sent']
      : [`redirects to ${where}`, 'nothing was requested'];
  return unreachable(
    'private-address',
    `${image.host} ${what}; a registry outside that network must not direct requests into it, so ${nothing} there.`,
    allowPrivateHint(registry),
  );
}

const unreachable = (cause: CauseOf<'unreachable'>, message: string, hint: Hint): Finding =>
  finding({ reason: 'unreachable', cause, message, hint });

const notARegistry = (cause: CauseOf<'not-a-registry'>, message: string, hint: Hint): Finding =>
  finding({ reason: 'not-a-registry', cause, message, hint });

const CHECK_DNS = advise('check-name-resolution', 'Check the network and its DNS server, then try again.');

function judgeDns({ known, host: registry }: CheckedImage, { code, host }: HttpFailure, server: string): Finding {
  if (code === 'EAI_AGAIN')
    return unreachable('dns', `The DNS lookup of ${server} failed temporarily (${code}).`, CHECK_DNS);
  const because = code === null ? '' : ` (${code})`;
  if (known.isOneHost && host === registry) {
    const message = `Cannot resolve ${server}${because}: this machine has no DNS or internet access.`;
    const hint = 'Check the network and its DNS server. If this network requires a proxy, set HTTPS_PROXY.';
    return unreachable('dns', message, advise('check-name-resolution', hint));
  }
  const hint = advise('check-name-resolution', "Check the host name and this machine's DNS or VPN.");
  return unreachable('dns', `Cannot resolve ${server}: no such host${because}.`, hint);
}

const CHECK_HOST = advise('check-registry', 'Check the host and port of the image.');
const CLOSED_BETWEEN = advise(
  'try-later',
  'Try again. If it persists, a proxy, VPN or firewall is closing connections.',
);

const NO_ROUTE = new Set(['ENETUNREACH', 'EHOSTUNREACH']);

/** `elsewhere`: the hint if it is not the registry that failed. */
function judgeTcp(
  { isPlainHttp }: CheckedImage,
  { host, phase, code, detail, attempts }: HttpFailure,
  server: string,
  elsewhere: Hint | undefined,
): Finding {
  if (code === 'ECONNREFUSED') {
    const message = `Connection to ${server} refused: nothing is listening there (ECONNREFUSED).`;
    return unreachable(
      'tcp',
      message,
      elsewhere ?? advise('check-registry', `Check that ${host} is running and the port is correct.`),
    );
  }
  if (phase === 'tcp') {
    const hint = advise('check-connection', 'Check the network path: VPN, firewall, proxy.');
    const isRouteMissing = code !== null && NO_ROUTE.has(code);
    const message = isRouteMissing ? `There is no route to ${server}: ${code}.` : `Cannot reach ${server}: ${detail}.`;
    return unreachable('tcp', message, hint);
  }
  // undici's own codes mean nothing to users.
  const because = code === null || code.startsWith('UND_') ? '' : ` (${code})`;
  const when = phase === 'body' ? 'in the middle of its response' : 'before it responded';
  const message = `${capitalize(server)} closed the connection ${when}${because}${describeAttempts(attempts)}.`;
  const hint = isPlainHttp && phase !== 'body' ? OPTION_HINTS.closedPlainHttp : CLOSED_BETWEEN;
  return unreachable('tcp', message, hint);
}

/** The registry has responded already if its token service or a redirect target fails. */
function otherServerHint(image: CheckedImage, { host }: HttpFailure, from: FailedAt): Hint | undefined {
  if (from === 'token-service')
    return advise(
      'check-registry',
      `${image.host} itself responds: check ${host}, or the address of the token service (realm) that ${image.host} sends.`,
    );
  if (host === image.host) return undefined;
  return advise('check-registry', `${image.host} itself responds: check ${host}, or its redirect.`);
}

/** More time is advised only where something did respond. */
function judgeTimeout({ phase, detail, code, waitedMs, proxy }: HttpFailure, server: string): Finding {
  if (code === AUTHORITIES_LATE) {
    const hint = advise('trust-authority', 'Check that a program writes to that file, or unset the variable.');
    return unreachable('timeout', `No connection to ${server}: ${detail}.`, hint);
  }
  const time = waitedMs === undefined ? 'in time' : `within ${formatLimit(waitedMs)}`;
  const [message, hint] = TIMEOUTS[phase]({ server, Server: capitalize(server), time, proxy: nameProxy(proxy) });
  return unreachable('timeout', message, hint);
}

interface TimeoutScene {
  readonly server: string;
  readonly Server: string;
  /** `in time`, or `within 30 s`. */
  readonly time: string;
  readonly proxy: string;
}

const TIMEOUTS: Record<Phase, (scene: TimeoutScene) => readonly [message: string, hint: Hint]> = {
  dns: ({ server, time }) => [`The DNS lookup of ${server} did not finish ${time}.`, CHECK_DNS],
  tcp: ({ server, time }) => [
    `Could not connect to ${server} ${time}: no response at all.`,
    advise(
      'check-connection',
      'Check that the host is up, and check the firewall, the VPN and the route. If this network requires a proxy, set HTTPS_PROXY.',
    ),
  ],
  tls: ({ server, time }) => [
    `The TLS handshake with ${server} did not finish ${time}: the server accepted the connection, but sent nothing.`,
    silent(server),
  ],
  proxy: ({ server, time, proxy }) => [`The ${proxy} did not connect to ${server} ${time}.`, OPTION_HINTS.ifSlow],
  headers: ({ Server, time }) => [`${Server} accepted the request, but did not respond ${time}.`, OPTION_HINTS.ifSlow],
  body: ({ server, time }) => [
    `The response from ${server} stalled: the rest did not arrive ${time}.`,
    OPTION_HINTS.ifSlow,
  ],
};

const silent = (server: string): Hint =>
  both(
    advise('increase-timeout', `Check that ${server} is running behind its load balancer, port forwarding or VPN.`),
    OPTION_HINTS.ifSlow,
  );

/** `30 s`, `1.7 s` or `500 ms`: as the headline shows it. */
const formatLimit = (limitMs: number): string => formatDuration(limitMs).replace(/\.0(?= s$)/, '');

/** The host demanded a pause, so no request was sent: the image is neither missing nor fine. */
function judgePause(image: CheckedImage, { host, waitMs = 0 }: HttpFailure, server: string): Finding {
  const paused = host === image.host ? host : capitalize(server);
  return finding({
    reason: 'rate-limited',
    cause: 'too-many-requests',
    message: `${paused} is rate limiting this client, so the image was not checked.`,
    hint: advise('try-later', `Try again in ${formatWait(waitMs)}.`),
  });
}

/** By its role: after a redirect, or for a token, it is not the host in the reference. With its address, where it is known. */
function nameServer(image: CheckedImage, { host, addresses }: HttpFailure, from: FailedAt): string {
  const address = describeAddress(host, addresses);
  const isRegistry = from === 'registry' && host === image.host;
  const redirect = from === 'registry' && !isRegistry ? `redirected from ${image.host}` : '';
  const details = [address, redirect].filter((text) => text !== '').join(', ');
  const name = from === 'token-service' ? `the token service ${host}` : host;
  return details === '' ? name : `${name} (${details})`;
}

/** `10.20.0.1:443`; only what the host does not say itself. */
function describeAddress(host: string, addresses: readonly string[] = []): string {
  const [address] = addresses;
  if (address === undefined || host.includes(address)) return '';
  const more = addresses.length > 1 ? ` and ${addresses.length - 1} more` : '';
  if (/:\d+$/.test(host)) return `${address}${more}`;
  return `${address.includes(':') ? `[${address}]` : address}:443${more}`;
}
