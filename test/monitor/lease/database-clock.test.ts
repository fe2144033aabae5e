// The clock that processes on one database share, on clocks that the test moves.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDatabaseClock } from '../../../src/monitor/lease/database-clock.ts';
import { createHeldClock } from '../../support/fake-clock.ts';

const T0 = Date.UTC(2026, 0, 1);

/** A machine whose clock is ahead of the database's by `aheadMs`. */
function openScene(aheadMs: number) {
  const machine = createHeldClock(T0 + aheadMs);
  const clock = createDatabaseClock(machine);
  const databaseMs = (): number => T0 + machine.elapsed();
  return {
    ...{ machine, clock, databaseMs },
    /** The difference that a request finds which takes so long both ways. */
    read(thereMs = 0, backMs = 0): number {
      const sent = clock.moment();
      machine.pass(thereMs);
      const shownMs = databaseMs();
      machine.pass(backMs);
      return clock.set(shownMs, sent);
    },
  };
}

describe('the clock of the database', () => {
  it('is that of the machine until it was read', () => {
    const { clock, machine } = openScene(600_000);
    assert.equal(clock.now(), machine.now());
  });

  it('goes on evenly after that, also when the clock of the machine is set', () => {
    const { clock, machine, databaseMs, read } = openScene(0);
    read();
    machine.set(machine.now() + 500 * 86_400_000);
    machine.pass(3_000);
    assert.equal(clock.now(), databaseMs());
  });

  it('differs from that of the machine by what is certain after the round trip', () => {
    assert.equal(openScene(600_000).read(), 600_000);
    assert.equal(openScene(600_000).read(1_000, 3_000), 599_000);
    assert.equal(openScene(-600_000).read(1_000, 3_000), -597_000);
    for (const aheadMs of [-900, 0, 900]) assert.equal(openScene(aheadMs).read(1_000, 1_000), 0);
  });

  it('is half a round trip wrong at most, and gets no steps from slower ones', () => {
    const { clock, databaseMs, read } = openScene(0);
    read(0, 40);
    assert.equal(clock.now(), databaseMs() - 20);
    // It cannot be less than what was shown just now.
    read(4_000, 0);
    assert.equal(clock.now(), databaseMs());
    read(5, 5_000);
    assert.equal(clock.now(), databaseMs());
  });

  it('says nothing about a machine that slept during the request', () => {
    const { clock, machine, databaseMs } = openScene(0);
    const sent = clock.moment();
    const shownMs = databaseMs();
    machine.set(machine.now() + 3_600_000);
    assert.equal(clock.set(shownMs, sent), 0);
    assert.equal(clock.now(), shownMs);
  });
});
