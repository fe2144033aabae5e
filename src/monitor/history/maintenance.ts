// Maintenance: times, in a time zone, without checks and events, once or every week.

import { faceMs, type LocalTime, toLocal, toUtc } from './local-time.ts';
import { mergeRanges, type TimeRange } from './span.ts';

export const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export type Maintenance = {
  readonly name: string;
  /** IANA name. */
  readonly timeZone: string;
  /** undefined: all resources. */
  readonly groups: readonly string[] | undefined;
} & (OneMaintenance | WeeklyMaintenance);

interface OneMaintenance {
  readonly repeat: 'once';
  readonly from: LocalTime;
  readonly to: LocalTime;
}

interface WeeklyMaintenance {
  readonly repeat: 'weekly';
  /** The days on which it begins. */
  readonly days: readonly Weekday[];
  /** Minutes since midnight. */
  readonly fromMinutes: number;
  /** Not later than the start: on the next day. */
  readonly toMinutes: number;
}

const DAY_MS = 24 * 3_600_000;
const DAY_MINUTES = 24 * 60;

export function appliesTo({ groups }: Maintenance, group: string | null): boolean {
  return groups === undefined || (group !== null && groups.includes(group));
}

/** The parts of the range in which resources of this group are in maintenance, by time and without overlaps. */
export function maintenanceRanges(
  maintenances: readonly Maintenance[],
  group: string | null,
  range: TimeRange,
): readonly TimeRange[] {
  const ranges = maintenances
    .filter((maintenance) => appliesTo(maintenance, group))
    .flatMap((maintenance) => occurrences(maintenance, range))
    .map(({ fromMs, toMs }) => ({ fromMs: Math.max(fromMs, range.fromMs), toMs: Math.min(toMs, range.toMs) }));
  return mergeRanges(ranges);
}

/** The maintenance of this group at that moment, and when it ends. */
export function maintenanceAt(
  maintenances: readonly Maintenance[],
  group: string | null,
  nowMs: number,
): { readonly name: string; readonly untilMs: number } | undefined {
  for (const maintenance of maintenances) {
    if (!appliesTo(maintenance, group)) continue;
    const current = occurrences(maintenance, { fromMs: nowMs, toMs: nowMs + 1 })[0];
    if (current !== undefined) return { name: maintenance.name, untilMs: current.toMs };
  }
  return undefined;
}

/** When a maintenance begins or ends next, within a week; undefined if none does. */
export function nextMaintenanceChange(maintenances: readonly Maintenance[], nowMs: number): number | undefined {
  const range = { fromMs: nowMs, toMs: nowMs + 8 * DAY_MS };
  const times = maintenances
    .flatMap((maintenance) => occurrences(maintenance, range))
    .flatMap(({ fromMs, toMs }) => [fromMs, toMs])
    .filter((timeMs) => timeMs > nowMs);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Those that overlap the range, whole. */
function occurrences(maintenance: Maintenance, range: TimeRange): readonly TimeRange[] {
  const all =
    maintenance.repeat === 'once'
      ? [rangeOf(maintenance.from, maintenance.to, maintenance.timeZone)]
      : weeklyRanges(maintenance, maintenance.timeZone, range);
  return all.filter(({ fromMs, toMs }) => fromMs < range.toMs && toMs > range.fromMs);
}

function weeklyRanges(weekly: WeeklyMaintenance, timeZone: string, range: TimeRange): TimeRange[] {
  const { days, fromMinutes, toMinutes } = weekly;
  const ranges: TimeRange[] = [];
  // An occurrence is as long as two days when the clock is set back; dates are those of the zone.
  const firstDay = faceMs({ ...toLocal(range.fromMs, timeZone), minutes: 0 }) - 2 * DAY_MS;
  const lastDay = faceMs({ ...toLocal(range.toMs, timeZone), minutes: 0 });
  for (let dayMs = firstDay; dayMs <= lastDay; dayMs += DAY_MS) {
    const date = new Date(dayMs);
    const weekday = WEEKDAYS[date.getUTCDay()];
    if (weekday === undefined || !days.includes(weekday)) continue;
    const day = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
    const endMinutes = toMinutes > fromMinutes ? toMinutes : toMinutes + DAY_MINUTES;
    ranges.push(rangeOf({ ...day, minutes: fromMinutes }, { ...day, minutes: endMinutes }, timeZone));
  }
  return ranges;
}

/** If the start was moved by a gap of the clock beyond the end, it is as long as the clock faces say. */
function rangeOf(from: LocalTime, to: LocalTime, timeZone: string): TimeRange {
  const fromMs = toUtc(from, timeZone);
  const toMs = toUtc(to, timeZone);
  return { fromMs, toMs: toMs > fromMs ? toMs : fromMs + Math.max(0, faceMs(to) - faceMs(from)) };
}
