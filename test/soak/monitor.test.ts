// The short forms of the monitor's part of `npm run soak`.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadDriver } from '../../src/monitor/store/sqlite-driver.ts';
import { PROGRAM } from '../support/process.ts';
import { requirePosix } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { killMonitor } from './kill-monitor.ts';
import { simulateYear } from './monitor.ts';

const skip = (await loadDriver()) === null && 'no SQLite';

describe('a monitor', { skip }, () => {
  it('that is killed while it is busy keeps every check and event that it has shown', {
    skip: requirePosix(),
  }, async () => {
    const program = [process.execPath, PROGRAM];
    const killed = await killMonitor({ program, kills: 3, seed: 1, minShown: 100, maxLifeMs: 50, awayMs: 0 });
    assert.deepEqual(killed.problems, []);
    assert.equal(killed.startsMs.length, 3);
    assert.ok(killed.checks + killed.events >= 300, `${killed.checks} ${killed.events}`);
  });

  it('has the right uptime and does not keep more once retention is reached', async () => {
    using folder = createTemporaryFolder();
    const { rows, checks } = await simulateYear({
      ...{ resources: 3, days: 20, path: join(folder.path, 'year.db') },
      retention: { checks: 1, hours: 8, days: 100 },
    });
    assert.ok(checks > 3 * 24 * 18, String(checks));
    // A day more for each day.
    const [half, end] = rows;
    assert.ok(half > 8 * 24 && end <= half + 10 + 2, `${half} ${end}`);
  });
});
