// The probe of the monitor: one check of a resource of any kind, over connections that all checks share.

import { createChecker } from '../../check/checker.ts';
import type { CheckerOptions } from '../../check/checker-options.ts';
import { type Clock, systemClock } from '../../core/clock.ts';
import type { HostPause } from '../../http/pacer.ts';
import { probeImage } from './image-probe.ts';
import { createLastingChecker } from './lasting-checker.ts';
import type { Probe } from './probe.ts';

export interface ProbeOptions {
  /** As of `check`; a login that is given on the command line is no concern of a monitor. */
  readonly checker: CheckerOptions;
  /** A host asked for fewer requests. */
  readonly onPause: (pause: HostPause) => void;
  /** A bug in one check, whose result is undetermined. */
  readonly onCrash: (error: unknown) => void;
  readonly clock?: Clock;
}

export interface ClosableProbe {
  readonly probe: Probe;
  /** Ends every connection; no check may follow. */
  close(): Promise<void>;
}

/** A refused credential is not sent again for so long: registries lock accounts after a few failures. */
const FORGET_AFTER_MS = 5 * 60_000;
/** The schedule limits the checks; those that wait for a slow registry must not block the others here. */
const CONCURRENCY = 1_000;

export function createProbe({ checker, onPause, onCrash, clock = systemClock }: ProbeOptions): ClosableProbe {
  const { authFileBytes: _, ...options } = checker;
  const create = () =>
    createChecker(
      { ...options, concurrency: CONCURRENCY, forgetAfterMs: FORGET_AFTER_MS },
      { onPause, onCrash, clock },
    );
  const lasting = createLastingChecker(create, clock);
  return {
    probe: async (resource, signal) => {
      if (resource.kind === 'image') return probeImage(lasting, resource, signal);
      throw new Error(`no probe for ${resource.kind}`);
    },
    close: () => lasting.close(),
  };
}
