// What the parts of the engine share: the resources under check, and where their results go.

import type { Clock } from '../../core/clock.ts';
import type { CheckRecord } from '../history/check-record.ts';
import type { EventDraft } from '../history/event.ts';
import type { ResourceStatus } from '../history/resource-status.ts';
import type { MonitorResource } from '../resource/monitor-resource.ts';
import type { Changes, Written } from '../store/changes.ts';
import type { MonitorStore } from '../store/store.ts';
import type { WriteQueue } from '../store/write-queue.ts';
import type { MonitorState, ShownResource } from '../view/monitor-state.ts';
import type { MonitorUpdate, ResourceView } from '../view/monitor-view.ts';
import type { EnginePlan } from './engine-plan.ts';
import { notifiersOf } from './notifiers-of.ts';

/** A resource of the configuration, ahead of what is shown: the store may not have kept its last check yet. */
export interface Tracked {
  resource: MonitorResource;
  status: ResourceStatus | null;
  /** The last check as the probe judged it, before the own network was considered. */
  measured: CheckRecord | null;
  pause: { readonly sinceMs: number; readonly maintenance: string | null } | null;
  readonly shown: ShownResource;
}

/** Of processes that share a store. */
export interface EngineCluster {
  /** Whether this process does what one does for all. */
  isLeader(): boolean;
  isMine(resource: MonitorResource): boolean;
  /** Every check before this time was written. */
  writtenUntilMs(): number;
  /** Of an event that this process has written: it is published when the store says so, in the order of all. */
  addOwnEvent(id: number): void;
}

export interface Engine {
  /** null: this process has the store alone. */
  readonly cluster: EngineCluster | null;
  /** That of the database, where processes share the store. */
  readonly clock: Clock;
  /** Goes on while the machine sleeps. */
  readonly machineClock: Clock;
  readonly store: MonitorStore;
  readonly writes: WriteQueue;
  readonly state: MonitorState;
  plan: EnginePlan;
  /** Every resource, in the order of the configuration. */
  all: ReadonlyMap<string, Tracked>;
  /** Those that this process checks: all of them, unless processes share the store. */
  tracked: ReadonlyMap<string, Tracked>;
  /** The end of the rollups that are being written: no check is recorded before it. */
  rollupMs: number;
  /** Registries whose quota is nearly used up. */
  readonly lowQuotas: Set<string>;
  /** The expiry that was reported, by host. */
  readonly reportedCertificates: Map<string, number>;
  /** Hosts of which no resource can be determined, as reported by one event; '' for all hosts. */
  readonly undeterminedHosts: Set<string>;
  /** When the latest reminder was, by outage and notifier. A leader reads it when it begins to lead. */
  reminders: ReadonlyMap<string, number>;
  /** As it is shown. */
  readonly viewOf: (id: string) => ResourceView | null;
  readonly onError: (error: unknown) => void;
}

/** Milliseconds since 1970, an integer. */
export const nowOf = ({ clock }: Pick<Engine, 'clock'>): number => Math.floor(clock.now());

export type StoredEvents = NonNullable<Changes['events']>;

/** Each with the notifiers that send it. */
export function withNotifiers({ plan, tracked }: Engine, events: readonly EventDraft[]): StoredEvents {
  return events.map((event) => {
    const resource = event.resource === null ? undefined : tracked.get(event.resource)?.resource;
    return { event, notifiers: notifiersOf(plan.notifiers, event, resource) };
  });
}

/** Tells the subscribers of events that the store has kept. */
export function publishEvents(engine: Engine, events: StoredEvents, { eventIds }: Written): void {
  for (const [index, { event }] of events.entries()) {
    const id = eventIds[index];
    if (id !== undefined && engine.cluster !== null) engine.cluster.addOwnEvent(id);
    else if (id !== undefined) publish(engine, { kind: 'event', event: { ...event, id } });
  }
}

export function publish({ state, onError }: Engine, update: MonitorUpdate): void {
  for (const listener of [...state.listeners]) {
    try {
      listener(update);
    } catch (error) {
      // A bug of a listener must not end the check, or keep the update from the others.
      onError(error);
    }
  }
}

/** Writes events that belong to no check. */
export async function writeEvents(engine: Engine, drafts: readonly EventDraft[], changes: Changes = {}): Promise<void> {
  const events = withNotifiers(engine, drafts);
  const written = await engine.writes.add({ ...changes, events });
  if (written !== null) publishEvents(engine, events, written);
}
