// One check of one resource, whatever its kind: what it came to, for the history and for the page.

import type { RateLimit } from '../../core/result.ts';
import type { CheckedState } from '../history/check-record.ts';
import type { MonitorResource } from '../resource/monitor-resource.ts';

/** How long the parts of a check took, in milliseconds; null if the part did not occur or its connection was reused. */
export interface PhaseDurations {
  /** DNS, TCP and TLS together. */
  readonly connectMs: number | null;
}

export interface ProbeResult {
  readonly state: CheckedState;
  readonly reason: string | null;
  readonly cause: string | null;
  readonly message: string;
  readonly hint: string | null;
  readonly hintCode: string | null;
  readonly digest: string | null;
  /** Of an image of a cluster: what its containers run and the tag does not serve; null or unset: not comparable. */
  readonly drifted?: readonly string[] | null;
  readonly durationMs: number;
  readonly phases: PhaseDurations;
  /** As in `checks_total{verdict}`: pullable, unpullable, undetermined; for http and tcp the state. */
  readonly verdict: string;
  /** Whether the host responded: hosts that do not share fewer places. */
  readonly isReachable: boolean;
  readonly rateLimit: RateLimit | null;
  /** The end of the validity of the certificate of each contacted host, milliseconds since 1970. */
  readonly certificates: readonly { readonly host: string; readonly expiresAtMs: number }[];
  /** The JSON of `check` for an image; for http and tcp an object with the same keys where they apply. */
  readonly document: object;
}

/** Rejects only for a bug, or with the reason of the signal. */
export type Probe = (resource: MonitorResource, signal: AbortSignal) => Promise<ProbeResult>;
