// The probe of the monitor: one check of a resource of any kind, over connections that all checks share.

import { isDeepStrictEqual } from 'node:util';
import { type Checker, createChecker } from '../../check/checker.ts';
import type { CheckerOptions } from '../../check/checker-options.ts';
import { type Clock, systemClock } from '../../core/clock.ts';
import type { HostPause } from '../../http/pacer.ts';
import { probeImage } from './image-probe.ts';
import { createLastingChecker } from './lasting-checker.ts';
import type { Probe } from './probe.ts';

export interface ProbeObservers {
  /** A host asked for fewer requests. */
  readonly onPause: (pause: HostPause) => void;
  /** A bug in one check, whose result is undetermined. */
  readonly onCrash: (error: unknown) => void;
}

export interface ClosableProbe {
  readonly probe: Probe;
  /** From the next check on. */
  useOptions(checker: CheckerOptions): void;
  /** Ends every connection; no check may follow. */
  close(): Promise<void>;
}

/** A refused credential is not sent again for so long: registries lock accounts after a few failures. */
const FORGET_AFTER_MS = 5 * 60_000;
/** The schedule limits the checks; those that wait for a slow registry must not block the others here. */
const CONCURRENCY = 1_000;

export function createProbe(
  checker: CheckerOptions,
  { onPause, onCrash }: ProbeObservers,
  clock: Clock = systemClock,
): ClosableProbe {
  let options = checker;
  const create = (insecure: boolean) => (): Checker => {
    // A file is read again for each check.
    const { authFileBytes: _, ...rest } = options;
    const own = { ...rest, ...(insecure && { insecure }), concurrency: CONCURRENCY, forgetAfterMs: FORGET_AFTER_MS };
    return createChecker(own, { onPause, onCrash, clock });
  };
  const verifying = createLastingChecker(create(false), clock);
  const trusting = createLastingChecker(create(true), clock);
  return {
    probe: async (resource, signal) => {
      if (resource.kind === 'image') return probeImage(resource.insecure ? trusting : verifying, resource, signal);
      throw new Error(`no probe for ${resource.kind}`);
    },
    useOptions(changed) {
      if (isDeepStrictEqual(changed, options)) return;
      options = changed;
      verifying.renew();
      trusting.renew();
    },
    async close() {
      await Promise.all([verifying.close(), trusting.close()]);
    },
  };
}
