// Says which request meets which fault: rules in the order they were given, each as often as it was told.

import type { Fault } from './fault.ts';
import type { LoggedRequest } from './logged-request.ts';

export interface FaultRule {
  readonly method?: string;
  /** A text is the whole path; a pattern is looked for in it. */
  readonly path?: string | RegExp;
  readonly where?: (request: LoggedRequest) => boolean;
  /** For how many requests; unset: for ever. */
  readonly times?: number;
}

/** A function may look at the request, and let it pass with undefined. */
export type FaultSource = Fault | ((request: LoggedRequest) => Fault | undefined);

export interface FaultScript {
  inject(fault: FaultSource, rule?: FaultRule): void;
  faultFor(request: LoggedRequest): Fault | undefined;
}

export function createFaultScript(): FaultScript {
  const entries: { fault: FaultSource; rule: FaultRule; left: number }[] = [];
  return {
    inject(fault, rule = {}) {
      entries.push({ fault, rule, left: rule.times ?? Number.POSITIVE_INFINITY });
    },
    faultFor(request) {
      for (const entry of entries) {
        if (entry.left === 0 || !matches(entry.rule, request)) continue;
        const fault = typeof entry.fault === 'function' ? entry.fault(request) : entry.fault;
        if (fault === undefined) continue;
        entry.left -= 1;
        return fault;
      }
      return undefined;
    },
  };
}

function matches({ method, path, where }: FaultRule, request: LoggedRequest): boolean {
  if (method !== undefined && method !== request.method) return false;
  if (typeof path === 'string' && path !== request.path) return false;
  if (path instanceof RegExp && !path.test(request.path)) return false;
  return where === undefined || where(request);
}
