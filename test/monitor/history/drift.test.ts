import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckRecord } from '../../../src/monitor/history/check-record.ts';
import { type ResourceStatus, recordCheck } from '../../../src/monitor/history/resource-status.ts';

const [NEW, OLD] = ['a', 'b'].map((digit) => `sha256:${digit.repeat(64)}`) as [string, string];
const MINUTE = 60_000;

function record(minute: number, fields: Partial<CheckRecord> = {}): CheckRecord {
  return {
    ...{ resource: 'web', atMs: minute * MINUTE, state: 'available', reason: null, cause: null, message: null },
    ...{ digest: NEW, durationMs: 1, intervalMs: MINUTE },
    ...fields,
  };
}

/** The drift after each check, and the minutes of the events. */
function run(checks: readonly (readonly [drifted: readonly string[] | null, fields?: Partial<CheckRecord>])[]) {
  let status: ResourceStatus | null = null;
  const drifts: unknown[] = [];
  const events: unknown[] = [];
  for (const [minute, [drifted, fields]] of checks.entries()) {
    const rule = { failAfter: 2, recoverAfter: 2, reference: 'app:1', isNetworkDown: false, drifted };
    const change = recordCheck(status, record(minute, fields), rule);
    status = JSON.parse(JSON.stringify(change.status)) as ResourceStatus;
    drifts.push(
      status.drift && [status.drift.running, status.drift.sinceMs === null ? null : status.drift.sinceMs / MINUTE],
    );
    events.push(...change.events.filter(({ event }) => event === 'drift').map((event) => event));
  }
  return { drifts, events };
}

const FAILED = { state: 'undetermined', digest: null } as const;

describe('drift', () => {
  it('begins with one event, keeps its time, and ends when the new digest runs', () => {
    const { drifts, events } = run([[[]], [[OLD]], [[OLD]], [[]]]);
    assert.deepEqual(drifts, [
      [[], null],
      [[OLD], 1],
      [[OLD], 1],
      [[], null],
    ]);
    assert.equal(events.length, 1);
    const [{ atMs, digest, previousDigest, message }] = events as [
      { atMs: number; digest: string; previousDigest: string; message: string },
    ];
    assert.deepEqual([atMs, digest, previousDigest], [MINUTE, NEW, OLD]);
    assert.equal(message, 'The tag serves sha256:aaaaaaaaaaaa, but sha256:bbbbbbbbbbbb runs in the cluster.');
  });

  it('survives checks that find no digest, without a second event', () => {
    const { drifts, events } = run([[[OLD]], [null, FAILED], [[OLD]]]);
    assert.deepEqual(drifts, [
      [[OLD], 0],
      [[OLD], 0],
      [[OLD], 0],
    ]);
    assert.equal(events.length, 1);
  });

  it('is unknown again when nothing comparable runs any more', () => {
    const { drifts, events } = run([[[OLD]], [null], [[OLD]]]);
    assert.deepEqual(drifts, [[[OLD], 0], null, [[OLD], 2]]);
    assert.equal(events.length, 2);
  });
});
