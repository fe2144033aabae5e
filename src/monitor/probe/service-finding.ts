// What the check of a web service or a port found, in words.

import { formatWait } from '../../core/quantity.ts';
import { cleanText } from '../../core/text.ts';
import type { FailureKind, HttpFailure } from '../../http/failure.ts';
import type { HttpResponse } from '../../http/send.ts';
import type { CheckedState } from '../history/check-record.ts';
import type { HttpResource, TcpResource } from '../resource/monitor-resource.ts';
import { judgeServiceTls } from './tls-finding.ts';

export interface ServiceFinding {
  readonly state: CheckedState;
  /** `no-answer`, `unexpected-status`, `unexpected-content`; null if available. */
  readonly reason: string | null;
  readonly cause: string | null;
  readonly message: string;
  readonly hint: string | null;
  readonly hintCode: string | null;
  readonly status: number | null;
}

const found = (finding: Partial<ServiceFinding> & Pick<ServiceFinding, 'message'>): ServiceFinding => ({
  ...{ state: 'unavailable', reason: null, cause: null, hint: null, hintCode: null, status: null },
  ...finding,
});

export const connected = ({ target }: TcpResource): ServiceFinding =>
  found({ state: 'available', message: `${target} accepts connections.` });

export function judgeResponse(
  { method, status: expected, contains }: HttpResource,
  { status, host, body, truncated }: HttpResponse,
): ServiceFinding {
  if (!expected.some(({ from, to }) => from <= status && status <= to)) {
    const message = `${host} returned ${status}; expected ${expected.map(formatRange).join(', ')}.`;
    return found({ reason: 'unexpected-status', message, status });
  }
  if (contains !== null && !Buffer.from(body).toString('utf8').includes(contains)) {
    const where = truncated ? `the first ${body.length} bytes of the response` : 'the response';
    const message = `${host} returned ${status}, but ${where} does not contain "${cleanText(contains, 80)}".`;
    return found({ reason: 'unexpected-content', message, status });
  }
  return found({ state: 'available', message: `${host} returned ${status} to ${method}.`, status });
}

const formatRange = ({ from, to }: HttpResource['status'][number]): string =>
  from === to ? `${from}` : `${from}-${to}`;

interface Words {
  readonly reason: string;
  readonly cause: string;
  readonly message: string;
  readonly hint: string;
  readonly hintCode: string;
}

const noAnswer = (cause: string, message: string, hint: string, hintCode: string): Words => ({
  ...{ reason: 'no-answer', cause, message, hint, hintCode },
});

const CHECK_PATH = 'Check the service, the port, and the network path: VPN, firewall, proxy.';

const WORDS: Readonly<Record<Exclude<FailureKind, 'tls'>, (failure: HttpFailure) => Words>> = {
  dns: ({ host, code, detail }) =>
    noAnswer(
      'dns',
      `Cannot resolve ${host} (${code ?? detail}).`,
      'Check the host name and the DNS server.',
      'check-dns',
    ),
  tcp: ({ host, code, detail }) =>
    code === 'ECONNREFUSED'
      ? noAnswer('tcp', `Connection to ${host} refused: nothing is listening there.`, CHECK_PATH, 'check-service')
      : noAnswer('tcp', `No response from ${host}: ${detail}.`, CHECK_PATH, 'check-service'),
  proxy: ({ host, detail }) =>
    noAnswer('proxy', `No connection to ${host} through the proxy: ${detail}.`, 'Check the proxy.', 'check-proxy'),
  timeout: ({ host, detail }) =>
    noAnswer('timeout', `No response from ${host} in time: ${detail}.`, CHECK_PATH, 'check-service'),
  'not-http': ({ host, detail }) =>
    noAnswer('not-http', `${host} did not send a valid HTTP response: ${detail}.`, 'Check the URL.', 'check-service'),
  'blocked-address': ({ host, detail }) =>
    noAnswer(
      'private-address',
      `${host} may not be contacted: ${detail}.`,
      'Check where it redirects.',
      'check-redirect',
    ),
  'private-address': ({ host, detail }) =>
    noAnswer(
      'private-address',
      `A redirect leads to ${host}, which has ${detail}.`,
      'Check where it redirects.',
      'check-redirect',
    ),
  'redirect-loop': ({ host, detail }) => ({
    ...noAnswer(
      'redirect-loop',
      `${host} redirects too many times: ${detail}.`,
      'Check where it redirects.',
      'check-redirect',
    ),
    reason: 'unexpected-status',
  }),
  'insecure-redirect': ({ host, detail }) => ({
    ...noAnswer(
      'insecure-redirect',
      `${host} does not keep https: ${detail}.`,
      'Check where it redirects.',
      'check-redirect',
    ),
    reason: 'unexpected-status',
  }),
  paused: ({ host, detail }) =>
    noAnswer('paused', `No request was sent to ${host}: ${detail}.`, CHECK_PATH, 'check-service'),
};

/** `caFile`: of the resource, as configured. */
export function judgeFailure(failure: HttpFailure, caFile: string | null = null): ServiceFinding {
  const { kind } = failure;
  if (kind !== 'tls') return found(WORDS[kind](failure));
  return found({ reason: 'no-answer', cause: 'tls', ...judgeServiceTls(failure, caFile) });
}

export function timedOut({ host, timeoutMs }: HttpResource | TcpResource): ServiceFinding {
  const message = `No response from ${host} within ${formatWait(timeoutMs)}.`;
  return found(noAnswer('timeout', message, CHECK_PATH, 'check-service'));
}

/** Nothing was sent: nothing is known about the service. */
export const unreadableFile = (message: string): ServiceFinding =>
  found({
    ...{ state: 'undetermined', reason: 'unreachable', cause: 'credentials-file', message },
    ...{ hint: 'Correct its path or its permissions.', hintCode: 'correct-file' },
  });
