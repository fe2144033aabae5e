// The latest connection to each host: how long it took, and until when the certificate is valid.

import { setBounded } from '../../core/bounded-map.ts';
import type { Clock } from '../../core/clock.ts';
import type { OpenedConnection } from '../../http/transport.ts';
import type { ProbeResult } from './probe.ts';

export interface Connections {
  onConnection(connection: OpenedConnection): void;
  /** For a check that began at that time of `Clock.elapsed` and sent requests to these URLs. */
  factsOf(urls: readonly string[], startedMs: number): Pick<ProbeResult, 'phases' | 'certificates'>;
}

interface Latest extends OpenedConnection {
  readonly atMs: number;
}

const MAX_HOSTS = 20_000;

export function createConnections(clock: Clock): Connections {
  const latest = new Map<string, Latest>();
  return {
    onConnection: (connection) =>
      setBounded(latest, connection.origin, { ...connection, atMs: clock.elapsed() }, MAX_HOSTS),
    factsOf(urls, startedMs) {
      const origins = [...new Set(urls.flatMap((url) => (URL.canParse(url) ? new URL(url).origin : [])))];
      const known = origins.flatMap((origin) => latest.get(origin) ?? []);
      // Only the host of the resource: redirects and token services are other parts of a check.
      const [first] = known;
      const isOwn = first !== undefined && first.origin === origins[0] && first.atMs >= startedMs;
      return {
        phases: { connectMs: isOwn ? Math.round(first.durationMs) : null },
        certificates: known.flatMap(({ origin, expiresAtMs }) =>
          expiresAtMs === null ? [] : [{ host: new URL(origin).host, expiresAtMs }],
        ),
      };
    },
  };
}
