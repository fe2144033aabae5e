// What happened, as values: the API, the stream and the webhooks all give these objects.

import type { CheckedState, CheckRecord } from './check-record.ts';

export const EVENT_NAMES = [
  'state',
  'outage',
  'recovered',
  'reminder',
  'digest-moved',
  'drift',
  'undetermined-long',
  'quota-low',
  'network',
  'certificate-expiry',
  'clock',
  'reload',
] as const;
export type EventName = (typeof EVENT_NAMES)[number];

/** Those that a notifier may choose: a reminder is sent to those that ask for it. */
export const NOTIFIED_EVENTS = EVENT_NAMES.filter((name) => name !== 'reminder');

/** An event that the store has not numbered yet. */
export interface EventDraft {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly event: EventName;
  /** The id of the resource; null if the event concerns a registry, a host or the monitor. */
  readonly resource: string | null;
  readonly from: CheckedState | 'pending' | null;
  readonly to: CheckedState | null;
  readonly reason: string | null;
  readonly cause: string | null;
  readonly message: string | null;
  readonly digest: string | null;
  readonly previousDigest: string | null;
}

/** As the store has kept it. Later events have greater ids. */
export interface MonitorEvent extends EventDraft {
  readonly id: number;
}

const NOTHING = {
  resource: null,
  from: null,
  to: null,
  reason: null,
  cause: null,
  message: null,
  digest: null,
  previousDigest: null,
} as const;

/** An event with everything that is not given null. */
export function draftEvent(event: EventName, atMs: number, fields: Partial<EventDraft> = {}): EventDraft {
  return { ...NOTHING, ...fields, event, atMs };
}

/** An event about a check: who, when and why are those of the record. */
export function draftFrom(record: CheckRecord, event: EventName, fields: Partial<EventDraft> = {}): EventDraft {
  const { resource, atMs, reason, cause, message, digest } = record;
  return draftEvent(event, atMs, { resource, reason, cause, message, digest, ...fields });
}
