// Leases: who may check what, and write it.

/** The right to check the resources of a host, or to lead. The next holder has a greater epoch. */
export interface Lease {
  readonly name: string;
  readonly epoch: number;
}

/** How long a lease holds without being renewed. */
export const LEASE_MS = 15_000;

/** The lease of what one process does for all: notifications, rollups, retention. No host has this name. */
export const LEADER = '*leader*';
