// What a store that several processes share does beside keeping history: who checks what, and who has to know of a change.

import type { CheckRecord } from '../history/check-record.ts';
import type { Stored, StoreFailure } from './failure.ts';
import type { Lease } from './lease.ts';

/** A resource of the configuration. */
export interface SavedResource {
  readonly id: string;
  readonly name: string;
  readonly group: string | null;
  readonly kind: string;
  readonly target: string;
}

export interface Beat {
  /** Those to be renewed. */
  readonly held: readonly Lease[];
  /** Every check before this time was written. */
  readonly writtenUntilMs: number;
}

export interface Beaten {
  /** Those that were renewed; another process has the rest, or may have it. */
  readonly renewed: readonly Lease[];
  /** Workers that are alive, this one too, with the number of hosts that each holds. */
  readonly workers: ReadonlyMap<string, number>;
  /** Every check before this time was written by all of them. */
  readonly writtenUntilMs: number;
  /** Until the first lease of another process expires, unless it renews it; null if no other has one. */
  readonly othersExpireInMs: number | null;
}

/** What every process reads every few seconds. */
export interface ClusterState {
  /** The clock of the database: milliseconds since 1970. */
  readonly nowMs: number;
  /** How many workers are alive. */
  readonly workers: number;
  /** When one was alive last; null if none is known. */
  readonly lastWorkerMs: number | null;
}

/** What other processes have written, as far as a view must read it anew. */
export interface SharedChange {
  /** The `id` of the store that has written it. */
  readonly writer: string;
  /** Resources with new checks, pauses or outages. */
  readonly resources?: readonly string[];
  readonly events?: readonly number[];
  /** A check of this resource was requested. */
  readonly request?: string;
  /** Rollups reach further. */
  readonly isRolledUp?: boolean;
  /** Leases were given back. */
  readonly isReleased?: boolean;
  /** The images of clusters were recorded. */
  readonly isListed?: boolean;
}

export interface SharedListener {
  /** The connection for changes is there: what happened before must be read. */
  readonly onOpen: () => void;
  readonly onChange: (change: SharedChange) => void;
  /** It is away. */
  readonly onLost: (failure: StoreFailure) => void;
}

export interface SharedStore {
  /** Of this process, since it has opened the store. */
  readonly id: string;
  readState(): Stored<ClusterState>;
  /** Says that this worker is alive, and renews what it holds. */
  beat(beat: Beat): Stored<Beaten>;
  /** Takes so many of these that no process holds, the first ones; with `takesExpired` also of those that did not renew. */
  claim(names: readonly string[], options: { readonly limit: number; readonly takesExpired: boolean }): Stored<Lease[]>;
  /** Others may take them now. */
  release(leases: readonly Lease[]): Stored<null>;
  /** Releases everything: the worker ends. */
  leave(): Stored<null>;
  /** As `saveResources` of the store, but archives none: another process may have a newer configuration. */
  addResources(resources: readonly SavedResource[]): Stored<null>;
  /** Notifies the process that holds the resource. `too-often`: one was requested less than a second ago. */
  requestCheck(resource: string): Stored<'accepted' | 'too-often' | 'no-worker'>;
  /** Those of these resources that were requested and not taken yet. */
  takeRequests(resources: readonly string[]): Stored<string[]>;
  /** Of each resource, in order: those after its time. */
  readChecksAfter(after: readonly { readonly resource: string; readonly atMs: number }[]): Stored<CheckRecord[]>;
  /** Until the returned function is called. A connection that is lost is opened again. */
  listen(listener: SharedListener): () => Promise<void>;
}
