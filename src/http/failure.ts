// Why no complete HTTP answer came: which phase, which host, in words; and whether asking again can help.

import { cleanText } from '../core/text.ts';

export type FailureKind =
  | 'dns'
  | 'tcp'
  | 'tls'
  | 'proxy'
  | 'timeout'
  | 'not-http'
  | 'blocked-address'
  | 'redirect-loop'
  | 'insecure-redirect';

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
}

/** An error of the connection, thrown where the phase is known. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  readonly phase: Phase;
  readonly code: string | null;
  readonly kind: FailureKind | undefined;

  constructor(phase: Phase, message: string, options: { cause?: unknown; code?: string; kind?: FailureKind } = {}) {
    super(message, { cause: options.cause });
    this.phase = phase;
    this.code = options.code ?? codeOf(options.cause);
    this.kind = options.kind;
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

const PASSING_CODES = new Set([
  'EAI_AGAIN',
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
]);

export function classify(error: unknown, host: string, phase: Phase): HttpFailure {
  const name = error instanceof Error ? error.name : '';
  const fail = (kind: FailureKind, at: Phase, passing: boolean, detail = messageOf(error)): HttpFailure => ({
    kind,
    phase: at,
    host,
    code: codeOf(error),
    detail: cleanText(detail),
    passing,
  });
  // The name before the code: a DOMException's code is a number, a parser error has none.
  if (error instanceof ConnectError) {
    const kind = error.kind ?? (error.code === 'ETIMEDOUT' ? 'timeout' : PHASE_KINDS[error.phase]);
    return fail(
      kind,
      error.phase,
      error.code === 'EAI_AGAIN' || (error.phase !== 'tls' && error.code === 'ECONNRESET'),
    );
  }
  if (name === 'TimeoutError') return fail('timeout', phase, false, TIMEOUT_WORDS[phase]);
  if (name === 'HeadersTimeoutError') return fail('timeout', 'headers', true, TIMEOUT_WORDS.headers);
  if (name === 'BodyTimeoutError') return fail('timeout', 'body', true, TIMEOUT_WORDS.body);
  if (name === 'HTTPParserError' || name === 'HeadersOverflowError') {
    return fail('not-http', 'headers', false, `the answer is not HTTP (${messageOf(error)})`);
  }
  const code = codeOf(error);
  if (code?.startsWith('Z_') || code?.startsWith('ERR_BROTLI') || code?.startsWith('ERR__ERROR')) {
    return fail('not-http', 'body', false, 'the body does not decompress');
  }
  return fail('tcp', phase, code !== null && PASSING_CODES.has(code));
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

/** The innermost message: wrappers hide the reason. An AggregateError's own message is empty. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  if (error instanceof Error) return error.message || error.name;
  return String(error);
}

/** What OpenSSL makes of an answer that is not TLS. */
const NOT_TLS = /wrong version number|packet length too long|http request|unknown protocol|record overflow/i;

/** The TLS handshake ended as it does when the other side speaks plain http. */
export const soundsLikePlainHttp = ({ kind, detail }: HttpFailure): boolean => kind === 'tls' && NOT_TLS.test(detail);
