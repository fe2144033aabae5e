// Runs one check of one resource: the probe, then the record of what it found. A bug in a probe concerns that check only.

import { repeatIfFrozen } from '../../core/freeze.ts';
import { NAME, VERSION } from '../../core/version.ts';
import type { Probe, ProbeResult } from '../probe/probe.ts';
import type { MonitorResource } from '../resource/monitor-resource.ts';
import type { CheckOutcome } from '../schedule/scheduler.ts';
import type { Engine } from './engine.ts';
import { type RecordedCheck, recordProbe } from './record-check.ts';

export interface RanCheck extends CheckOutcome {
  readonly result: ProbeResult;
  /** undefined if it was not recorded. */
  readonly recorded: RecordedCheck | undefined;
}

/** Rejects with the reason of the signal. */
export async function runCheck(engine: Engine, probe: Probe, id: string, signal: AbortSignal): Promise<RanCheck> {
  const tracked = engine.tracked.get(id);
  if (tracked === undefined) throw new Error(`no such resource: ${id}`);
  const { resource } = tracked;
  const startedMs = engine.clock.elapsed();
  let result: ProbeResult;
  try {
    result = await repeatIfFrozen(
      engine.machineClock,
      () => probe(resource, signal),
      ({ state }) => state === 'available' || signal.aborted,
    );
  } catch (error) {
    if (signal.aborted) throw error;
    engine.onError(error);
    result = internalError(resource, error, engine.clock.elapsed() - startedMs);
  }
  const recorded = recordProbe(engine, tracked, result);
  // A write that throws is a bug; the check itself is over.
  recorded?.kept.catch(engine.onError);
  return { state: recorded?.record.state ?? result.state, isReachable: result.isReachable, result, recorded };
}

/** The message of an exception may quote anything: it is not shown. */
function internalError({ target, foundAt }: MonitorResource, error: unknown, durationMs: number): ProbeResult {
  const kind = error instanceof Error ? error.name : typeof error;
  const judgement = {
    reason: 'internal-error',
    cause: null,
    message: `Internal error in ${NAME} ${VERSION} (${kind}, Node ${process.version}): this is a bug and says nothing about the resource.`,
    hint: 'Please report it.',
    hintCode: 'report-bug',
  };
  return {
    ...judgement,
    ...{ state: 'undetermined', digest: null, durationMs, phases: { connectMs: null }, verdict: 'undetermined' },
    ...{ isReachable: true, rateLimit: null, certificates: [] },
    document: { input: target, foundAt, verdict: 'undetermined', ...judgement, requests: [] },
  };
}
