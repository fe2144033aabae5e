// Which notifiers send an event.

import type { EventDraft } from '../history/event.ts';
import type { NotifierOptions } from '../notify/notifier-options.ts';

/** Their names. `group`: of the resource; an event of the monitor itself belongs to all groups. */
export function notifiersOf(
  notifiers: readonly NotifierOptions[],
  { event, resource }: Pick<EventDraft, 'event' | 'resource'>,
  group: string | null,
): readonly string[] {
  const isMeant = ({ kind, events, groups }: NotifierOptions): boolean =>
    kind !== 'ping' &&
    events.includes(event) &&
    (resource === null || groups === undefined || (group !== null && groups.includes(group)));
  return notifiers.filter(isMeant).map(({ name }) => name);
}
