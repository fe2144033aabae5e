// One event where no resource of a host, or of all hosts, has been determined for long: not one for each of them.

import type { EventDraft } from '../history/event.ts';
import type { Engine, Tracked } from './engine.ts';

/** Of all hosts together. */
const ALL = '';

/** `events`: of a check of the resource, whose status is the new one. */
export function joinUndetermined(
  { tracked, undeterminedHosts }: Pick<Engine, 'tracked' | 'undeterminedHosts'>,
  { resource: { host }, status }: Tracked,
  events: readonly EventDraft[],
): readonly EventDraft[] {
  if (status !== null && status.last.state !== 'undetermined') {
    undeterminedHosts.delete(host);
    undeterminedHosts.delete(ALL);
    return events;
  }
  const event = events.find((one) => one.event === 'undetermined-long');
  if (event === undefined) return events;
  const checked = [...tracked.values()].filter((one) => one.pause === null && one.status !== null);
  const join = (scope: string, some: readonly Tracked[], what: string): readonly EventDraft[] | undefined => {
    if (some.length < 2 || some.some((one) => one.status?.last.state !== 'undetermined')) return undefined;
    const others = events.filter((one) => one !== event);
    if (undeterminedHosts.has(scope)) return others;
    undeterminedHosts.add(scope);
    const why = event.message === null ? '.' : `: ${event.message}`;
    const message = `${what} has been determined for half an hour${why}`;
    return [...others, { ...event, resource: null, from: null, digest: null, message }];
  };
  const own = checked.filter((one) => one.resource.host === host);
  return (
    join(ALL, checked, `None of the ${checked.length} resources`) ??
    join(host, own, `None of the ${own.length} resources on ${host}`) ??
    events
  );
}
