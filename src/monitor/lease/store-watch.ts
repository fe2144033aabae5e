// One report when the store goes away, and one when it is back, however many parts of a monitor notice it.

import type { StoreFailure } from '../store/failure.ts';

export interface StoreWatch {
  fail(part: string, failure: StoreFailure): void;
  /** How many changes this part has given up meanwhile. */
  recover(part: string, givenUp: number): void;
}

interface StoreReports {
  readonly onFailure: (failure: StoreFailure) => void;
  readonly onRecovery: (givenUp: number) => void;
}

export function createStoreWatch({ onFailure, onRecovery }: StoreReports): StoreWatch {
  const failing = new Set<string>();
  let reported: StoreFailure['kind'] | null = null;
  let lost = 0;
  return {
    fail(part, failure) {
      failing.add(part);
      if (reported !== failure.kind) onFailure(failure);
      reported = failure.kind;
    },
    recover(part, givenUp) {
      lost += givenUp;
      if (!failing.delete(part) || failing.size > 0) return;
      onRecovery(lost);
      lost = 0;
      reported = null;
    },
  };
}
