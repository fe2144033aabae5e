// Checks a port: connected is available.

import { createSecureContext } from 'node:tls';
import { systemClock } from '../../core/clock.ts';
import { openConnection } from '../../http/connect.ts';
import { classify } from '../../http/failure.ts';
import { createResolver } from '../../http/resolve.ts';
import type { TcpResource } from '../resource/monitor-resource.ts';
import type { ServiceProbeOptions } from './http-probe.ts';
import type { ProbeResult } from './probe.ts';
import { connected, judgeFailure } from './service-finding.ts';
import { toServiceResult } from './service-result.ts';

const resolve = createResolver();

export async function probeTcp(
  resource: TcpResource,
  signal: AbortSignal,
  { clock = systemClock }: Pick<ServiceProbeOptions, 'clock'>,
): Promise<ProbeResult> {
  const startedMs = clock.elapsed();
  const measured = (connectMs: number | null) => ({
    ...{ startedAtMs: clock.now(), durationMs: clock.elapsed() - startedMs, phases: { connectMs }, certificates: [] },
  });
  try {
    // Not through a proxy, and without TLS: what is behind the port is not its concern.
    const socket = await openConnection(new URL(`http://${resource.target}`), {
      ...{ proxy: undefined, resolve, timeoutMs: resource.timeoutMs, signal, offersHttp2: false },
      tlsFor: async () => ({
        ...{ insecure: true, hasIdentity: false },
        ...{ secureContext: () => createSecureContext(), namedAuthorities: async () => [], use: () => {} },
      }),
      ...{ allows: async () => true, onReached: () => {}, onPhase: () => {}, quote: () => '' },
    });
    socket.destroy();
    return toServiceResult(resource, connected(resource), measured(Math.round(clock.elapsed() - startedMs)));
  } catch (error) {
    signal.throwIfAborted();
    return toServiceResult(resource, judgeFailure(classify(error, resource.target, 'tcp')), measured(null));
  }
}
