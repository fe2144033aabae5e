import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckRecord } from '../../../src/monitor/history/check-record.ts';
import type { EventDraft } from '../../../src/monitor/history/event.ts';
import type { Outage } from '../../../src/monitor/history/outage.ts';
import { type ResourceStatus, recordCheck, type StatusRule } from '../../../src/monitor/history/resource-status.ts';
import { checkAt, checksEvery, DAY, MINUTE } from '../../support/check-records.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const RULE: StatusRule = { failAfter: 2, recoverAfter: 2, reference: 'app:1', isNetworkDown: false };
const [A, B] = ['a', 'b'].map((digit) => `sha256:${digit.repeat(64)}`) as [string, string];

/** Records the checks in order: the last status, all events, and the outages as they opened and closed. */
function watch(records: readonly CheckRecord[], rule: Partial<StatusRule> = {}, start: ResourceStatus | null = null) {
  let status = start;
  const events: EventDraft[] = [];
  const outages: Outage[] = [];
  for (const record of records) {
    const change = recordCheck(status, record, { ...RULE, ...rule });
    status = change.status;
    events.push(...change.events);
    if (change.outage !== null) outages.push(change.outage);
  }
  return { status, events, outages };
}

const shown = (events: readonly EventDraft[]) =>
  events.map(({ event, atMs, from, to }) => `${(atMs - NOON) / MINUTE} ${event} ${from} ${to}`);
const only = (name: string, events: readonly EventDraft[]) => events.filter(({ event }) => event === name);

describe('recordCheck', () => {
  it('has an event for each change of state, from pending on', () => {
    const { events } = watch(checksEvery(MINUTE, NOON, 'aa?aua'));
    assert.deepEqual(shown(events), [
      '0 state pending available',
      '2 state available undetermined',
      '3 state undetermined available',
      '4 state available unavailable',
      '5 state unavailable available',
    ]);
  });

  it('has one event when an outage opens and one when it ends', () => {
    const { events, outages } = watch(checksEvery(MINUTE, NOON, 'auuuaaauuaa'));
    assert.deepEqual(
      shown(events).filter((text) => !text.includes('state')),
      [
        '2 outage available unavailable',
        '5 recovered unavailable available',
        '8 outage available unavailable',
        '10 recovered unavailable available',
      ],
    );
    assert.deepEqual(
      outages.map(({ startedAtMs, endedAtMs }) => [startedAtMs, endedAtMs].map((ms) => ms && (ms - NOON) / MINUTE)),
      [
        [1, null],
        [1, 4],
        [7, null],
        [7, 9],
      ],
    );
  });

  it('says so when a resource was never available before its outage', () => {
    assert.deepEqual(shown(only('outage', watch(checksEvery(MINUTE, NOON, '?uu')).events)), [
      '2 outage pending unavailable',
    ]);
  });

  it('carries who, when and why in an event', () => {
    const fields = { reason: 'not-found', cause: 'tag', message: 'No such tag.' };
    const { events } = watch([checkAt(NOON, 'unavailable', fields)], { failAfter: 1 });
    const common = { atMs: NOON, resource: 'app', from: 'pending', to: 'unavailable', ...fields };
    assert.deepEqual(events, [
      { event: 'state', ...common, digest: null, previousDigest: null },
      { event: 'outage', ...common, digest: null, previousDigest: null },
    ]);
  });

  it('knows since when, the last definite state and the open outage', () => {
    const { status } = watch(checksEvery(MINUTE, NOON, 'auu??'));
    assert.equal(status?.sinceMs, NOON + 3 * MINUTE);
    assert.deepEqual(status?.lastDefinite, { state: 'unavailable', atMs: NOON + 2 * MINUTE });
    assert.equal(status?.outage?.startedAtMs, NOON + MINUTE);
    assert.equal(watch(checksEvery(MINUTE, NOON, 'uuaa')).status?.outage, null);
  });

  it('continues after a restart from what was stored', () => {
    const records = checksEvery(MINUTE, NOON, 'auuu??aaua'.repeat(3));
    for (let at = 0; at < records.length; at += 1) {
      const before = watch(records.slice(0, at));
      const stored = JSON.parse(JSON.stringify(before.status)) as ResourceStatus | null;
      const after = watch(records.slice(at), {}, stored);
      assert.deepEqual([...before.events, ...after.events], watch(records).events);
      assert.deepEqual(after.status, watch(records).status);
    }
  });

  it('has an event when the digest moved, with both digests, once', () => {
    const digests = [A, A, B, B, A];
    const records = digests.map((digest, index) => checkAt(NOON + index * MINUTE, 'available', { digest }));
    const moved = only('digest-moved', watch(records).events);
    assert.deepEqual(
      moved.map(({ atMs, digest, previousDigest }) => [(atMs - NOON) / MINUTE, digest, previousDigest]),
      [
        [2, B, A],
        [4, A, B],
      ],
    );
  });

  it('compares digests over checks that have none, but does not believe an undetermined one', () => {
    const digests = [A, null, A, B];
    const records = digests.map((digest, index) =>
      checkAt(NOON + index * MINUTE, index === 3 ? 'undetermined' : 'available', { digest }),
    );
    assert.deepEqual(only('digest-moved', watch(records).events), []);
  });

  it('has no such event when the resource got another reference under its id', () => {
    const before = watch([checkAt(NOON, 'available', { digest: A })]);
    const after = checkAt(NOON + MINUTE, 'available', { digest: B });
    assert.deepEqual(watch([after], { reference: 'app:2' }, before.status).events, []);
  });

  describe('undetermined for long', () => {
    it('is one event after 30 minutes', () => {
      const { events } = watch(checksEvery(5 * MINUTE, NOON, `a${'?'.repeat(20)}a${'?'.repeat(6)}`));
      assert.deepEqual(shown(only('undetermined-long', events)), ['35 undetermined-long null undetermined']);
    });

    it('begins anew after a definite check, and is reported again', () => {
      const { events } = watch(checksEvery(5 * MINUTE, NOON, `${'?'.repeat(7)}u${'?'.repeat(8)}`));
      assert.equal(only('undetermined-long', events).length, 2);
    });

    it('does not count a time without checks', () => {
      const records = [checkAt(NOON, 'undetermined'), checkAt(NOON + DAY, 'undetermined')];
      assert.deepEqual(only('undetermined-long', watch(records).events), []);
    });

    it('waits while the network of the monitor is down', () => {
      const down = watch(checksEvery(5 * MINUTE, NOON, '?'.repeat(12)), { isNetworkDown: true });
      assert.deepEqual(only('undetermined-long', down.events), []);
      const back = watch(checksEvery(5 * MINUTE, NOON + 60 * MINUTE, '??'), {}, down.status);
      assert.equal(only('undetermined-long', back.events).length, 1);
    });
  });
});
