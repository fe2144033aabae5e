// How long a server asks us to wait: Retry-After (RFC 9110 section 10.2.3) in the forms that registries really send.

const UNIT_MS: Record<string, number> = {
  ns: 1e-6,
  µs: 1e-3,
  μs: 1e-3,
  us: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Milliseconds from `nowMs` on, never negative; undefined when the text is none of: seconds (`120`, `1.5`), an
 * HTTP-date, a Go duration (`880.092µs`, `1m30s`; GHCR).
 */
export function parseRetryAfter(text: string, nowMs: number): number | undefined {
  const value = text.trim();
  if (/^\d{1,12}(?:\.\d{1,9})?$/.test(value)) return Number(value) * 1000;
  const duration = parseGoDuration(value);
  if (duration !== undefined) return duration;
  // Date.parse accepts far too much; an HTTP-date starts with the name of a day and ends in GMT (or asctime's year).
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .{10,30}$/i.test(value)) return undefined;
  const date = Date.parse(/GMT$/i.test(value) ? value : `${value} GMT`);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

function parseGoDuration(text: string): number | undefined {
  if (!/^(?:\d{1,12}(?:\.\d{1,12})?(?:ns|µs|μs|us|ms|s|m|h))+$/.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ns|µs|μs|us|ms|s|m|h)/g)) {
    totalMs += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  }
  return totalMs;
}

/** The wait that a message names, as in `retry-after: 880.092µs, allowed: 44000/minute`. */
export function findRetryAfter(message: string, nowMs: number): number | undefined {
  const found = /retry[- ]after:?\s*([^\s,;"']{1,40})/i.exec(message);
  return found?.[1] === undefined ? undefined : parseRetryAfter(found[1], nowMs);
}
