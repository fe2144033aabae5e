// Why there is no complete HTTP response: the phase, the host, a description, and whether a retry can help.

import { cleanText } from '../core/text.ts';
import type { TlsFailure } from './tls-failure.ts';

export type FailureKind =
  | 'dns'
  | 'tcp'
  | 'tls'
  | 'proxy'
  | 'timeout'
  | 'not-http'
  /** A registry named an address that is never connected to. */
  | 'blocked-address'
  /** A registry named an address in a network that it is not part of. */
  | 'private-address'
  | 'redirect-loop'
  | 'insecure-redirect'
  /** Not sent: the host is rate limiting, for longer than the check can wait. */
  | 'paused';

export type Phase = 'dns' | 'tcp' | 'tls' | 'proxy' | 'headers' | 'body';

export interface HttpFailure {
  readonly kind: FailureKind;
  readonly phase: Phase;
  /** `host[:port]` that failed: after a redirect the host it led to. */
  readonly host: string;
  /** The system's or undici's code, e.g. `ECONNREFUSED`. */
  readonly code: string | null;
  /** The innermost reason, cleaned for display; completes a sentence. */
  readonly detail: string;
  /** A retry may succeed. */
  readonly isTransient: boolean;
  /** Milliseconds until the pause is over; only of `paused`. */
  readonly waitMs?: number;
  /** Only of `tls`. */
  readonly tls?: TlsFailure;
  /** The proxy in use; only if it is what failed. */
  readonly proxy?: ProxyFacts;
  /** How long the phase was waited for, in milliseconds; only of `timeout`. */
  readonly waitedMs?: number;
  /** IP addresses of the host that were tried, if no request was sent. */
  readonly addresses?: readonly string[];
  readonly attempts?: Attempts;
}

/** The same request was sent several times; the last one counts. */
export interface Attempts {
  readonly count: number;
  /** From the first to the end of the last. */
  readonly durationMs: number;
}

export interface ProxyFacts {
  /** `host[:port]` */
  readonly host: string;
  /** The environment variable that names it. */
  readonly variable: string;
  /** Its URL has credentials. */
  readonly hasLogin: boolean;
  /** The authentication schemes it accepts, if it said so. */
  readonly schemes: readonly string[];
}

/** A failure of a response that no retry changes. */
export const finalFailure = (kind: FailureKind, host: string, detail: string): HttpFailure => ({
  kind,
  phase: 'headers',
  host,
  code: null,
  detail,
  isTransient: false,
});

/** Whether a signal aborted because of a deadline; for any other reason the caller cancelled. */
export const isTimeout = (reason: unknown): boolean => reason instanceof Error && reason.name === 'TimeoutError';

/** What the judge of a failure needs to know beyond its kind. */
export interface FailureFacts extends Pick<HttpFailure, 'tls' | 'waitedMs'> {
  readonly proxySchemes?: readonly string[];
}

interface ConnectErrorOptions {
  readonly cause?: unknown;
  readonly code?: string;
  readonly kind?: FailureKind;
  readonly facts?: FailureFacts;
}

/** Opening a connection failed; thrown where the phase is known. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  readonly phase: Phase;
  readonly code: string | null;
  readonly kind: FailureKind;
  readonly facts: FailureFacts;
  /** Of the origin, as far as they were tried. */
  addresses: readonly string[] = [];

  constructor(phase: Phase, message: string, options: ConnectErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.phase = phase;
    this.facts = options.facts ?? {};
    this.code = options.code ?? codeOf(options.cause);
    this.kind = options.kind ?? (this.code === 'ETIMEDOUT' ? 'timeout' : PHASE_KINDS[phase]);
  }
}

/** The body arrived, but is not in the content coding its Content-Encoding names. */
export class UndecodableError extends Error {
  override readonly name = 'UndecodableError';
}

/** undici's code. */
export const HEADERS_TOO_LARGE = 'UND_ERR_HEADERS_OVERFLOW';

export const CONTRADICTORY_LENGTH = 'CONTRADICTORY_LENGTH';

/** The fields that say where a body ends contradict each other. */
export class LengthError extends Error {
  override readonly name = 'LengthError';
  readonly code = CONTRADICTORY_LENGTH;
}

/** Not HTTP/1.1 as Go reads it. */
export class MalformedResponseError extends Error {
  override readonly name = 'MalformedResponseError';
}

export class HeadersTooLargeError extends Error {
  override readonly name = 'HeadersOverflowError';
  readonly code = HEADERS_TOO_LARGE;
}

/** The peer broke the HTTP/2 protocol. */
export class Http2Error extends Error {
  override readonly name = 'Http2Error';
}

/** The response headers or the next chunk of the body did not arrive in time. */
export class PhaseTimeoutError extends Error {
  override readonly name: 'HeadersTimeoutError' | 'BodyTimeoutError';

  constructor(phase: 'headers' | 'body') {
    super(timeoutDetail(phase));
    this.name = phase === 'headers' ? 'HeadersTimeoutError' : 'BodyTimeoutError';
  }
}

/** The time was up before a file of certificate authorities could be read; `file` names it. */
export const authoritiesLate = (file: string): ConnectError =>
  new ConnectError('tcp', `the certificate authorities in ${file} could not be read in time`, {
    code: AUTHORITIES_LATE,
    kind: 'timeout',
  });

export const AUTHORITIES_LATE = 'ERR_AUTHORITIES_LATE';

const PHASE_KINDS: Record<Phase, FailureKind> = {
  dns: 'dns',
  tcp: 'tcp',
  tls: 'tls',
  proxy: 'proxy',
  headers: 'tcp',
  body: 'tcp',
};

/** The connection was lost, or the name server was busy. */
const TRANSIENT_CODES = new Set([
  'EAI_AGAIN',
  'EMFILE',
  'ENFILE',
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
]);

/**
 * `phase`: where the request was when the error occurred; a ConnectError carries its own. `waitedMs`: for how long it had
 * been waiting.
 */
export function classify(error: unknown, host: string, phase: Phase, waitedMs?: number): HttpFailure {
  const code = codeOf(error);
  const fail = (kind: FailureKind, at: Phase, isTransient: boolean, detail = messageOf(error)): HttpFailure => ({
    kind,
    phase: at,
    host,
    code,
    detail: cleanText(detail),
    isTransient,
  });
  const waited = waitedMs === undefined ? {} : { waitedMs };
  const hasTransientCode = code !== null && TRANSIENT_CODES.has(code);
  if (error instanceof ConnectError) {
    const { proxySchemes: _, ...facts } = error.facts;
    const { addresses } = error;
    return {
      ...fail(error.kind, error.phase, hasTransientCode && error.phase !== 'tls'),
      ...facts,
      ...(addresses.length > 0 && { addresses }),
    };
  }
  if (error instanceof UndecodableError) return fail('not-http', 'body', false);
  // By name: the code of a DOMException is a number, a parser error has none, and the pool is a bundle of its own.
  switch (error instanceof Error ? error.name : '') {
    case 'TimeoutError':
      return { ...fail('timeout', phase, false, TIMEOUT_DETAILS[phase]), ...waited };
    case 'HeadersTimeoutError':
      return { ...fail('timeout', 'headers', true, TIMEOUT_DETAILS.headers), ...waited };
    case 'BodyTimeoutError':
      return { ...fail('timeout', 'body', true, TIMEOUT_DETAILS.body), ...waited };
    case 'HeadersOverflowError':
      return fail('not-http', 'headers', false, 'response headers too large');
    case 'LengthError':
      return fail('not-http', 'body', false);
    case 'MalformedResponseError':
      return fail('not-http', phase, false, `invalid HTTP/1.1 response (${messageOf(error)})`);
    case 'Http2Error':
      return fail('not-http', phase, false, `invalid HTTP/2 response (${messageOf(error)})`);
    case 'HTTPParserError': {
      const problem = /\((.+)\)$/.exec(messageOf(error))?.[1] ?? messageOf(error);
      // The parser's message for a chunked body without its last chunk.
      if (problem === 'Invalid EOF state') return fail('tcp', phase, true, 'the connection was closed');
      return fail('not-http', phase, false, notHttpDetail(problem, (error as { data?: unknown }).data));
    }
    default:
      return fail('tcp', phase, hasTransientCode);
  }
}

/** Instead of the words of a parser: what the server sends, which often says what it is. */
function notHttpDetail(problem: string, data: unknown): string {
  if (!problem.startsWith('Expected HTTP/') || typeof data !== 'string')
    return `invalid HTTP/1.1 response (${problem})`;
  // A TLS alert: RFC 8446 section 5.1.
  if (/^[\x15\x16]\x03/.test(data)) return SPEAKS_TLS;
  const line = cleanText(data.split(/[\r\n]/, 1)[0] ?? '', 60);
  const isText = /^[\x20-\x7e]{3,}$/.test(line);
  if (!isText) return 'it sent something that is not HTTP';
  return `it sent "${line}"${line.startsWith('SSH-') ? ', so it is an SSH server' : ''}`;
}

export const SPEAKS_TLS = 'it responds with TLS to a plain HTTP request';

const TIMEOUT_DETAILS: Record<Phase, string> = {
  dns: 'DNS lookup timed out',
  tcp: 'connection timed out',
  tls: 'TLS handshake timed out',
  proxy: 'the proxy did not respond',
  headers: 'connected, but no response',
  body: 'the response stalled',
};

export const timeoutDetail = (phase: Phase): string => TIMEOUT_DETAILS[phase];

export function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  if (typeof code === 'string') return code;
  // V8 has no code for it: "WebAssembly.Instance(): Out of memory", "Array buffer allocation failed".
  if (error instanceof RangeError && /out of memory|allocation failed/i.test(error.message)) return 'ENOMEM';
  return cause === undefined || cause === error ? null : codeOf(cause);
}

/** OpenSSL names the version that introduced an alert, which is not the version in use. */
const ALERT = /^(?:sslv3|tlsv1|tlsv13|ssl\/tls) alert /i;

/**
 * Happy Eyeballs fails with one error per address and no message of its own; the first one is enough. The messages of
 * OpenSSL have addresses and source files around the reason.
 */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  const { code, reason } = error as { code?: unknown; reason?: unknown };
  if (typeof reason === 'string' && typeof code === 'string' && /^ERR_(?:SSL|OSSL)_/.test(code))
    return reason.replace(ALERT, '');
  return error.message || error.name;
}

/** Whether the TLS handshake failed the way it does if the server uses plain HTTP. */
export const soundsLikePlainHttp = ({ kind, tls }: HttpFailure): boolean =>
  kind === 'tls' && tls?.problem === 'not-tls';
