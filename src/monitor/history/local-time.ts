// Dates and times of day in a time zone, with the zone data that Intl has.

import { once } from '../../core/once.ts';
import { failure, type Outcome, success } from '../../core/outcome.ts';

/** What a calendar and a clock in some zone show. Minutes may exceed a day: the time then belongs to a later date. */
export interface LocalTime {
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  readonly day: number;
  readonly minutes: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** `2026-12-01T22:00`, without a zone. */
export function parseLocalTime(text: string): Outcome<LocalTime, string> {
  const match = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)$/.exec(text);
  const [, year = 0, month = 0, day = 0, hour = 0, minute = 0] = match?.map(Number) ?? [];
  if (match === null || hour > 23 || minute > 59) return failure('use a time such as 2026-12-01T22:00');
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day)
    return failure(`${text.slice(0, 10)} is not a date`);
  return success({ year, month, day, minutes: hour * 60 + minute });
}

/** `22:00`, in minutes since midnight; 24:00 is the end of the day. */
export function parseTimeOfDay(text: string): Outcome<number, string> {
  const [, hour = 0, minute = 0] = /^(\d\d):(\d\d)$/.exec(text)?.map(Number) ?? [undefined, 99];
  const minutes = hour * 60 + minute;
  return minute > 59 || minutes > 24 * 60 ? failure('use a time such as 22:00') : success(minutes);
}

/** Milliseconds of the local time as if its zone were UTC: comparable, and the difference is that of the clock faces. */
export const faceMs = ({ year, month, day, minutes }: LocalTime): number =>
  Date.UTC(year, month - 1, day) + minutes * MINUTE_MS;

/**
 * RFC 5545 section 3.3.5: a local time that occurs twice is the first; one that does not occur has the offset before
 * the gap, so 02:30 becomes 03:30.
 */
export function toUtc(local: LocalTime, timeZone: string): number {
  const face = faceMs(local);
  const before = offsetMs(face - DAY_MS, timeZone);
  const after = offsetMs(face + DAY_MS, timeZone);
  const first = face - Math.max(before, after);
  if (first + offsetMs(first, timeZone) === face) return first;
  const second = face - Math.min(before, after);
  if (second + offsetMs(second, timeZone) === face) return second;
  return face - before;
}

/** The local date and time at that moment, to the minute. */
export function toLocal(timeMs: number, timeZone: string): LocalTime {
  const face = new Date(timeMs + offsetMs(timeMs, timeZone));
  return {
    ...{ year: face.getUTCFullYear(), month: face.getUTCMonth() + 1, day: face.getUTCDate() },
    minutes: face.getUTCHours() * 60 + face.getUTCMinutes(),
  };
}

const formats = once(() => new Map<string, Intl.DateTimeFormat>());

function offsetMs(timeMs: number, timeZone: string): number {
  const format =
    formats().get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      ...{ timeZone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23' },
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
  formats().set(timeZone, format);
  const parts = new Map(format.formatToParts(timeMs).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  const date = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return date - Math.floor(timeMs / 1000) * 1000;
}
