// Durations: 1*( number unit ), unit = "ms" / "s" / "m" / "h", for example 1m30s.

import { failure, type Outcome, success } from '../core/outcome.ts';
import { cleanText } from '../core/text.ts';
import { hideUserinfo } from '../core/userinfo.ts';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h)/g;
export const DURATION = new RegExp(`^(?:${PART.source})+$`);
/** The longest timer of Node; a longer one would fire after a millisecond. */
export const MAX_DURATION_MS = 2 ** 31 - 1;
export const TOO_LONG = 'is too long; the maximum is 596h.';

/** Also of a number in a config file. */
export const missingUnit = (text: string): string =>
  `"${text}" is missing a unit; use ${ZERO.test(text) ? 'for example 30s' : `${text}s for seconds`}.`;

/** Needs no unit on the command line, as in Go. */
const ZERO = /^0+(?:\.0+)?$/;

/** Milliseconds; the error is a sentence. */
export function parseDuration(text: string): Outcome<number, string> {
  const quoted = `"${cleanText(hideUserinfo(text), 60)}"`;
  if (ZERO.test(text)) return success(0);
  if (/^\d+(?:\.\d+)?$/.test(text)) return failure(missingUnit(text));
  if (!DURATION.test(text)) {
    return failure(`${quoted} is not a duration; use a number with a unit, for example 500ms, 30s, 2m or 1h.`);
  }
  let durationMs = 0;
  for (const [, count, unit = ''] of text.matchAll(PART)) durationMs += Number(count) * (UNIT_MS[unit] ?? 0);
  if (durationMs > MAX_DURATION_MS) return failure(`${quoted} ${TOO_LONG}`);
  return success(Math.round(durationMs));
}

const PERIOD_UNIT_MS: Readonly<Record<string, number>> = { ...UNIT_MS, d: 24 * 3_600_000 };
const PERIOD_PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;
/** A duration that may have days. */
export const PERIOD = new RegExp(`^(?:${PERIOD_PART.source})+$`);

/** A duration of at least and at most so many milliseconds, also in days: `7d`. The error is a sentence. */
export function parsePeriod(text: string, least: string, most: string): Outcome<number, string> {
  const quoted = `"${cleanText(hideUserinfo(text), 60)}"`;
  if (/^\d+(?:\.\d+)?$/.test(text) && !ZERO.test(text)) return failure(missingUnit(text));
  if (!PERIOD.test(text) && !ZERO.test(text))
    return failure(`${quoted} is not a duration; use a number with a unit, for example 30s, 5m, 2h or 7d.`);
  const periodMs = periodMsOf(text);
  if (periodMs < periodMsOf(least)) return failure(`${quoted} is too short; the minimum is ${least}.`);
  if (periodMs > periodMsOf(most)) return failure(`${quoted} is too long; the maximum is ${most}.`);
  return success(periodMs);
}

function periodMsOf(text: string): number {
  let periodMs = 0;
  for (const [, count, unit = ''] of text.matchAll(PERIOD_PART)) {
    periodMs += Number(count) * (PERIOD_UNIT_MS[unit] ?? 0);
  }
  return Math.round(periodMs);
}
