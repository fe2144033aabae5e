// What a notifier says about an event: the facts, as JSON for webhooks.

import type { EventName, MonitorEvent } from '../history/event.ts';
import type { RecordedOutage } from '../history/outage.ts';
import type { StoredResource } from '../store/store.ts';
import type { ResourceView } from '../view/monitor-view.ts';

export interface Notification extends Omit<MonitorEvent, 'event' | 'resource'> {
  /** `test`: sent on request, and recorded nowhere. */
  readonly event: EventName | 'test';
  /** null for an event of the monitor itself. */
  readonly resource: Pick<StoredResource, 'id' | 'name' | 'group' | 'kind' | 'target'> | null;
}

export interface NotificationContext {
  /** Now: a notice may be late. null: it has left the configuration. */
  readonly view: ResourceView | null;
  /** Of an outage, a reminder and a recovery. */
  readonly outage: Pick<RecordedOutage, 'startedAtMs' | 'endedAtMs'> | null;
  /** Where users reach the monitor, as configured. */
  readonly url: string | null;
}

const STATE_OF: Readonly<Partial<Record<Notification['event'], string>>> = {
  outage: 'unavailable',
  reminder: 'unavailable',
  recovered: 'available',
  'undetermined-long': 'undetermined',
};

/** The state that the event reports. */
export const stateOf = ({ event, to }: Notification, { view }: NotificationContext): string | null =>
  to ?? STATE_OF[event] ?? view?.state ?? null;

export function sinceMsOf(notice: Notification, context: NotificationContext): number | null {
  const { view, outage } = context;
  if (notice.event !== 'recovered' && outage !== null) return outage.startedAtMs;
  if (notice.resource === null) return null;
  const state = stateOf(notice, context);
  const isCurrent = view !== null && view.state === state && view.sinceMs !== null && view.sinceMs <= notice.atMs;
  return isCurrent ? view.sinceMs : notice.atMs;
}

/** Of the last check, if that found what the event is about. */
export const hintOf = ({ reason }: Notification, { view }: NotificationContext): string | null =>
  reason !== null && view !== null && view.reason === reason ? view.hint : null;

/** The page of the resource. */
export function pageOf({ resource }: Notification, { url }: NotificationContext): string | null {
  if (url === null) return null;
  const base = url.replace(/\/+$/, '');
  return resource === null ? `${base}/` : `${base}/resources/${encodeURIComponent(resource.id)}`;
}

export function formatWebhook(notice: Notification, context: NotificationContext): string {
  const { id, event, atMs, resource, from, to, reason, cause, message, digest, previousDigest } = notice;
  const sinceMs = sinceMsOf(notice, context);
  return JSON.stringify({
    ...{ event, id, at: timeOf(atMs) },
    resource:
      resource === null
        ? null
        : {
            ...{ id: resource.id, name: resource.name, group: resource.group },
            ...{ kind: resource.kind, target: resource.target },
          },
    ...{ state: stateOf(notice, context), from, to, reason, cause, message, hint: hintOf(notice, context) },
    ...{ since: sinceMs === null ? null : timeOf(sinceMs), digest, previousDigest, url: pageOf(notice, context) },
  });
}

export const timeOf = (ms: number): string => new Date(ms).toISOString();
