// Reminds of outages that stay open, as often as each notifier asks for.

import { draftEvent } from '../history/event.ts';
import type { NotifierOptions } from '../notify/notifier-options.ts';
import { type Engine, nowOf, publishEvents, type StoredEvents, type Tracked } from './engine.ts';
import { hasGroup } from './notifiers-of.ts';

export const REMINDERS_KEY = 'reminders';

/** Once a minute. Reminders that were missed collapse into one. */
export async function remind(engine: Engine): Promise<void> {
  const reminding = engine.plan.notifiers.filter((one) => one.kind !== 'ping' && one.remindAfterMs !== null);
  // Of processes that share the store, one does it for all.
  const isOurs = engine.cluster === null || engine.cluster.isLeader();
  if (reminding.length === 0 || engine.state.isNetworkDown || !isOurs) return;
  const nowMs = nowOf(engine);
  const reminders = new Map<string, number>();
  const events: { event: StoredEvents[number]['event']; notifiers: readonly string[] }[] = [];
  for (const tracked of engine.all.values()) {
    const outage = tracked.shown.status?.outage ?? null;
    if (outage === null) continue;
    const due: string[] = [];
    for (const notifier of reminding) {
      const key = JSON.stringify([tracked.resource.id, outage.startedAtMs, notifier.name]);
      // A time ahead of now is that of another clock.
      const lastMs = Math.min(engine.reminders.get(key) ?? outage.startedAtMs, nowMs);
      const isDue =
        isMeant(tracked, notifier) && nowMs - lastMs >= (notifier.remindAfterMs ?? Number.POSITIVE_INFINITY);
      if (isDue) due.push(notifier.name);
      reminders.set(key, isDue ? nowMs : lastMs);
    }
    if (due.length === 0) continue;
    const { reason, cause, message } = outage;
    const fields = { resource: tracked.resource.id, to: 'unavailable', reason, cause, message } as const;
    events.push({ event: draftEvent('reminder', nowMs, fields), notifiers: due });
  }
  engine.reminders = reminders;
  if (events.length === 0) return;
  const written = await engine.writes.add({ events, meta: { [REMINDERS_KEY]: JSON.stringify([...reminders]) } });
  if (written !== null) publishEvents(engine, events, written);
}

const isMeant = ({ resource, shown: { pause } }: Tracked, notifier: NotifierOptions): boolean =>
  pause === null && !resource.isMuted && notifier.events.includes('outage') && hasGroup(notifier, resource.group);
