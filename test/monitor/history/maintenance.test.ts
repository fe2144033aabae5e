import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { getOrCreate } from '../../../src/core/once.ts';
import type { Outcome } from '../../../src/core/outcome.ts';
import { parseLocalTime, parseTimeOfDay } from '../../../src/monitor/history/local-time.ts';
import {
  appliesTo,
  type Maintenance,
  maintenanceAt,
  maintenanceRanges,
  nextMaintenanceChange,
  WEEKDAYS,
  type Weekday,
} from '../../../src/monitor/history/maintenance.ts';
import { DAY, MINUTE } from '../../support/check-records.ts';

function must<T>(outcome: Outcome<T, string>): T {
  assert.ok(outcome.ok);
  return outcome.value;
}
const berlin = { name: 'upgrade', timeZone: 'Europe/Berlin', groups: undefined };
const once = (from: string, to: string, fields: Partial<Maintenance> = {}): Maintenance =>
  ({
    ...berlin,
    repeat: 'once',
    from: must(parseLocalTime(from)),
    to: must(parseLocalTime(to)),
    ...fields,
  }) as Maintenance;
const weekly = (days: Weekday[], from: string, to: string, timeZone = berlin.timeZone): Maintenance => ({
  ...{ ...berlin, timeZone, repeat: 'weekly', days },
  ...{ fromMinutes: must(parseTimeOfDay(from)), toMinutes: must(parseTimeOfDay(to)) },
});

/** Start in UTC and hours. */
function shown(maintenances: readonly Maintenance[], from: string, to: string): string[] {
  const range = { fromMs: Date.parse(`${from}Z`), toMs: Date.parse(`${to}Z`) };
  return maintenanceRanges(maintenances, 'shop', range).map(
    ({ fromMs, toMs }) => `${new Date(fromMs).toISOString().slice(0, 16)} ${(toMs - fromMs) / 3_600_000}h`,
  );
}

describe('maintenanceRanges', () => {
  it('reads times in their zone', () => {
    const upgrade = once('2026-12-01T22:00', '2026-12-02T02:00');
    assert.deepEqual(shown([upgrade], '2026-11-01T00:00', '2026-12-31T00:00'), ['2026-12-01T21:00 4h']);
    assert.deepEqual(shown([upgrade], '2026-12-03T00:00', '2026-12-31T00:00'), []);
  });

  it('has only the part inside the range, and joins what overlaps or touches', () => {
    const [first, second] = [
      once('2026-12-01T22:00', '2026-12-02T02:00'),
      once('2026-12-02T01:00', '2026-12-02T03:00'),
    ];
    assert.deepEqual(shown([second, first], '2026-12-01T23:00', '2026-12-31T00:00'), ['2026-12-01T23:00 3h']);
    const third = once('2026-12-02T03:00', '2026-12-02T04:00');
    assert.deepEqual(shown([second, third], '2026-12-01T00:00', '2026-12-31T00:00'), ['2026-12-02T00:00 3h']);
  });

  it('is longer or shorter when the clocks change in between', () => {
    assert.deepEqual(shown([once('2026-03-29T01:00', '2026-03-29T05:00')], '2026-03-01T00:00', '2026-04-30T00:00'), [
      '2026-03-29T00:00 3h',
    ]);
    assert.deepEqual(shown([once('2026-10-25T01:00', '2026-10-25T05:00')], '2026-10-01T00:00', '2026-11-30T00:00'), [
      '2026-10-24T23:00 5h',
    ]);
  });

  it('happens although its start or its end does not occur on the clock', () => {
    const all = ['2026-03-01T00:00', '2026-04-30T00:00'] as const;
    assert.deepEqual(shown([once('2026-03-29T02:15', '2026-03-29T02:45')], ...all), ['2026-03-29T01:15 0.5h']);
    assert.deepEqual(shown([once('2026-03-29T01:00', '2026-03-29T02:30')], ...all), ['2026-03-29T00:00 1.5h']);
    assert.deepEqual(shown([once('2026-03-29T02:30', '2026-03-29T03:15')], ...all), ['2026-03-29T01:30 0.75h']);
  });

  it('repeats every week at the same local time, in winter and in summer', () => {
    assert.deepEqual(shown([weekly(['sunday'], '04:00', '05:30')], '2026-03-20T00:00', '2026-04-07T00:00'), [
      '2026-03-22T03:00 1.5h',
      '2026-03-29T02:00 1.5h',
      '2026-04-05T02:00 1.5h',
    ]);
  });

  it('goes past midnight when its end is not later than its start', () => {
    const nights = weekly(['friday', 'saturday'], '22:00', '06:00', 'UTC');
    assert.deepEqual(shown([nights], '2026-01-14T00:00', '2026-01-19T00:00'), [
      '2026-01-16T22:00 8h',
      '2026-01-17T22:00 8h',
    ]);
    assert.deepEqual(shown([nights], '2026-01-17T05:00', '2026-01-17T07:00'), ['2026-01-17T05:00 1h']);
    assert.deepEqual(shown([weekly(['monday'], '00:00', '24:00', 'UTC')], '2026-01-12T00:00', '2026-01-15T00:00'), [
      '2026-01-12T00:00 24h',
    ]);
    assert.deepEqual(shown([weekly(['saturday'], '22:00', '22:00')], '2026-10-20T00:00', '2026-10-28T00:00'), [
      '2026-10-24T20:00 25h',
    ]);
  });

  it('takes the weekday from the zone', () => {
    const monday = weekly(['monday'], '08:00', '09:00', 'Pacific/Auckland');
    assert.deepEqual(shown([monday], '2026-01-10T00:00', '2026-01-13T00:00'), ['2026-01-11T19:00 1h']);
    const sunday = weekly(['sunday'], '20:00', '21:00', 'America/Los_Angeles');
    assert.deepEqual(shown([sunday], '2026-01-12T04:30', '2026-01-12T06:00'), ['2026-01-12T04:30 0.5h']);
  });

  it('agrees with the clock on the wall, minute by minute', () => {
    const zones = ['Europe/Berlin', 'America/Los_Angeles', 'Asia/Kathmandu', 'Pacific/Auckland'];
    // Weeks in which no clock changes.
    const weeks = [Date.UTC(2026, 0, 12, 7, 30), Date.UTC(2026, 6, 6, 19, 15)];
    const days = fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1, maxLength: 4 });
    const minutes = fc.nat({ max: 24 * 60 - 1 });
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom(...weeks),
        days,
        minutes,
        minutes,
        (zone, fromMs, ...window) => {
          const [on, fromMinutes, toMinutes] = window;
          const maintenance: Maintenance = {
            ...{ ...berlin, timeZone: zone, repeat: 'weekly', days: on },
            ...{ fromMinutes, toMinutes },
          };
          const ranges = maintenanceRanges([maintenance], null, { fromMs, toMs: fromMs + 7 * DAY });
          for (let ms = fromMs; ms < fromMs + 7 * DAY; ms += 7 * MINUTE) {
            const isIn = ranges.some((range) => range.fromMs <= ms && ms < range.toMs);
            assert.equal(isIn, isInOnTheWall(ms, zone, on, fromMinutes, toMinutes), new Date(ms).toISOString());
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is for its groups, or for all', () => {
    const shop = once('2026-12-01T22:00', '2026-12-02T02:00', { groups: ['shop', 'web'] });
    assert.deepEqual(
      ['shop', 'web', 'other', null].map((group) => appliesTo(shop, group)),
      [true, true, false, false],
    );
    assert.equal(appliesTo({ ...shop, groups: undefined }, null), true);
    assert.equal(maintenanceRanges([shop], 'other', { fromMs: 0, toMs: Date.UTC(2030, 0) }).length, 0);
  });
});

describe('maintenanceAt', () => {
  const nights = weekly(['friday'], '22:00', '06:00', 'UTC');
  const at = (text: string) => maintenanceAt([nights], 'shop', Date.parse(`${text}Z`));

  it('is the maintenance that runs, and its end', () => {
    assert.equal(at('2026-01-16T21:59:59.999'), undefined);
    assert.deepEqual(at('2026-01-16T22:00'), { name: 'upgrade', untilMs: Date.UTC(2026, 0, 17, 6) });
    assert.deepEqual(at('2026-01-17T05:59:59.999'), { name: 'upgrade', untilMs: Date.UTC(2026, 0, 17, 6) });
    assert.equal(at('2026-01-17T06:00'), undefined);
    assert.equal(maintenanceAt([{ ...nights, groups: ['web'] }], 'shop', Date.UTC(2026, 0, 16, 23)), undefined);
  });
});

describe('nextMaintenanceChange', () => {
  it('is the next start or end', () => {
    const nights = weekly(['friday'], '22:00', '06:00', 'UTC');
    const next = (text: string) => nextMaintenanceChange([nights], Date.parse(`${text}Z`));
    assert.equal(next('2026-01-16T21:00'), Date.UTC(2026, 0, 16, 22));
    assert.equal(next('2026-01-16T22:00'), Date.UTC(2026, 0, 17, 6));
    assert.equal(next('2026-01-17T06:00'), Date.UTC(2026, 0, 23, 22));
    assert.equal(nextMaintenanceChange([], Date.UTC(2026, 0) + DAY), undefined);
  });
});

/** By the weekday and the time that a clock in the zone shows. */
function isInOnTheWall(
  ms: number,
  zone: string,
  days: readonly Weekday[],
  fromMinutes: number,
  toMinutes: number,
): boolean {
  const [weekday, hour, minute] = ['weekday', 'hour', 'minute'].map((type) => {
    const parts = wallClock(zone).formatToParts(ms);
    return parts.find((part) => part.type === type)?.value ?? '';
  });
  const today = WEEKDAYS.indexOf(weekday?.toLowerCase() as Weekday);
  const yesterday = WEEKDAYS[(today + 6) % 7] as Weekday;
  const now = Number(hour) * 60 + Number(minute);
  const beginsToday = days.includes(WEEKDAYS[today] as Weekday) && now >= fromMinutes;
  if (toMinutes > fromMinutes) return beginsToday && now < toMinutes;
  return beginsToday || (days.includes(yesterday) && now < toMinutes);
}

const wallClocks = new Map<string, Intl.DateTimeFormat>();

function wallClock(timeZone: string): Intl.DateTimeFormat {
  return getOrCreate(
    wallClocks,
    timeZone,
    () =>
      new Intl.DateTimeFormat('en-US', {
        timeZone,
        weekday: 'long',
        hour: 'numeric',
        minute: 'numeric',
        hourCycle: 'h23',
      }),
  );
}
