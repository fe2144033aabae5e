// One request to a notifier, bounded in time and size. Its failure is described in our words alone: a response, the name
// of the host and the URL are all secrets.

import { untilDeadline } from '../../check/deadline.ts';
import { type Clock, systemClock } from '../../core/clock.ts';
import type { Env } from '../../core/env.ts';
import { NAME, VERSION } from '../../core/version.ts';
import type { HttpFailure } from '../../http/failure.ts';
import { withRedirect } from '../../http/redirect.ts';
import { retryAfterMs } from '../../http/retry-after.ts';
import { type HttpResponse, stack } from '../../http/send.ts';
import { createTransport } from '../../http/transport.ts';

export interface NotifyRequest {
  /** A POST follows no redirect. */
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** Lowercase names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type SendResult =
  | { readonly isDelivered: true; readonly status: number }
  | {
      readonly isDelivered: false;
      /** Completes "webhook: …". */
      readonly problem: string;
      /** The receiver works, and refuses this request: another one may be accepted. */
      readonly isRefusal: boolean;
      /** It is not to be repeated. */
      readonly isFinal: boolean;
      /** The receiver asks to wait for so long. */
      readonly waitMs: number;
    };

export interface NotifySendOptions {
  readonly clock?: Clock;
  readonly env: Env;
  /** Certificates of additional authorities, PEM. */
  readonly ca?: string | undefined;
}

const TIMEOUT_MS = 10_000;
const MAX_REDIRECTS = 5;

/** Rejects with the signal's reason when it aborts. */
export async function sendRequest(
  request: NotifyRequest,
  signal: AbortSignal,
  { clock = systemClock, env, ca }: NotifySendOptions,
): Promise<SendResult> {
  // A connection of its own: it is seldom used, and must not be one that has died meanwhile.
  const transport = createTransport({ env, ca, userAgent: `${NAME}/${VERSION}`, connectTimeoutMs: TIMEOUT_MS });
  try {
    const send = stack([withRedirect(() => {}, { maxHops: MAX_REDIRECTS, dropsAllHeaders: true })], transport.send);
    const outcome = await untilDeadline(clock, TIMEOUT_MS, signal, (deadline) =>
      // Its URL is a credential: it does not leave https.
      send({ ...request, purpose: 'ping', maxBytes: 0, signal: deadline, usesLogin: true }),
    );
    if (outcome === undefined) return failed('no response in time');
    return outcome.ok ? judge(outcome.value, clock.now()) : failed(describeFailure(outcome.error));
  } finally {
    await transport.close();
  }
}

const failed = (problem: string, changes: Partial<Extract<SendResult, { isDelivered: false }>> = {}): SendResult => ({
  ...{ isDelivered: false, problem, isRefusal: false, isFinal: false, waitMs: 0 },
  ...changes,
});

/** A proxy before a receiver that is down sends these as well. */
const DOWN = new Set([408, 425, 429, 502, 503, 504]);
const GONE = 410;

function judge(response: HttpResponse, nowMs: number): SendResult {
  const { status } = response;
  if (status >= 200 && status < 300) return { isDelivered: true, status };
  if (status >= 300 && status < 400) return failed(`status ${status}: redirects are not followed`, { isRefusal: true });
  const isFinal = status === GONE;
  return failed(`status ${status}`, {
    ...{ isFinal, isRefusal: !DOWN.has(status) },
    waitMs: status === 429 || status === 503 ? (retryAfterMs(response, nowMs) ?? 0) : 0,
  });
}

const WORDS: Readonly<Record<HttpFailure['kind'], string>> = {
  dns: 'the host name cannot be resolved',
  tcp: 'no connection',
  tls: 'no TLS connection',
  proxy: 'no connection through the proxy',
  timeout: 'no response in time',
  'not-http': 'no valid HTTP response',
  'blocked-address': 'it redirects to an address that is never contacted',
  'private-address': 'it redirects to a private address',
  'redirect-loop': 'it redirects too many times',
  'insecure-redirect': 'it redirects from https to http',
  paused: 'no request was sent',
};

const describeFailure = ({ kind, code }: HttpFailure): string =>
  code === null || !/^[A-Z][A-Z0-9_]*$/.test(code) ? WORDS[kind] : `${WORDS[kind]} (${code})`;
