// What was reported about a host, kept for the process that checks it next: it must not report it again.

import type { MonitorResource } from '../resource/monitor-resource.ts';
import { registryOf } from '../resource/registry-of.ts';
import type { Engine } from './engine.ts';

interface Watched {
  readonly lowQuotas: readonly string[];
  readonly isUndetermined: boolean;
  readonly certificates: readonly (readonly [string, number])[];
}

export const watchedKey = (host: string): string => `watched ${host}`;

export function formatWatched(engine: Engine, resource: MonitorResource): string {
  const registry = registryOf(resource);
  const watched: Watched = {
    lowQuotas: engine.lowQuotas.has(registry) ? [registry] : [],
    isUndetermined: engine.undeterminedHosts.has(resource.host),
    certificates: [...engine.reportedCertificates],
  };
  return JSON.stringify(watched);
}

export function useWatched(engine: Engine, host: string, json: string | undefined): void {
  if (json === undefined) return;
  const { lowQuotas, isUndetermined, certificates } = JSON.parse(json) as Watched;
  for (const registry of lowQuotas) engine.lowQuotas.add(registry);
  if (isUndetermined) engine.undeterminedHosts.add(host);
  for (const [name, expiresAtMs] of certificates) engine.reportedCertificates.set(name, expiresAtMs);
}
