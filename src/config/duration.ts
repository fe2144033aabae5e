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

/** Milliseconds; the error is a sentence. */
export function parseDuration(text: string): Outcome<number, string> {
  const quoted = `"${cleanText(hideUserinfo(text), 60)}"`;
  if (/^\d+(?:\.\d+)?$/.test(text)) return failure(`${quoted} is missing a unit; use ${text}s for seconds.`);
  if (!DURATION.test(text)) {
    return failure(`${quoted} is not a duration; use a number with a unit, for example 500ms, 30s, 2m or 1h.`);
  }
  let durationMs = 0;
  for (const [, count, unit = ''] of text.matchAll(PART)) durationMs += Number(count) * (UNIT_MS[unit] ?? 0);
  if (durationMs > MAX_DURATION_MS) return failure(`${quoted} ${TOO_LONG}`);
  return success(Math.round(durationMs));
}
