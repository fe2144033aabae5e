// The short form of `npm run soak -- monitor-cluster`.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { withoutPostgres } from '../support/postgres-server.ts';
import { PROGRAM } from '../support/process.ts';
import { runCluster } from './cluster.ts';

it('three workers of which one is killed and one frozen, two web processes and a database that goes away check every slot once, and lose nothing', {
  skip: withoutPostgres,
}, async () => {
  const figures = await runCluster({
    ...{ program: [process.execPath, PROGRAM], resources: 30, registries: 3, intervalSeconds: 10, seed: 1 },
    ...{ seconds: 9, frozenSeconds: 4, awaySeconds: 0, expiresLeases: true },
  });
  assert.deepEqual(figures.problems, []);
  assert.equal(figures.takeoversMs.length, 2);
  assert.ok(figures.checks >= 30 && figures.shownChecks > 0 && figures.pages > 0);
});
