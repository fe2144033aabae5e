// Moments in the configured time zone, each with the exact time for machines.

import { html } from 'hono/html';
import { type LocalTime, toLocal } from '../history/local-time.ts';
import type { Html } from './glyph.ts';

const DAY_MS = 24 * 3_600_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export interface Times {
  readonly nowMs: number;
  readonly timeZone: string;
  /** `13:07` today, else with its day. */
  short(timeMs: number): string;
  /** `today 13:07`, `yesterday 14:27`, `Nov 25 09:14`, `Nov 25, 2025`. */
  day(timeMs: number): string;
  /** `14:27:04` today, else with its day. */
  second(timeMs: number): string;
  /** A `<time>` with that text. */
  tag(timeMs: number, text: string): Html;
}

export function createTimes(timeZone: string, nowMs: number): Times {
  const today = toLocal(nowMs, timeZone);
  const yesterday = dateOf(new Date(Date.UTC(today.year, today.month - 1, today.day) - DAY_MS));
  const dated = (local: LocalTime): string => {
    const month = MONTHS[local.month - 1] ?? '';
    return local.year === today.year ? `${month} ${local.day}` : `${month} ${local.day}, ${local.year}`;
  };
  const day = (timeMs: number): string => {
    const local = toLocal(timeMs, timeZone);
    if (isSameDay(local, today)) return `today ${clock(local)}`;
    if (isSameDay(local, yesterday)) return `yesterday ${clock(local)}`;
    return local.year === today.year ? `${dated(local)} ${clock(local)}` : dated(local);
  };
  return {
    ...{ nowMs, timeZone, day },
    short: (timeMs) => day(timeMs).replace(/^today /, ''),
    second: (timeMs) => {
      const local = toLocal(timeMs, timeZone);
      const time = `${clock(local)}:${twoDigits(Math.floor(timeMs / 1000) % 60)}`;
      return isSameDay(local, today) ? time : `${dated(local)} ${time}`;
    },
    tag: (timeMs, text) => html`<time datetime="${new Date(timeMs).toISOString()}">${text}</time>`,
  };
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');
const clock = ({ minutes }: LocalTime): string => `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;

type CalendarDate = Pick<LocalTime, 'year' | 'month' | 'day'>;

const dateOf = (date: Date): CalendarDate => ({
  ...{ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() },
});

const isSameDay = (a: CalendarDate, b: CalendarDate): boolean =>
  a.year === b.year && a.month === b.month && a.day === b.day;
