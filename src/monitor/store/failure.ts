// Why a store cannot be opened, read or written.

import type { Outcome } from '../../core/outcome.ts';

export type StoreFailureKind =
  /** No space is left. Nothing of the change was kept. */
  | 'full'
  /** Another process has the store open. */
  | 'in-use'
  | 'read-only'
  /** The directory does not exist, or the path is a directory. */
  | 'no-such-place'
  /** Not the data of a monitor, or damaged. */
  | 'not-a-store'
  /** A newer version of the program has written it. */
  | 'newer'
  /** Nothing on this machine can open it. */
  | 'no-driver'
  /** The place of a backup is taken. */
  | 'exists'
  /** The clock of this machine is not that of the store. */
  | 'clock'
  /** It cannot be reached now; a later call may succeed. */
  | 'unavailable'
  /** Another process holds a lease that protects it: it will never be written. */
  | 'fenced'
  /** The lease that protects it has expired, and no other process has it: after it is renewed a later call succeeds. */
  | 'lapsed';

export interface StoreFailure {
  readonly kind: StoreFailureKind;
  /** A sentence that names the store, and the remedy. */
  readonly message: string;
}

/** Every call of a store. It rejects only for a bug. */
export type Stored<T> = Promise<Outcome<T, StoreFailure>>;
