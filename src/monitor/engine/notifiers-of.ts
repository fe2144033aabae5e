// Which notifiers send an event.

import type { EventDraft } from '../history/event.ts';
import type { NotifierOptions } from '../notify/notifier-options.ts';
import type { MonitorResource } from '../resource/monitor-resource.ts';

/** Their names. An event of the monitor itself belongs to all groups. */
export function notifiersOf(
  notifiers: readonly NotifierOptions[],
  { event, resource }: Pick<EventDraft, 'event' | 'resource'>,
  { group, isMuted }: Pick<MonitorResource, 'group' | 'isMuted'> = { group: null, isMuted: false },
): readonly string[] {
  if (isMuted) return [];
  const isMeant = (notifier: NotifierOptions): boolean =>
    notifier.kind !== 'ping' && notifier.events.includes(event) && (resource === null || hasGroup(notifier, group));
  return notifiers.filter(isMeant).map(({ name }) => name);
}

/** Whether a notifier is for resources of this group. */
export const hasGroup = ({ groups }: Pick<NotifierOptions, 'groups'>, group: string | null): boolean =>
  groups === undefined || (group !== null && groups.includes(group));
