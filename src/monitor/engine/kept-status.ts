// What the store keeps of a resource between two runs of the monitor, as JSON.

import type { ResourceStatus } from '../history/resource-status.ts';

export interface KeptStatus {
  readonly status: ResourceStatus;
  readonly hint: string | null;
  readonly hintCode: string | null;
}

const VERSION = 1;

export const formatStatus = (kept: KeptStatus): string => JSON.stringify({ version: VERSION, ...kept });

/** null: there is none, or another version of the program has written it; then the history begins anew. */
export function parseStatus(json: string | null): KeptStatus | null {
  if (json === null) return null;
  const { version, ...kept } = JSON.parse(json) as KeptStatus & { readonly version: number };
  return version === VERSION ? kept : null;
}
