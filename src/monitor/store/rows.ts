// Rows of a database as the values they were written from.

import type { CheckedState, CheckRecord } from '../history/check-record.ts';
import type { MonitorEvent } from '../history/event.ts';
import type { RecordedOutage } from '../history/outage.ts';
import type { StoredPause } from './changes.ts';
import { numberOf, numberOrNull, type Row, textOf, textOrNull } from './row.ts';
import type { Delivery, StoredResource } from './store.ts';

/** A state is kept as its number in this list. */
export const STATES: readonly CheckedState[] = ['available', 'unavailable', 'undetermined'];

export function toResource(row: Row): StoredResource {
  return {
    id: textOf(row, 'id'),
    name: textOf(row, 'name'),
    group: textOrNull(row, 'group'),
    kind: textOf(row, 'kind'),
    target: textOf(row, 'target'),
    archivedAtMs: numberOrNull(row, 'archived_at'),
  };
}

export function toCheck(row: Row): CheckRecord {
  const connectMs = numberOrNull(row, 'connect');
  return {
    resource: textOf(row, 'resource'),
    atMs: numberOf(row, 'at'),
    state: STATES[numberOf(row, 'state')] ?? 'undetermined',
    ...findingOf(row),
    digest: textOrNull(row, 'digest'),
    durationMs: numberOf(row, 'duration'),
    intervalMs: numberOf(row, 'interval'),
    ...(connectMs !== null && { connectMs }),
  };
}

export function toOutage(row: Row, idColumn: 'id' | 'outage_id' = 'id'): RecordedOutage {
  return {
    id: numberOf(row, idColumn),
    resource: textOf(row, 'resource'),
    startedAtMs: numberOf(row, 'started_at'),
    endedAtMs: numberOrNull(row, 'ended_at'),
    ...findingOf(row),
  };
}

export function toPause(row: Row): StoredPause {
  return {
    resource: textOf(row, 'resource'),
    startedAtMs: numberOf(row, 'started_at'),
    endedAtMs: numberOrNull(row, 'ended_at'),
    maintenance: textOrNull(row, 'maintenance'),
  };
}

/** Events were checked when they were written. */
export function toEvent(row: Row): MonitorEvent {
  return {
    id: numberOf(row, 'event_id'),
    atMs: numberOf(row, 'at'),
    event: textOf(row, 'event') as MonitorEvent['event'],
    resource: textOrNull(row, 'resource'),
    from: textOrNull(row, 'from_state') as MonitorEvent['from'],
    to: textOrNull(row, 'to_state') as MonitorEvent['to'],
    ...findingOf(row),
    digest: textOrNull(row, 'digest'),
    previousDigest: textOrNull(row, 'previous_digest'),
  };
}

export function toDelivery(row: Row): Delivery {
  return {
    eventId: numberOf(row, 'event_id'),
    notifier: textOf(row, 'notifier'),
    attempts: numberOf(row, 'attempts'),
    nextAttemptAtMs: numberOrNull(row, 'next_at'),
    deliveredAtMs: numberOrNull(row, 'delivered_at'),
    error: textOrNull(row, 'error'),
    event: toEvent(row),
    resource: row.resource === null ? null : toResource(row),
  };
}

function findingOf(row: Row): Pick<CheckRecord, 'reason' | 'cause' | 'message'> {
  return {
    reason: textOrNull(row, 'reason'),
    cause: textOrNull(row, 'cause'),
    message: textOrNull(row, 'message'),
  };
}
