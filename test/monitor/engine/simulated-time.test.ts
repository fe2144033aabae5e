// Uptime of a running monitor over simulated weeks, with rollups and retention, against an independent computation.

import { describe, it } from 'node:test';
import { createMemoryStore } from '../../../src/monitor/store/memory-store.ts';
import { simulate } from '../../support/simulated-time.ts';

const DAY = 86_400_000;

describe('simulated weeks', () => {
  it('have the uptime that follows from the checks, to the second', async () => {
    await simulate({
      ...{ store: createMemoryStore(), resources: 3, days: 22, intervalMs: 3_600_000 },
      retention: { checksMs: 2 * DAY, hoursMs: 90 * DAY, daysMs: 400 * DAY },
    });
  });
});
