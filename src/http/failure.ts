// Why no complete HTTP answer came: which phase, which host, in words; and whether asking again can help.

import { cleanText } from '../core/text.ts';
import { UndecodableError } from './body.ts';

export type FailureKind =
  | 'dns'
  | 'tcp'
  | 'tls'
  | 'proxy'
  | 'timeout'
  | 'not-http'
  | 'blocked-address'
  | 'redirect-loop'
  | 'insecure-redirect'
  /** Not asked: the host wants a pause longer than anybody can wait. */
  | 'paused';

export type Phase = 'dns' | 'tcp' | 'tls' | 'proxy' | 'headers' | 'body';

export interface HttpFailure {
  readonly kind: FailureKind;
  readonly phase: Phase;
  /** `host[:port]` that failed: after a redirect that is the second host. */
  readonly host: string;
  /** The system's or undici's code, e.g. `ECONNREFUSED`. */
  readonly code: string | null;
  /** The innermost reason, cleaned for display. */
  readonly detail: string;
  /** Asking again soon may bring an answer. */
  readonly passing: boolean;
  /** Until the pause is over, in milliseconds; only of `paused`. */
  readonly waitMs?: number;
}

/** What a signal aborts with at a deadline; any other reason is the caller giving up. */
export const isTimeout = (reason: unknown): boolean => reason instanceof Error && reason.name === 'TimeoutError';

/** An error of the connection, thrown where the phase is known. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  readonly phase: Phase;
  readonly code: string | null;
  readonly kind: FailureKind;

  constructor(phase: Phase, message: string, options: { cause?: unknown; code?: string; kind?: FailureKind } = {}) {
    super(message, { cause: options.cause });
    this.phase = phase;
    this.code = options.code ?? codeOf(options.cause);
    this.kind = options.kind ?? (this.code === 'ETIMEDOUT' ? 'timeout' : PHASE_KINDS[phase]);
  }
}

/** What came over an HTTP/2 connection is not HTTP/2. */
export class Http2Error extends Error {
  override readonly name = 'Http2Error';
}

/** An attempt had no answer in its time. */
export class LateError extends Error {
  override readonly name: 'HeadersTimeoutError' | 'BodyTimeoutError';

  constructor(phase: 'headers' | 'body') {
    super(timeoutWords(phase));
    this.name = phase === 'headers' ? 'HeadersTimeoutError' : 'BodyTimeoutError';
  }
}

const PHASE_KINDS: Record<Phase, FailureKind> = {
  dns: 'dns',
  tcp: 'tcp',
  tls: 'tls',
  proxy: 'proxy',
  headers: 'tcp',
  body: 'tcp',
};

/** The connection was there and went away, or its name server was busy: the next one may do better. */
const PASSING_CODES = new Set([
  'EAI_AGAIN',
  'EMFILE',
  'ENFILE',
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
]);

/** `phase` is where the request was when the error came; a ConnectError knows better. */
export function classify(error: unknown, host: string, phase: Phase): HttpFailure {
  const code = codeOf(error);
  const fail = (kind: FailureKind, at: Phase, passing: boolean, detail = messageOf(error)): HttpFailure => ({
    kind,
    phase: at,
    host,
    code,
    detail: cleanText(detail),
    passing,
  });
  const isPassing = code !== null && PASSING_CODES.has(code);
  if (error instanceof ConnectError) return fail(error.kind, error.phase, isPassing && error.phase !== 'tls');
  if (error instanceof UndecodableError) return fail('not-http', 'body', false);
  // The name before the code: a DOMException's code is a number, a parser error has none.
  switch (error instanceof Error ? error.name : '') {
    case 'TimeoutError':
      return fail('timeout', phase, false, TIMEOUT_WORDS[phase]);
    case 'HeadersTimeoutError':
      return fail('timeout', 'headers', true, TIMEOUT_WORDS.headers);
    case 'BodyTimeoutError':
      return fail('timeout', 'body', true, TIMEOUT_WORDS.body);
    case 'HeadersOverflowError':
      return fail('not-http', 'headers', false, 'the head of the answer is too long');
    case 'Http2Error':
      return fail('not-http', phase, false, `the answer is not HTTP/2 (${messageOf(error)})`);
    case 'HTTPParserError': {
      const problem = /\((.+)\)$/.exec(messageOf(error))?.[1] ?? messageOf(error);
      // How the parser names a chunked body that ends before its last chunk.
      if (problem === 'Invalid EOF state') return fail('tcp', phase, true, 'the connection was closed');
      return fail('not-http', phase, false, `the answer is not HTTP/1.1 (${problem})`);
    }
    default:
      return fail('tcp', phase, isPassing);
  }
}

const TIMEOUT_WORDS: Record<Phase, string> = {
  dns: 'no answer to the name lookup in time',
  tcp: 'no connection in time',
  tls: 'the TLS handshake did not end in time',
  proxy: 'the proxy did not answer in time',
  headers: 'connected, but no answer in time',
  body: 'the answer began but did not end in time',
};

/** What a time-out in that phase means, for a person. */
export const timeoutWords = (phase: Phase): string => TIMEOUT_WORDS[phase];

function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  if (typeof code === 'string') return code;
  return cause === undefined || cause === error ? null : codeOf(cause);
}

/** Happy Eyeballs fails with one error an address and no message of its own; the first says enough. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  if (error instanceof Error) return error.message || error.name;
  return String(error);
}

/** What OpenSSL makes of an answer that is not TLS. */
const NOT_TLS = /wrong version number|packet length too long|http request|unknown protocol|record overflow/i;

/** The TLS handshake ended as it does when the other side speaks plain http. */
export const soundsLikePlainHttp = ({ kind, detail }: HttpFailure): boolean => kind === 'tls' && NOT_TLS.test(detail);
