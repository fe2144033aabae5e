// What a view asks of the schedule, also for resources that another process checks.

import type { Engine } from '../engine/engine.ts';
import type { Scheduler } from '../schedule/scheduler.ts';
import { slotAfter, slotsOf } from '../schedule/slot.ts';
import type { ViewSchedule } from '../view/create-view.ts';

export function sharedSchedule(scheduler: Scheduler, engine: Engine): ViewSchedule {
  return {
    status: () => scheduler.status(),
    nextCheckAtMs(id) {
      if (engine.tracked.has(id)) return scheduler.nextCheckAtMs(id);
      const shown = engine.all.get(id)?.shown;
      const lastMs = shown?.status?.last.atMs;
      if (shown === undefined || lastMs === undefined || shown.pause !== null) return null;
      // Its slot: jitter and an earlier check after an undetermined one are known to the other process.
      return Math.round(slotAfter(slotsOf(id, shown.resource.intervalMs, 0), lastMs));
    },
    async requestCheck(id) {
      if (engine.tracked.has(id)) return scheduler.requestCheck(id);
      const shown = engine.all.get(id)?.shown;
      if (shown === undefined) return 'unknown';
      if (shown.pause !== null) return 'paused';
      const requested = await engine.store.shared?.requestCheck(id);
      if (requested === undefined || !requested.ok) return 'unavailable';
      return requested.value;
    },
  };
}
