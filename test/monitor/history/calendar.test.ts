// Stories of one resource, from its checks to its uptime, timeline, outages and events, with figures worked out by hand.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckedState, CheckRecord } from '../../../src/monitor/history/check-record.ts';
import type { StateDurations } from '../../../src/monitor/history/duration.ts';
import type { EventDraft } from '../../../src/monitor/history/event.ts';
import { parseLocalTime } from '../../../src/monitor/history/local-time.ts';
import { type Maintenance, maintenanceRanges } from '../../../src/monitor/history/maintenance.ts';
import { outagesOf } from '../../../src/monitor/history/outage.ts';
import { recordTime } from '../../../src/monitor/history/record-time.ts';
import { type ResourceStatus, recordCheck } from '../../../src/monitor/history/resource-status.ts';
import { rollUpDays, rollUpHours } from '../../../src/monitor/history/rollup.ts';
import { spansOf, type TimeRange } from '../../../src/monitor/history/span.ts';
import { bucketSeconds, durationsIn, timeline, uptimeIn } from '../../../src/monitor/history/timeline.ts';
import { checkAt, DAY, HOUR, MINUTE } from '../../support/check-records.ts';

const RULE = { failAfter: 2, recoverAfter: 2 };
const START = Date.UTC(2026, 0, 15);

/** Checks from the first minute until before the last, every so many minutes. */
function checks(state: CheckedState, fromMinute: number, toMinute: number, everyMinutes = 5): CheckRecord[] {
  const count = Math.ceil((toMinute - fromMinute) / everyMinutes);
  return Array.from({ length: count }, (_, index) =>
    checkAt(START + (fromMinute + index * everyMinutes) * MINUTE, state, { intervalMs: everyMinutes * MINUTE }),
  );
}

function minutes(records: readonly CheckRecord[], pauses: readonly TimeRange[], range: TimeRange): StateDurations {
  const durations = durationsIn(spansOf(records, pauses, range), range);
  return Object.fromEntries(
    Object.entries(durations).map(([state, ms]) => [state, ms / MINUTE]),
  ) as unknown as StateDurations;
}

function eventsOf(records: readonly CheckRecord[], reference = (_: CheckRecord) => 'app:1'): string[] {
  let status: ResourceStatus | null = null;
  const events: EventDraft[] = [];
  for (const record of records) {
    const rule = { ...RULE, reference: reference(record), isNetworkDown: false };
    const change = recordCheck(status, record, rule);
    status = change.status;
    events.push(...change.events);
  }
  return events
    .filter(({ event }) => event !== 'state')
    .map(({ event, atMs }) => `${(atMs - START) / MINUTE} ${event}`);
}

const day = { fromMs: START, toMs: START + DAY };

describe('a resource', () => {
  it('that fails for an hour', () => {
    const records = [
      ...checks('available', 0, 600),
      ...checks('unavailable', 600, 660),
      ...checks('available', 660, 1440),
    ];
    const spans = spansOf(records, [], day);
    assert.deepEqual(minutes(records, [], day), {
      available: 1380,
      unavailable: 60,
      undetermined: 0,
      paused: 0,
      gap: 0,
    });
    assert.deepEqual(uptimeIn(spans, day), { availableRatio: 1380 / 1440, knownRatio: 1 });
    assert.deepEqual(eventsOf(records), ['605 outage', '665 recovered']);
    const [outage] = outagesOf(records, RULE);
    assert.deepEqual([outage?.startedAtMs, outage?.endedAtMs], [START + 600 * MINUTE, START + 660 * MINUTE]);
    const worst = timeline(spans, day, 24)
      .map(bucketSeconds)
      .map(({ unavailable }) => unavailable);
    assert.deepEqual(worst.indexOf(3600), 10);
    assert.equal(worst.filter((seconds) => seconds > 0).length, 1);
  });

  it('that cannot be judged for an hour: known less, not available less', () => {
    const records = [
      ...checks('available', 0, 600),
      ...checks('undetermined', 600, 660),
      ...checks('available', 660, 1440),
    ];
    assert.deepEqual(uptimeIn(spansOf(records, [], day), day), { availableRatio: 1, knownRatio: 1380 / 1440 });
    assert.deepEqual(eventsOf(records), ['630 undetermined-long']);
  });

  it('whose monitor slept for the night: neither up nor down, and no outage ends or begins by that', () => {
    const records = [
      ...checks('unavailable', 0, 60),
      ...checks('unavailable', 540, 600),
      ...checks('available', 600, 660),
    ];
    const range = { fromMs: START, toMs: START + 660 * MINUTE };
    assert.deepEqual(minutes(records, [], range), {
      available: 60,
      unavailable: 125,
      undetermined: 0,
      paused: 0,
      gap: 475,
    });
    assert.deepEqual(eventsOf(records), ['5 outage', '605 recovered']);
  });

  it('whose monitor restarts within two intervals', () => {
    const records = [...checks('available', 0, 60), ...checks('available', 64, 120)];
    const range = { fromMs: START, toMs: START + 120 * MINUTE };
    assert.equal(minutes(records, [], range).gap, 0);
  });

  it('whose interval changes from an hour to a minute and back', () => {
    const records = [
      ...checks('available', 0, 180, 60),
      ...checks('available', 180, 240, 1),
      ...checks('available', 241, 600, 60),
    ];
    const range = { fromMs: START, toMs: START + 600 * MINUTE };
    assert.deepEqual(minutes(records, [], range), {
      available: 600,
      unavailable: 0,
      undetermined: 0,
      paused: 0,
      gap: 0,
    });
    const removed = minutes(records.slice(0, 63), [], range);
    assert.deepEqual([removed.available, removed.gap], [241, 359], 'the last check holds for two of its own intervals');
  });

  it('whose clock is set back by two hours during an outage', () => {
    let previous: number | null = null;
    const clock = [0, 5, 10, 15, -105, -100, -95, -90];
    const states = [
      'available',
      'unavailable',
      'unavailable',
      'unavailable',
      'unavailable',
      'available',
      'available',
      'available',
    ];
    const records = clock.map((minute, index) => {
      previous = recordTime(START + minute * MINUTE, previous);
      return checkAt(previous, states[index] as CheckedState);
    });
    const [outage, ...others] = outagesOf(records, RULE);
    assert.deepEqual(others, []);
    assert.equal(outage?.startedAtMs, START + 5 * MINUTE);
    assert.ok((outage?.endedAtMs ?? 0) > START + 15 * MINUTE);
    const range = { fromMs: START, toMs: START + 20 * MINUTE };
    const { availableRatio, knownRatio } = uptimeIn(spansOf(records, [], range), range);
    assert.ok((availableRatio ?? 2) <= 1 && (knownRatio ?? 2) <= 1);
  });

  it('in maintenance: an open outage stays open, and the time is neither up nor down', () => {
    const records = [
      ...checks('unavailable', 0, 60),
      ...checks('unavailable', 180, 240),
      ...checks('available', 240, 300),
    ];
    const pauses = [{ fromMs: START + HOUR, toMs: START + 3 * HOUR }];
    const range = { fromMs: START, toMs: START + 5 * HOUR };
    assert.deepEqual(minutes(records, pauses, range), {
      available: 60,
      unavailable: 120,
      undetermined: 0,
      paused: 120,
      gap: 0,
    });
    assert.deepEqual(eventsOf(records), ['5 outage', '245 recovered']);
  });

  it('in a maintenance of two hours by the clock, in the nights when the clocks change', () => {
    for (const [date, hours] of [
      ['2026-03-28', 2],
      ['2026-03-29', 1],
      ['2026-10-25', 3],
    ] as const) {
      const [from, to] = ['01:30', '03:30'].map((time) => parseLocalTime(`${date}T${time}`));
      assert.ok(from?.ok && to?.ok);
      const window: Maintenance = {
        ...{ name: 'night', timeZone: 'Europe/Berlin', groups: undefined },
        ...{ repeat: 'once', from: from.value, to: to.value },
      };
      const midnight = Date.parse(`${date}T00:00Z`);
      const range = { fromMs: midnight - DAY, toMs: midnight + DAY };
      const every = Array.from({ length: 49 }, (_, hour) =>
        checkAt(range.fromMs + hour * HOUR, 'available', { intervalMs: HOUR }),
      );
      const pauses = maintenanceRanges([window], null, range);
      const durations = durationsIn(spansOf(every, pauses, range), range);
      assert.deepEqual([durations.paused, durations.available], [hours * HOUR, (48 - hours) * HOUR], date);
    }
  });

  it('that is renamed keeps its history, because records have its id', () => {
    const records = [...checks('available', 0, 60), ...checks('available', 60, 120)];
    assert.deepEqual(eventsOf(records), []);
    const range = { fromMs: START, toMs: START + 2 * HOUR };
    assert.equal(minutes(records, [], range).available, 120);
  });

  it('that gets another tag under its id has not moved', () => {
    const digestAt = (record: CheckRecord) => (record.atMs < START + HOUR ? 'sha256:a' : 'sha256:b');
    const records = checks('available', 0, 120).map((record) => ({ ...record, digest: digestAt(record) }));
    assert.deepEqual(eventsOf(records), ['60 digest-moved']);
    assert.deepEqual(
      eventsOf(records, (record) => (record.atMs < START + HOUR ? 'app:1' : 'app:2')),
      [],
    );
  });

  it('that is removed, and added again two days later', () => {
    const records = [...checks('available', 0, 60), ...checks('available', 2 * 1440, 2 * 1440 + 60)];
    const range = { fromMs: START - DAY, toMs: START + 3 * DAY };
    assert.deepEqual(minutes(records, [], range), {
      ...{ available: 65 + 65, unavailable: 0, undetermined: 0, paused: 0 },
      gap: 4 * 1440 - 130,
    });
    const hours = rollUpHours(records, [], range);
    assert.equal(hours.length, 4, 'an hour without checks has no rollup');
    const days = rollUpDays(hours, range);
    assert.deepEqual(
      days.map(({ fromMs }) => (fromMs - START) / DAY),
      [0, 2],
    );
    assert.deepEqual(uptimeIn(days, range), { availableRatio: 1, knownRatio: 130 / (4 * 1440) });
  });

  it('that was never checked has no data', () => {
    assert.deepEqual(uptimeIn(spansOf([], [], day), day), { availableRatio: null, knownRatio: null });
  });
});
