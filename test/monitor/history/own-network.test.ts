import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckedState, CheckRecord } from '../../../src/monitor/history/check-record.ts';
import {
  isNetworkDown,
  isNetworkFailure,
  networkEvent,
  withoutNetwork,
} from '../../../src/monitor/history/own-network.ts';
import { checkAt, MINUTE } from '../../support/check-records.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const failed = (host: string, cause: string, state: CheckedState = 'unavailable', atMs = NOON) => ({
  host,
  record: checkAt(atMs, state, { reason: 'no-answer', cause }),
});
const healthy = (host: string, atMs = NOON) => ({ host, record: checkAt(atMs, 'available') });

describe('isNetworkFailure', () => {
  it('is a failure by dns, tcp or timeout', () => {
    for (const cause of ['dns', 'tcp', 'timeout']) assert.equal(isNetworkFailure(failed('a', cause).record), true);
    for (const cause of ['tls', 'tag', null]) {
      assert.equal(isNetworkFailure(checkAt(NOON, 'unavailable', { cause })), false);
    }
    assert.equal(isNetworkFailure(healthy('a').record), false);
  });
});

describe('isNetworkDown', () => {
  it('is true when every resource of at least two hosts fails so', () => {
    const checks = [failed('a', 'dns'), failed('a', 'tcp'), failed('b', 'timeout', 'undetermined')];
    assert.equal(isNetworkDown(checks, NOON + MINUTE), true);
  });

  it('is false for one host, however many resources it has', () => {
    assert.equal(isNetworkDown([failed('a', 'tcp'), failed('a', 'tcp'), failed('a', 'dns')], NOON), false);
    assert.equal(isNetworkDown([], NOON), false);
  });

  it('is false as soon as one host responds, even with an error', () => {
    const both = [failed('a', 'dns'), failed('b', 'dns')];
    assert.equal(isNetworkDown([...both, healthy('c')], NOON), false);
    assert.equal(isNetworkDown([...both, { host: 'c', record: checkAt(NOON, 'unavailable') }], NOON), false);
    assert.equal(isNetworkDown([...both, failed('c', 'tls')], NOON), false);
  });

  it('is false while a resource has no recent check: at the start, after sleep', () => {
    const both = [failed('a', 'dns'), failed('b', 'dns')];
    assert.equal(isNetworkDown([...both, { host: 'c', record: null }], NOON), false);
    assert.equal(isNetworkDown([...both, failed('c', 'dns', 'unavailable', NOON - 10 * MINUTE)], NOON), false);
    assert.equal(isNetworkDown([...both, failed('c', 'dns', 'unavailable', NOON - 9 * MINUTE)], NOON), true);
  });
});

describe('withoutNetwork', () => {
  it('makes an unavailable resource that could not be reached undetermined', () => {
    const record: CheckRecord = checkAt(NOON, 'unavailable', { cause: 'tcp', message: 'Connection refused.' });
    assert.deepEqual(withoutNetwork(record), {
      ...record,
      state: 'undetermined',
      message: 'Connection refused. No host can be reached, so the network of the monitor is probably down.',
    });
  });

  it('changes no other record', () => {
    for (const record of [
      healthy('a').record,
      checkAt(NOON, 'unavailable'),
      failed('a', 'dns', 'undetermined').record,
    ]) {
      assert.deepEqual(withoutNetwork(record), record);
    }
  });
});

describe('networkEvent', () => {
  it('is one event when it goes down and one when it is back', () => {
    assert.equal(networkEvent(false, false, NOON), undefined);
    assert.equal(networkEvent(true, true, NOON), undefined);
    const [down, up] = [networkEvent(false, true, NOON), networkEvent(true, false, NOON)];
    assert.deepEqual(
      [down?.event, down?.resource, down?.from, down?.to],
      ['network', null, 'available', 'undetermined'],
    );
    assert.deepEqual([up?.event, up?.resource, up?.from, up?.to], ['network', null, 'undetermined', 'available']);
  });
});
