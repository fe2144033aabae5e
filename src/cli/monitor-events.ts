// The log lines of what the monitor finds: an event of a resource is named by the resource.

import type { MonitorEvent } from '../monitor/history/event.ts';
import type { MonitorView } from '../monitor/view/monitor-view.ts';
import type { Log, LogLevel } from './monitor-log.ts';

/** Until the returned function is called. The reloads are logged where they are made. */
export const logEvents = (view: MonitorView, log: Log): (() => void) =>
  view.subscribe((update) => {
    if (update.kind !== 'event' || update.isForeign || update.event.event === 'reload' || isExpected(update.event))
      return;
    const { id, event, resource, from, to, reason, cause, digest, previousDigest } = update.event;
    const fields = { id, resource, from, to, reason, cause, digest, previousDigest };
    const set = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
    log({ level: levelOf(update.event), event, message: messageOf(update.event, view), ...set });
  });

/** The first check of a resource, if all is well: a line for each would hide the others. */
const isExpected = ({ event, from, to }: MonitorEvent): boolean =>
  event === 'state' && from === 'pending' && to === 'available';

const WARNINGS = new Set([
  'outage',
  'undetermined-long',
  'quota-low',
  'certificate-expiry',
  'clock',
  'digest-moved',
  'drift',
  'reminder',
]);

function levelOf({ event, to }: MonitorEvent): LogLevel {
  if (event === 'network') return to === 'available' ? 'info' : 'warning';
  return WARNINGS.has(event) ? 'warning' : 'info';
}

function messageOf({ event, resource, to, message, digest, previousDigest }: MonitorEvent, view: MonitorView): string {
  if (resource === null) return message ?? event;
  const name = view.resource(resource)?.name ?? resource;
  const why = message === null || message === '' ? '' : `: ${message}`;
  switch (event) {
    case 'state':
      return `${name} is ${to}${to === 'available' ? '' : why}`;
    case 'outage':
      return `Outage of ${name}${why}`;
    case 'reminder':
      return `${name} is still unavailable${why}`;
    case 'recovered':
      return `${name} has recovered`;
    case 'digest-moved':
      return `${name} moved from ${previousDigest} to ${digest}`;
    case 'drift':
      return `${name} has drifted${why}`;
    case 'undetermined-long':
      return `${name} has been undetermined for long${why}`;
    default:
      return `${name}: ${event}${why}`;
  }
}
