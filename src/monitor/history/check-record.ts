// The record of one check: what the store keeps and the history is computed from.

/** pending and paused are never recorded. */
export type CheckedState = 'available' | 'unavailable' | 'undetermined';

export interface CheckRecord {
  /** The id of the resource. */
  readonly resource: string;
  /** End of the check, milliseconds since 1970. */
  readonly atMs: number;
  readonly state: CheckedState;
  readonly reason: string | null;
  readonly cause: string | null;
  readonly message: string | null;
  readonly digest: string | null;
  readonly durationMs: number;
  /** How long its connection took to open; null or unset if it was reused. */
  readonly connectMs?: number | null;
  /** The interval in force, for gaps. */
  readonly intervalMs: number;
}
