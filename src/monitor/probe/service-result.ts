// The result of checking a web service or a port, with the keys of the result of an image where they apply.

import type { HttpResource, TcpResource } from '../resource/monitor-resource.ts';
import type { ProbeResult } from './probe.ts';
import type { ServiceFinding } from './service-finding.ts';

interface Measured extends Pick<ProbeResult, 'durationMs' | 'phases' | 'certificates'> {
  readonly startedAtMs: number;
}

export function toServiceResult(
  { kind, target, foundAt }: HttpResource | TcpResource,
  { status, ...finding }: ServiceFinding,
  { startedAtMs, durationMs, phases, certificates }: Measured,
): ProbeResult {
  const { state, reason, cause, message, hint, hintCode } = finding;
  return {
    ...finding,
    ...{ digest: null, durationMs, phases, certificates, verdict: state, rateLimit: null },
    isReachable: reason !== 'no-answer',
    document: {
      ...{ kind, input: target, foundAt, verdict: state, reason, cause, message, hint, hintCode, status },
      ...{ startedAt: new Date(startedAtMs).toISOString(), durationMs: Math.round(durationMs) },
    },
  };
}
