// How long a server asks clients to wait: Retry-After (RFC 9110 section 10.2.3), in the forms that registries send.
//
//   Retry-After = HTTP-date / delay-seconds

import type { HttpResponse } from './send.ts';

const UNIT_MS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** The micro sign and the Greek letter: in UTF-8, as UTF-8 read as Latin-1 in a header, and escaped in JSON. */
const MICRO = /Â?µ|Î¼|μ|\\u00b5|\\u03bc/gi;

/** A Go duration, as in `1m30s`. */
const DURATION = /^(?:\d{1,12}(?:\.\d{1,12})?(?:ns|us|ms|s|m|h))+$/;

/** An HTTP-date (RFC 9110 section 5.6.7) begins with a day and ends in GMT or, in asctime format, in a year. */
const DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? [\w :-]{10,30}(?:GMT|\d{4})$/i;

/** Milliseconds to wait, from the header or the error message of a response. */
export function retryAfterMs({ headers, body }: HttpResponse, nowMs: number): number | undefined {
  const header = headers.get('retry-after');
  // A date is compared with the server's own clock: ours may be wrong.
  const sentMs = Date.parse(headers.get('date') ?? '') || nowMs;
  const inHeader = header === undefined ? undefined : parseRetryAfter(header, sentMs);
  return inHeader ?? findRetryAfter(Buffer.from(body.subarray(0, 4096)).toString(), sentMs);
}

/**
 * Milliseconds after `nowMs`, never negative, for seconds (`120`, `1.5`), an HTTP-date or a Go duration (`880.092µs`,
 * `1m30s`; GHCR); undefined for any other text.
 */
export function parseRetryAfter(text: string, nowMs: number): number | undefined {
  const value = text.trim().replace(MICRO, 'u');
  if (/^\d{1,12}(?:\.\d{1,12})?$/.test(value)) return Number(value) * 1000;
  if (DURATION.test(value)) {
    const parts = [...value.matchAll(/([\d.]+)([a-z]+)/g)];
    return parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (UNIT_MS[unit] ?? 0), 0);
  }
  // Date.parse alone accepts far too much.
  const date = DATE.test(value) ? Date.parse(/GMT$/i.test(value) ? value : `${value} GMT`) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

/** The wait in an error message, as in `retry-after: 880.092µs, allowed: 44000/minute`. */
export function findRetryAfter(message: string, nowMs: number): number | undefined {
  const found = /retry[- ]after:?\s*([^\s,;"']{1,40})/i.exec(message);
  return found?.[1] === undefined ? undefined : parseRetryAfter(found[1], nowMs);
}
