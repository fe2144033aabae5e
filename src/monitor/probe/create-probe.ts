// The probe of the monitor: one check of a resource of any kind, over connections that all checks share.

import { isDeepStrictEqual } from 'node:util';
import { createChecker, type ImageChecker } from '../../check/checker.ts';
import type { CheckerSettings } from '../../check/checker-settings.ts';
import { type Clock, systemClock } from '../../core/clock.ts';
import type { HostPause } from '../../http/pacer.ts';
import type { KnownIndexes } from './compare-running.ts';
import { createConnections } from './connections.ts';
import { probeHttp } from './http-probe.ts';
import { probeImage } from './image-probe.ts';
import { createLasting } from './lasting.ts';
import type { Probe } from './probe.ts';
import { probeTcp } from './tcp-probe.ts';

export interface ProbeObservers {
  /** A host asked for fewer requests. */
  readonly onPause: (pause: HostPause) => void;
  /** A bug in one check, whose result is undetermined. */
  readonly onCrash: (error: unknown) => void;
}

export interface ClosableProbe {
  readonly probe: Probe;
  /** From the next check on. */
  useOptions(checker: CheckerSettings): void;
  /** Ends every connection; no check may follow. */
  close(): Promise<void>;
}

/** A refused credential is not sent again for so long: registries lock accounts after a few failures. */
const FORGET_AFTER_MS = 5 * 60_000;
/** The schedule limits the checks; those that wait for a slow registry must not block the others here. */
const CONCURRENCY = 1_000;

export function createProbe(
  checker: CheckerSettings,
  { onPause, onCrash }: ProbeObservers,
  clock: Clock = systemClock,
): ClosableProbe {
  let options = checker;
  const create = (insecure: boolean) => (): ImageChecker => {
    // A file is read again for each check.
    const { authFileBytes: _, ...rest } = options;
    const own = {
      ...rest,
      ...(insecure && { insecure }),
      concurrency: CONCURRENCY,
      forgetAfterMs: FORGET_AFTER_MS,
      hintReader: 'monitor' as const,
      loginTool: 'monitor' as const,
    };
    return createChecker(own, {
      onPause,
      onLongPause: onPause,
      onCrash,
      onConnection: connections.onConnection,
      clock,
    });
  };
  const connections = createConnections(clock);
  const indexes: KnownIndexes = new Map();
  const verifying = createLasting(create(false), clock);
  const trusting = createLasting(create(true), clock);
  return {
    probe(resource, signal) {
      const { env = process.env } = options;
      switch (resource.kind) {
        case 'image':
          return (resource.insecure ? trusting : verifying).use((one) =>
            probeImage(resource, signal, { checker: one, connections, clock, indexes }),
          );
        case 'http':
          return probeHttp(resource, signal, { env, connections, clock });
        case 'tcp':
          return probeTcp(resource, signal, { clock });
        default:
          resource satisfies never;
          throw new TypeError('unknown kind of resource');
      }
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
